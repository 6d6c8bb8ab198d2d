import test from 'ava';
import { createChance } from './chance.ts';
import { testEndCases } from './end-case-test.ts';
import { badMoments, endCases } from './ends.ts';

testEndCases(
  test,
  'device out of memory, but',
  'device out of memory for good',
  'host memory',
  'a model that hangs',
);

test('The cases of the test files are all that there are', (t) => {
  t.is(endCases.length, 7);
});

test('A case that throws is wrong, by its name', async (t) => {
  const cases = [{ name: 'one', run: () => Promise.reject(new Error('Expected 1 but received 2')) }];
  const { wrong } = await badMoments({ cases, chance: createChance(1), say() {} });
  t.deepEqual(wrong, ['one: Expected 1 but received 2']);
});
