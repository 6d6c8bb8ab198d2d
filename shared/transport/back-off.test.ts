import test from 'ava';
import { backOff } from './back-off.ts';

const limits = { minMs: 250, maxMs: 60_000 };

const waits: readonly (readonly [failures: number, random: number, ms: number])[] = [
  [1, 0, 250],
  [2, 0, 500],
  [3, 0, 1000],
  [8, 0, 32_000],
  [9, 0, 60_000],
  [10_000, 0, 60_000],
  [1, 0.4, 225],
  [9, 0.999999, 45_000],
];

for (const [failures, random, ms] of waits) {
  test(`After ${failures} failures, by chance ${random}, a message waits ${ms} ms`, (t) => {
    t.is(backOff(failures, limits, random), ms);
  });
}
