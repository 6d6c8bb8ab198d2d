import test from 'ava';
import type { Plane } from '../../../shared/image/picture.ts';
import { planeOf } from '../../../shared/testing/pictures.ts';
import { boundaryScore, contourOf } from './boundary.ts';

/** Squares of 2×2 with these upper left corners. */
const squares = (side: number, ...corners: readonly (readonly [x: number, y: number])[]): Plane =>
  planeOf(side, side, 1, (x, y) =>
    corners.some(([left, top]) => x >= left && x < left + 2 && y >= top && y < top + 2) ? 255 : 0,
  );
const half = (width: number, height: number, edge: number): Plane =>
  planeOf(width, height, 1, (x) => (x < edge ? 255 : 0));

test('The contour of a square, by hand', (t) => {
  const { marked, pixels } = contourOf(squares(4, [1, 1]));
  // biome-ignore format: as it lies
  t.deepEqual([...marked], [
    1, 1, 1, 0,
    1, 0, 1, 0,
    1, 1, 1, 0,
    0, 0, 0, 0,
  ]);
  t.is(pixels, 8);
});

test('The picture’s own border is no contour', (t) => {
  t.is(contourOf(planeOf(5, 4, 1, () => 255)).pixels, 0);
  t.is(contourOf(squares(4, [2, 2])).pixels, 5);
});

test('Masks are cut at one half', (t) => {
  t.is(contourOf(planeOf(4, 4, 1, (x) => (x < 2 ? 128 : 127))).pixels, 4);
  t.is(contourOf(planeOf(4, 4, 1, (x) => (x < 2 ? 255 : 128))).pixels, 0);
});

const far = squares(12, [8, 8]);
const near = squares(12, [1, 1]);
const both = squares(12, [1, 1], [8, 8]);
const none = squares(12);
const cases: readonly (readonly [string, Plane, Plane, [precision: number, recall: number, f: number]])[] = [
  ['the same', near, near, [1, 1, 1]],
  ['half of our contour has a counterpart', both, near, [1 / 2, 1, 2 / 3]],
  ['half of the reference’s has', near, both, [1, 1 / 2, 2 / 3]],
  ['elsewhere', near, far, [0, 0, 0]],
  ['we see nothing', none, near, [1, 0, 0]],
  ['there is nothing', near, none, [0, 1, 0]],
  ['nothing and nothing', none, none, [1, 1, 1]],
];

for (const [name, ours, reference, [precision, recall, f]] of cases) {
  test(`Contours by hand: ${name}`, (t) => {
    t.deepEqual(boundaryScore(contourOf(ours), contourOf(reference)), { precision, recall, f });
  });
}

test('In 400×300 contours match up to 4 pixels apart (0.8 % of the diagonal of 500), and no further', (t) => {
  const reference = contourOf(half(400, 300, 100));
  t.is(boundaryScore(contourOf(half(400, 300, 104)), reference).f, 1);
  t.is(boundaryScore(contourOf(half(400, 300, 105)), reference).f, 0);
});

test('The band at the edge reaches 1 % of the diagonal to either side', (t) => {
  const { band } = contourOf(half(400, 300, 100));
  // The contour runs in column 99, 5 is 1 % of the diagonal.
  const inside = [...band.subarray(0, 400).entries()].filter(([, on]) => on === 1).map(([x]) => x);
  t.deepEqual([inside.length, inside[0], inside.at(-1)], [11, 94, 104]);
});
