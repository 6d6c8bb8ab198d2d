import test from 'ava';
import type { Card } from '../card.ts';
import type { Model } from '../stage.ts';
import { blur, fakeModel, identity, nearest, picture } from '../testing/fake-models.ts';
import { noisy, planeOf } from '../testing/pictures.ts';
import type { Plane } from './picture.ts';
import { cut } from './picture.ts';
import type { TileTools } from './run-tiled.ts';
import { runTiled, toPlane, toTensor } from './run-tiled.ts';

const tiles = (maxSide: number, fixedShapes = false): TileTools => ({ tile: { maxSide, fixedShapes } });

/** The model run once over the whole picture, with its border repeated to the given size. */
async function untiled(model: Model, image: Plane, width: number, height: number): Promise<Plane> {
  const { scale } = model.card;
  const whole = cut(image, { left: 0, top: 0, width, height });
  const { image_out } = await model.run({ image: toTensor(whole) });
  return cut(toPlane(image_out!), {
    left: 0,
    top: 0,
    width: image.width * scale,
    height: image.height * scale,
  });
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

interface Case {
  readonly model: (card: Partial<Card>) => Model;
  readonly card?: Partial<Card>;
  readonly maxSide: number;
  /** Largest side tried: at least three tiles. */
  readonly upTo: number;
  readonly step?: number;
}

const cases: Record<string, Case> = {
  'a blur in tiles of 6²': { model: blur, maxSide: 6, upTo: 18 },
  'a blur in tiles of 7²': { model: blur, maxSide: 7, upTo: 20 },
  'a blur in tiles of 9², its field said to be 2': { model: blur, card: { field: 2 }, maxSide: 9, upTo: 20 },
  'a blur with even sides in tiles of 8²': { model: blur, card: { multiple: 2 }, maxSide: 8, upTo: 21 },
  'a blur with sides of 4n in tiles of 12²': {
    model: blur,
    card: { multiple: 4 },
    maxSide: 12,
    upTo: 29,
    step: 2,
  },
  'doubling in tiles of 5²': { model: (card) => nearest(2, card), card: { field: 1 }, maxSide: 5, upTo: 13 },
  'doubling with even sides': {
    model: (card) => nearest(2, card),
    card: { field: 1, multiple: 2 },
    maxSide: 8,
    upTo: 19,
    step: 2,
  },
};
for (const [name, { model: make, card = {}, maxSide, upTo, step = 1 }] of Object.entries(cases)) {
  test(`tiled equals untiled for every size: ${name}`, async (t) => {
    const model = make(card);
    const { multiple } = model.card;
    const different: string[] = [];
    let most = 0;
    for (let height = 1; height <= upTo; height += step)
      for (let width = 1; width <= upTo; width += step) {
        const image = noisy(width, height);
        const expected = await untiled(model, image, roundUp(width, multiple), roundUp(height, multiple));
        let count = 0;
        const onProgress = (): number => count++;
        const { image_out } = await runTiled(model, { inputs: { image }, onProgress }, tiles(maxSide));
        most = Math.max(most, count);
        if (Buffer.compare(image_out!.data, expected.data) !== 0) different.push(`${width}×${height}`);
      }
    t.deepEqual(different, []);
    t.true(most >= 9, `expected three tiles a side but there were at most ${most} in all`);
  });
}

const SHAPES: Card['shapes'] = [
  [8, 8],
  [6, 10],
  [40, 40],
];

test('with fixed shapes only those within the budget are run, and tiled still equals untiled', async (t) => {
  const model = blur({ shapes: SHAPES });
  const different: string[] = [];
  for (let height = 1; height <= 19; height += 2)
    for (let width = 1; width <= 20; width++) {
      const image = noisy(width, height);
      const { image_out } = await runTiled(model, { inputs: { image } }, tiles(8, true));
      // A picture smaller than the tile is filled up with its border.
      const [, h, w] = model.runs.at(-1)!;
      const expected = await untiled(blur(), image, Math.max(width, w!), Math.max(height, h!));
      if (Buffer.compare(image_out!.data, expected.data) !== 0) different.push(`${width}×${height}`);
    }
  t.deepEqual(different, []);
  const shapes = new Set(model.runs.map(([, height, width]) => `${height}×${width}`));
  t.deepEqual([...shapes].sort(), ['6×10', '8×8']);
});

test('fixed shapes of which none is within the budget leave the choice free', async (t) => {
  const model = blur({ shapes: [[40, 40]] });
  const image = noisy(20, 20);
  const { image_out } = await runTiled(model, { inputs: { image } }, tiles(8, true));
  t.deepEqual(image_out!.data, (await untiled(blur(), image, 20, 20)).data);
  t.true(model.runs.every(([, height, width]) => height! * width! <= 64));
});

test('fixed shapes do not count where the device does not ask for them', async (t) => {
  const model = identity({ shapes: [[8, 8]] });
  await runTiled(model, { inputs: { image: noisy(20, 3) } }, tiles(8));
  t.true(model.runs.every(([, height]) => height === 3));
});

test('a tile that may grow does so only where it would waste much', async (t) => {
  const image = noisy(40, 40);
  const largest: number[] = [];
  for (const field of [0, 1]) {
    const model = blur({ field });
    await runTiled(model, { inputs: { image } }, { tile: { maxSide: 10, mostSide: 22, fixedShapes: false } });
    largest.push(model.runs[0]![1]! * model.runs[0]![2]!);
  }
  t.deepEqual(largest, [100, 441]);
});

test('a blended net shows no seam where its tiles agree', async (t) => {
  const image = noisy(31, 23);
  const model = identity({ blend: 4 });
  const { image_out } = await runTiled(model, { inputs: { image } }, tiles(9));
  t.deepEqual(image_out!.data, image.data);
  t.true(model.runs.length > 4);
});

test('every tile is told where it begins, and gets a copy of the constants', async (t) => {
  const model = fakeModel({
    card: {
      id: 'places',
      inputs: {
        image: picture(),
        origin: { type: 'int32', shape: [2] },
        gain: { type: 'float32', shape: [1] },
      },
      outputs: { image_out: picture() },
    },
    compute: ({ image, origin, gain }) => {
      const [, height, width] = image!.dims as [number, number, number];
      const [left, top] = origin!.data as Int32Array;
      const place = planeOf(width, height, 3, (x, y, c) => [left! + x, top! + y, gain!.data[0]!][c]!);
      return { image_out: toTensor(place) };
    },
  });
  const gain = { dims: [1], data: Float32Array.of(9) };
  const run = { inputs: { image: noisy(20, 17) }, constants: { gain } };
  const { image_out } = await runTiled(model, run, tiles(6));
  t.deepEqual(image_out!.data, planeOf(20, 17, 3, (x, y, c) => [x, y, 9][c]!).data);
  t.is(gain.data[0], 9);
});

test('the picture that goes in is still whole afterwards', async (t) => {
  const image = noisy(10, 10);
  const before = image.data.slice();
  await runTiled(identity(), { inputs: { image } }, tiles(64));
  t.deepEqual(image.data, before);
});

const wrong: [string, Parameters<typeof toPlane>[0]][] = [
  ['two pictures at once', { dims: [2, 1, 1, 1], data: new Uint8Array(2) }],
  ['three dimensions', { dims: [1, 1, 1], data: new Uint8Array(1) }],
  ['floats', { dims: [1, 1, 1, 1], data: new Float32Array(1) }],
];
for (const [name, tensor] of wrong) {
  test(`a tensor of ${name} is no plane`, (t) =>
    t.throws(() => toPlane(tensor), { code: 'INFERENCE_ERROR' }));
}
