import test from 'ava';
import type { TilePlan, TileRequest } from './tiles.ts';
import { planTiles } from './tiles.ts';

const request = (fields: Partial<TileRequest>): TileRequest => ({
  width: 10,
  height: 10,
  field: 1,
  multiple: 1,
  maxSide: 6,
  ...fields,
});

const lefts = (plan: TilePlan): number[] => plan.tiles.slice(0, plan.columns).map(({ box }) => box.left);
const keeps = (plan: TilePlan): [number, number][] =>
  plan.tiles.slice(0, plan.columns).map(({ keep }) => [keep.left, keep.left + keep.width]);

test('two tiles a side meet in the middle of their overlap', (t) => {
  const plan = planTiles(request({}));
  t.deepEqual([plan.tileWidth, plan.tileHeight, plan.columns, plan.rows, plan.ramp], [6, 6, 2, 2, 0]);
  t.deepEqual(plan.tiles[0], {
    box: { left: 0, top: 0, width: 6, height: 6 },
    keep: { left: 0, top: 0, width: 5, height: 5 },
  });
  t.deepEqual(plan.tiles[3], {
    box: { left: 4, top: 4, width: 6, height: 6 },
    keep: { left: 5, top: 5, width: 5, height: 5 },
  });
});

test('tiles are spread evenly and the last is flush with the border', (t) => {
  const plan = planTiles(request({ width: 21, height: 4, maxSide: 6 }));
  t.deepEqual([plan.tileWidth, plan.tileHeight], [9, 4]);
  t.deepEqual(lefts(plan), [0, 6, 12]);
  t.deepEqual(keeps(plan), [
    [0, 7],
    [7, 13],
    [13, 21],
  ]);
});

test('a picture that fits is one tile of its own size', (t) => {
  const plan = planTiles(request({ width: 5, height: 3 }));
  t.deepEqual(plan.tiles, [
    { box: { left: 0, top: 0, width: 5, height: 3 }, keep: { left: 0, top: 0, width: 5, height: 3 } },
  ]);
});

test('where sides must be even, the tile of an odd picture reaches over the border and only the picture is kept', (t) => {
  const plan = planTiles(request({ width: 5, height: 3, multiple: 2 }));
  t.deepEqual(plan.tiles, [
    { box: { left: 0, top: 0, width: 6, height: 4 }, keep: { left: 0, top: 0, width: 5, height: 3 } },
  ]);
});

const SHAPES = [
  { width: 8, height: 8 },
  { width: 16, height: 4 },
];
const shaped: [string, number, number, [number, number, number, number]][] = [
  ['a square', 14, 14, [8, 8, 2, 2]],
  ['a strip', 30, 4, [16, 4, 2, 1]],
  ['a picture smaller than any shape', 3, 2, [8, 8, 1, 1]],
];
for (const [name, width, height, expected] of shaped) {
  test(`with fixed shapes, ${name} gets the one that wastes least`, (t) => {
    const plan = planTiles(request({ width, height, shapes: SHAPES }));
    t.deepEqual([plan.tileWidth, plan.tileHeight, plan.columns, plan.rows], expected);
  });
}

test('blending takes its overlap instead of the field and mixes over half of it', (t) => {
  const plan = planTiles(request({ width: 20, height: 10, field: 100, blend: 4, maxSide: 12 }));
  t.deepEqual([plan.tileWidth, plan.tileHeight, plan.ramp], [12, 10, 2]);
  t.deepEqual(lefts(plan), [0, 8]);
});

const waste = (plan: TilePlan, pixels: number): number =>
  (plan.tiles.length * plan.tileWidth * plan.tileHeight) / pixels - 1;
const wastes: [number, number][] = [
  [0, 0],
  [4, 0.15],
  [34, 0.3],
];
for (const [field, bound] of wastes) {
  test(`12 megapixels in tiles of 512² with a field of ${field} cost at most ${bound * 100} % more`, (t) => {
    const plan = planTiles(request({ width: 4000, height: 3000, field, maxSide: 512 }));
    t.true(plan.tileWidth * plan.tileHeight <= 512 * 512);
    const found = waste(plan, 12e6);
    t.log(`${plan.columns}×${plan.rows} tiles of ${plan.tileWidth}×${plan.tileHeight}: ${found}`);
    t.true(found <= bound, `${found}`);
  });
}

// After running out of memory twice the tile is small; it must never become the whole photo again.
for (const maxSide of [16, 64, 128]) {
  test(`a budget of ${maxSide}² too small for the field gives tiles of about twice the overlap`, (t) => {
    const plan = planTiles(request({ width: 4000, height: 3000, field: 34, maxSide }));
    const longest = 2 * (2 * 34) + 1;
    t.true(plan.tileWidth <= longest && plan.tileHeight <= longest, `${plan.tileWidth}×${plan.tileHeight}`);
  });
}

const wide = { width: 3000, height: 4000, multiple: 2, maxSide: 512 };
const growing: [string, Partial<TileRequest>, [number, number]][] = [
  ['stay as they are where they waste less', { field: 20, mostSide: 768 }, [534, 480]],
  ['stay as they are where they may not grow', { blend: 64 }, [554, 458]],
  ['grow as little as brings the waste under 15 %', { blend: 64, mostSide: 768 }, [652, 720]],
  ['grow for a wide field too', { field: 34, mostSide: 768 }, [656, 856]],
  ['take what wastes least where none wastes so little', { blend: 64, mostSide: 600 }, [554, 628]],
  ['do not shrink where the most is less', { blend: 64, mostSide: 256 }, [554, 458]],
];
for (const [name, fields, expected] of growing) {
  test(`tiles ${name}`, (t) => {
    const plan = planTiles({ field: 0, ...wide, ...fields });
    t.deepEqual([plan.tileWidth, plan.tileHeight], expected);
  });
}
