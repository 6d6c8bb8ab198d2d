import test from 'ava';
import { trendOf } from './trend.ts';

test('A line grows by what lies between its ends', (t) => {
  t.deepEqual(trendOf([10, 12, 14, 16]), { growth: 6, first: 10, last: 16, most: 16 });
});

test('A peak is no growth', (t) => {
  t.is(trendOf([10, 10, 90, 10, 10]).growth, 0);
});

test('What falls has a growth below nothing', (t) => {
  t.is(trendOf([5, 4, 3]).growth, -2);
});

test('A leak shows through noise', (t) => {
  const noise = [3, -2, 0, 5, -4, 1, -1, 4, -3, 2];
  const leaking = noise.map((off, at) => 100 + 2 * at + off);
  t.true(Math.abs(trendOf(leaking).growth - 18) < 4);
  t.true(Math.abs(trendOf(noise).growth) < 4);
});
