// What holds for every plan, tried over many sizes.
import test from 'ava';
import type { Tile, TilePlan, TileRequest } from './tiles.ts';
import { planTiles } from './tiles.ts';

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

function* requests(): Generator<TileRequest> {
  for (const [field, multiple, maxSide] of [
    [0, 1, 5],
    [1, 1, 6],
    [1, 2, 8],
    [2, 1, 9],
    [3, 2, 16],
    [4, 4, 24],
    [9, 1, 8], // no tile within the budget covers the field
  ] as const)
    for (let width = 1; width <= 45; width += width < 12 ? 1 : 3)
      for (let height = 1; height <= 45; height += height < 12 ? 1 : 4)
        yield { width, height, field, multiple, maxSide };
}

function* shapedRequests(): Generator<TileRequest> {
  for (const { width, height } of requests())
    yield {
      width,
      height,
      field: 2,
      multiple: 2,
      maxSide: 16,
      shapes: [
        { width: 12, height: 12 },
        { width: 20, height: 8 },
      ],
    };
}

function* growingRequests(): Generator<TileRequest> {
  for (const request of requests()) yield { ...request, mostSide: request.maxSide + 3 };
}

/** Names of requests for which a property does not hold. */
function broken(holds: (plan: TilePlan, request: TileRequest) => boolean): string[] {
  const names: string[] = [];
  let tried = 0;
  for (const request of [...requests(), ...shapedRequests(), ...growingRequests()]) {
    tried++;
    if (!holds(planTiles(request), request)) names.push(JSON.stringify(request));
  }
  if (tried < 1000) throw new Error(`Expected to try 1000 requests or more but tried ${tried}`);
  return names.slice(0, 5);
}

const every = (plan: TilePlan, holds: (tile: Tile) => boolean): boolean => plan.tiles.every(holds);

test('all tiles of a plan have its one shape, row by row', (t) => {
  const found = broken(
    (plan) =>
      plan.tiles.length === plan.columns * plan.rows &&
      every(plan, ({ box }) => box.width === plan.tileWidth && box.height === plan.tileHeight) &&
      plan.tiles.every(({ box }, i) => {
        const [before, above] = [plan.tiles[i - 1], plan.tiles[i - plan.columns]];
        return (
          (i % plan.columns === 0 ? box.left === 0 : box.left > before!.box.left) &&
          (above === undefined ? box.top === 0 : box.top > above.box.top)
        );
      }),
  );
  t.deepEqual(found, []);
});

test('tiles begin and end flush with the picture and never lie outside, but for what rounding adds', (t) => {
  const found = broken((plan, { width, height, multiple }) => {
    const right = Math.max(plan.tileWidth, roundUp(width, multiple));
    const bottom = Math.max(plan.tileHeight, roundUp(height, multiple));
    const last = plan.tiles.at(-1)!.box;
    return (
      every(
        plan,
        ({ box }) =>
          box.left >= 0 && box.top >= 0 && box.left + box.width <= right && box.top + box.height <= bottom,
      ) &&
      last.left + last.width === right &&
      last.top + last.height === bottom
    );
  });
  t.deepEqual(found, []);
});

test('what is kept covers every pixel of the picture exactly once', (t) => {
  const found = broken((plan, { width, height }) => {
    const covered = new Uint8Array(width * height);
    for (const { keep } of plan.tiles) {
      if (keep.left + keep.width > width || keep.top + keep.height > height) return false;
      for (let y = keep.top; y < keep.top + keep.height; y++)
        for (let x = keep.left; x < keep.left + keep.width; x++) covered[y * width + x]!++;
    }
    return covered.every((times) => times === 1);
  });
  t.deepEqual(found, []);
});

test('what is kept lies a field away from every border of its tile that is inside the picture', (t) => {
  const found = broken((plan, { width, height, field }) =>
    every(
      plan,
      ({ box, keep }) =>
        (box.left === 0 ? keep.left >= 0 : keep.left - box.left >= field) &&
        (box.top === 0 ? keep.top >= 0 : keep.top - box.top >= field) &&
        (box.left + box.width >= width || box.left + box.width - keep.left - keep.width >= field) &&
        (box.top + box.height >= height || box.top + box.height - keep.top - keep.height >= field),
    ),
  );
  t.deepEqual(found, []);
});

test('sides and positions are multiples of what the net asks for', (t) => {
  const found = broken((plan, { multiple }) =>
    every(plan, ({ box }) => [box.left, box.top, box.width, box.height].every((n) => n % multiple === 0)),
  );
  t.deepEqual(found, []);
});

test('a tile stays within the budget wherever the overlap leaves room', (t) => {
  const found = broken((plan, { maxSide, mostSide = maxSide, field, multiple, shapes }) => {
    const roomy = maxSide >= 4 * field + multiple;
    return shapes !== undefined || !roomy || plan.tileWidth * plan.tileHeight <= mostSide * mostSide;
  });
  t.deepEqual(found, []);
});
