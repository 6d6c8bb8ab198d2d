import test from 'ava';
import type { Triple } from './delta-e.ts';
import { deltaE2000, srgbToLab } from './delta-e.ts';

// Rows of table 1 of Sharma, Wu & Dalal, chosen to pass through every branch.
const published: readonly (readonly [Triple, Triple, number])[] = [
  [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
  [[50, -1.3802, -84.2814], [50, 0, -82.7485], 1.0],
  [[50, 0, 0], [50, -1, 2], 2.3669],
  [[50, 2.49, -0.001], [50, -2.49, 0.0009], 7.1792],
  [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
  [[50, 2.5, 0], [73, 25, -18], 27.1492],
  [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
  [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
];

for (const [a, b, expected] of published) {
  test(`The difference of ${a} and ${b} is ${expected}`, (t) => {
    t.is(deltaE2000(a, b).toFixed(4), expected.toFixed(4));
    t.is(deltaE2000(b, a).toFixed(4), expected.toFixed(4));
  });
}

test('White, black and red have the coordinates that they should', (t) => {
  t.deepEqual(
    srgbToLab([255, 255, 255]).map((value) => Math.round(value) + 0),
    [100, 0, 0],
  );
  t.deepEqual(
    srgbToLab([0, 0, 0]).map((value) => Math.round(value) + 0),
    [0, 0, 0],
  );
  t.deepEqual(
    srgbToLab([255, 0, 0]).map((value) => Math.round(value) + 0),
    [53, 80, 67],
  );
});
