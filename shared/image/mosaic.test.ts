import test from 'ava';
import { noisy, planeOf } from '../testing/pictures.ts';
import type { Mosaic } from './mosaic.ts';
import { createMosaic } from './mosaic.ts';
import type { Plane } from './picture.ts';
import { cut } from './picture.ts';
import type { TilePlan } from './tiles.ts';
import { planTiles } from './tiles.ts';

/** Lays down all tiles of a plan, each as the given function draws it. */
function fill(mosaic: Mosaic, plan: TilePlan, scale: number, draw: (index: number) => (x: number) => number) {
  for (const [index, tile] of plan.tiles.entries()) {
    const output = planeOf(plan.tileWidth * scale, plan.tileHeight * scale, 1, draw(index));
    mosaic.add(tile, output);
  }
  return mosaic.plane;
}

const row = (plane: Plane, y: number): number[] => [
  ...plane.data.subarray(y * plane.width, (y + 1) * plane.width),
];
const column = (plane: Plane, x: number): number[] =>
  Array.from({ length: plane.height }, (_, y) => plane.data[y * plane.width + x]!);

/** Tiles of 12 in steps of 4, so that neighbours overlap by 8 and are mixed over the 4 in the middle. */
function plan(columns: number, rows: number): TilePlan {
  const request = { field: 0, blend: 8, multiple: 1, maxSide: 12 };
  const shapes = [{ width: 12, height: 12 }];
  return planTiles({ ...request, width: 8 + 4 * columns, height: 8 + 4 * rows, shapes });
}

test('the plan of these tests has the tiles that they count on', (t) => {
  const { columns, rows, ramp, tiles } = plan(2, 2);
  t.deepEqual([columns, rows, ramp], [2, 2, 4]);
  t.deepEqual(tiles[3]!.box, { left: 4, top: 4, width: 12, height: 12 });
  t.deepEqual(tiles[3]!.keep, { left: 8, top: 8, width: 8, height: 8 });
});

test('without a ramp tiles are cut at their seam', (t) => {
  const cutPlan = { ...plan(2, 1), ramp: 0 };
  const plane = fill(createMosaic(16, 12, 1, 1, cutPlan), cutPlan, 1, (index) => () => index * 100);
  t.deepEqual(row(plane, 5), [...Array(8).fill(0), ...Array(8).fill(100)]);
});

for (const scale of [1, 2, 4]) {
  test(`a picture taken apart and put together at scale ${scale} is the same again`, (t) => {
    for (const [width, height] of [
      [16, 16],
      [13, 17],
      [29, 5],
      [3, 30],
    ] as const)
      for (const blend of [undefined, 4]) {
        const tiles = planTiles({ width, height, field: 2, blend, multiple: 1, maxSide: 9 });
        const large = noisy(width * scale, height * scale);
        const mosaic = createMosaic(width, height, 3, scale, tiles);
        for (const tile of tiles.tiles) {
          const { left, top, width: w, height: h } = tile.box;
          const box = { left: left * scale, top: top * scale, width: w * scale, height: h * scale };
          mosaic.add(tile, cut(large, box));
        }
        t.deepEqual(mosaic.plane.data, large.data, `${width}×${height}, blend ${blend}`);
      }
  });
}

const RISING = [...Array(6).fill(0), 20, 40, 60, 80, ...Array(6).fill(100)];
const FALLING = [...RISING].reverse();

test('a step between two tiles beside each other becomes a ramp centred on the seam', (t) => {
  const two = plan(2, 1);
  const up = fill(createMosaic(16, 12, 1, 1, two), two, 1, (index) => () => index * 100);
  for (const y of [0, 5, 11]) t.deepEqual(row(up, y), RISING);
  const down = fill(createMosaic(16, 12, 1, 1, two), two, 1, (index) => () => 100 - index * 100);
  t.deepEqual(row(down, 5), FALLING);
});

test('a step between two tiles below each other becomes the same ramp', (t) => {
  const two = plan(1, 2);
  const up = fill(createMosaic(12, 16, 1, 1, two), two, 1, (index) => () => index * 100);
  for (const x of [0, 5, 11]) t.deepEqual(column(up, x), RISING);
  const down = fill(createMosaic(12, 16, 1, 1, two), two, 1, (index) => () => 100 - index * 100);
  t.deepEqual(column(down, 5), FALLING);
});

test('where four tiles meet they are mixed by the product of both ramps', (t) => {
  const four = plan(2, 2);
  // Only the first tile is bright: its share is what is seen.
  const plane = fill(createMosaic(16, 16, 1, 1, four), four, 1, (index) => () => (index === 0 ? 250 : 0));
  const share = [5, 4, 3, 2, 1, 0].map((n) => n / 5);
  const expected = share.map((down) => share.map((across) => Math.round(250 * across * down)));
  const found = [5, 6, 7, 8, 9, 10].map((y) => row(plane, y).slice(5, 11));
  t.deepEqual(found, expected);
});

test('the ramp grows with the scale', (t) => {
  const two = plan(2, 1);
  const plane = fill(createMosaic(16, 12, 1, 2, two), two, 2, (index) => () => index * 90);
  t.deepEqual(row(plane, 3), [...Array(12).fill(0), 10, 20, 30, 40, 50, 60, 70, 80, ...Array(12).fill(90)]);
});

test('a step between any two tiles rises monotonely, whatever the sizes', (t) => {
  for (let width = 5; width <= 40; width++) {
    const tiles = planTiles({ width, height: width + 3, field: 0, blend: 4, multiple: 1, maxSide: 9 });
    const plane = fill(
      createMosaic(width, width + 3, 1, 1, tiles),
      tiles,
      1,
      (index) => () => 10 * (index % tiles.columns) + 10 * Math.floor(index / tiles.columns),
    );
    const rises = (line: number[]): boolean => line.every((level, i) => i === 0 || level >= line[i - 1]!);
    for (const place of [0, width >> 1, width - 1]) {
      t.true(rises(row(plane, place)), `row ${place} of ${width}: ${row(plane, place)}`);
      t.true(rises(column(plane, place)), `column ${place} of ${width}: ${column(plane, place)}`);
    }
  }
});

for (const level of [0, 1, 127, 255]) {
  test(`tiles that are all ${level} give a plane that is all ${level}`, (t) => {
    for (const side of [6, 13, 22, 31]) {
      const tiles = planTiles({ width: side, height: side + 2, field: 0, blend: 4, multiple: 1, maxSide: 9 });
      const plane = fill(createMosaic(side, side + 2, 1, 2, tiles), tiles, 2, () => () => level);
      t.true(plane.data.every((sample) => sample === level));
    }
  });
}

test('a tile larger than the picture leaves only what is inside', (t) => {
  const request = { width: 5, height: 4, field: 0, blend: 4, multiple: 1, maxSide: 12 };
  const tiles = planTiles({ ...request, shapes: [{ width: 12, height: 12 }] });
  const plane = fill(createMosaic(5, 4, 1, 1, tiles), tiles, 1, () => (x) => x);
  for (let y = 0; y < 4; y++) t.deepEqual(row(plane, y), [0, 1, 2, 3, 4]);
});
