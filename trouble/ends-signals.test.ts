import test from 'ava';
import { testEndCases } from './end-case-test.ts';

testEndCases(test, 'SIGTERM');
