import test from 'ava';
import { fitLine, mean, median, medianRatio, quantile } from './statistics.ts';

const quantiles = [
  { of: [7], share: 0.99, is: 7 },
  { of: [4, 1, 3, 2], share: 0, is: 1 },
  { of: [4, 1, 3, 2], share: 1, is: 4 },
  { of: [4, 1, 3, 2], share: 0.5, is: 2.5 },
  { of: [10, 20, 30, 40, 50], share: 0.95, is: 48 },
] as const;

for (const { of, share, is } of quantiles) {
  test(`The ${share} quantile of ${of.join(', ')} is ${is}`, (t) => {
    t.true(Math.abs(quantile(of, share) - is) < 1e-9);
  });
}

test('A series of nothing has no median, and a measurement leaves its series as it was', (t) => {
  t.is(median([]), Number.NaN);
  const series = [3, 1, 2];
  t.is(median(series), 2);
  t.deepEqual(series, [3, 1, 2]);
  t.is(mean(series), 2);
});

test('A ratio is taken pair by pair, so that a disturbance of both does not count', (t) => {
  t.is(medianRatio([11, 110, 22], [10, 100, 20]), 1.1);
});

test('Points on a line are found to lie on it', (t) => {
  const { offset, slope, worst } = fitLine([1, 2, 12, 33].map((x) => ({ x, y: 5 + 3 * x })));
  t.true(Math.abs(offset - 5) < 1e-9 && Math.abs(slope - 3) < 1e-9 && worst < 1e-9);
});

test('A point off the line is told by how much', (t) => {
  const { worst } = fitLine([
    { x: 1, y: 10 },
    { x: 2, y: 20 },
    { x: 3, y: 30 },
    { x: 4, y: 80 },
  ]);
  t.true(worst > 0.25);
});
