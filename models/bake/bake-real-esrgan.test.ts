// Real-ESRGAN baked from PyTorch files and run by the upscale stage in tiles, against PyTorch's whole picture.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { upscale } from '../../functions/upscale/stage.ts';
import { decode, resize } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import type { Picture } from '../../shared/image/picture.ts';
import { planTiles } from '../../shared/image/tiles.ts';
import { openRegistry } from '../registry.ts';
import { bake, makeWeights, open, reference, scratch, weights, whereTorch } from './testdata/baking.ts';

const BAKE_MINUTES = 15;
const id = 'realesr-general-x4v3';
const [general, weak] = [`${id}.pth`, 'realesr-general-wdn-x4v3.pth'].map((name) =>
  join(weights ?? '', name),
);
const withWeights = weights ? whereTorch : test.skip;
if (!weights) console.log('Skipped: WEIGHTS_DIR names no folder with the real weights.');

async function read(file: string): Promise<Picture> {
  return (await decode(readFileSync(file), { ...defaultLimits, minSide: 1 })).picture;
}

interface Enlarging {
  readonly scale: 2 | 4;
  readonly maxSide: number;
  /** Another overlap than the card's. */
  readonly blend?: number;
}

/** Enlarged by the stage, in at least four tiles. */
async function enlarge(
  t: ExecutionContext,
  folder: string,
  id: string,
  photo: Picture,
  { scale, maxSide, ...changes }: Enlarging,
): Promise<Picture> {
  const { model, tools } = await open(t, folder, 'upscale', id, maxSide);
  const card = { ...model.card, ...changes };
  const { tiles } = planTiles({
    ...card,
    width: photo.width,
    height: photo.height,
    maxSide,
    shapes: undefined,
  });
  t.true(tiles.length >= 4, `${tiles.length} tiles`);
  const used = { ...tools, model: (name: string) => (name === id ? { ...model, card } : tools.model(name)) };
  return (await upscale(photo, { scale, upscaler: id }, used)).pictures.upscaled!;
}

/** Share of the samples that are at most one level apart, and the largest difference. */
function agreement(a: Uint8Array, b: Uint8Array): { share: number; largest: number } {
  let [near, largest] = [0, a.length === b.length ? 0 : Number.POSITIVE_INFINITY];
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (difference <= 1) near++;
    largest = Math.max(largest, difference);
  }
  return { share: near / a.length, largest };
}

const tiled = { scale: 4, maxSide: 144 } as const;
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

async function bakeReal(t: ExecutionContext, out: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await bake(out, [id, ...args]);
  t.is(code, 0, stderr);
}

withWeights(
  'The real weights, tiled by the stage, give what PyTorch gives for the whole picture, borders included',
  async (t) => {
    t.timeout(BAKE_MINUTES * 60_000);
    const out = scratch(t);
    await bakeReal(t, out, '--weights', general!);
    for (const name of ['0014', 'ADE_val_00000114']) {
      const photo = await read(join(weights!, 'golden', `${name}.jpg`));
      const expected = await read(join(weights!, 'golden', `${name}.x4.png`));
      const enlarged = await enlarge(t, out, id, photo, tiled);
      t.is(enlarged.width, expected.width);
      const { share, largest } = agreement(enlarged.data, expected.data);
      t.log(`${name}: ${(share * 100).toFixed(4)} % within one level, largest difference ${largest}`);
      t.true(share >= 0.999, `${share}`);
    }
  },
);

withWeights('Baking the same weights twice gives the same bytes', async (t) => {
  t.timeout(BAKE_MINUTES * 60_000);
  const outs = [scratch(t), scratch(t)];
  for (const out of outs) await bakeReal(t, out, '--weights', general!);
  for (const suffix of ['onnx', 'data', 'json']) {
    const [first, second] = outs.map((out) => readFileSync(join(out, `${id}.${suffix}`)));
    t.deepEqual(first, second, suffix);
  }
});

const coarser = [
  { precision: 'fp16', bytes: [2_400_000, 2_500_000], db: 55 },
  { precision: 'int8', bytes: [1_200_000, 1_500_000], db: 30 },
] as const;

for (const { precision, bytes, db } of coarser) {
  withWeights(`The real weights in ${precision} are smaller and near to PyTorch’s picture`, async (t) => {
    t.timeout(BAKE_MINUTES * 60_000);
    const out = scratch(t);
    await bakeReal(t, out, '--weights', general!, '--precision', precision);
    const { card } = (await openRegistry(out)).find('upscale', id);
    t.true(card.bytes > bytes[0] && card.bytes < bytes[1], `${card.bytes} bytes`);
    const photo = await read(join(weights!, 'golden', '0014.jpg'));
    const expected = await read(join(weights!, 'golden', '0014.x4.png'));
    const enlarged = await enlarge(t, out, id, photo, tiled);
    const error = mean(Array.from(enlarged.data, (value, i) => (value - expected.data[i]!) ** 2));
    t.log(`${card.bytes} bytes, ${(10 * Math.log10(255 ** 2 / error)).toFixed(1)} dB`);
    t.true(10 * Math.log10(255 ** 2 / error) > db);
  });
}

withWeights('The denoise twin at a half lies between its ends', async (t) => {
  t.timeout(BAKE_MINUTES * 60_000);
  const out = scratch(t);
  await bakeReal(t, out, '--weights', general!);
  await bakeReal(t, out, '--denoise', '0', '--weights', weak!);
  await bakeReal(t, out, '--denoise', '0.5', '--weights', general!, '--weights', weak!);
  const photo = await read(join(weights!, 'golden', '0014.jpg'));
  const results = [];
  for (const model of [id, `${id}-denoise-0.5`, `${id}-denoise-0`])
    results.push((await enlarge(t, out, model, photo, tiled)).data);
  const [full, half, none] = results as [Uint8Array, Uint8Array, Uint8Array];
  const apart = (a: Uint8Array, b: Uint8Array) => mean(Array.from(a, (value, i) => Math.abs(value - b[i]!)));
  const [toFull, toNone, ends] = [apart(half, full), apart(half, none), apart(full, none)];
  t.log(
    `half to full ${toFull.toFixed(2)}, half to none ${toNone.toFixed(2)}, full to none ${ends.toFixed(2)} levels`,
  );
  t.true(toFull < ends && toNone < ends && toFull > 0.1 * ends && toNone > 0.1 * ends);
});

whereTorch('RRDBNet ×2, whose field no tile covers, is blended without seams', async (t) => {
  t.timeout(BAKE_MINUTES * 60_000);
  const folder = scratch(t);
  const [file, out] = [join(folder, 'rrdbnet.pth'), join(folder, 'out')];
  await makeWeights('rrdbnet', file, '2');
  const { code, stderr } = await bake(out, ['realesrgan-x2plus', '--weights', file]);
  t.is(code, 0, stderr);
  const sample = await read(new URL('../samples/toy-robot.jpg', import.meta.url).pathname);
  const photo = (await resize(sample, 260, 232, 'linear')) as Picture;
  const expected = await reference(folder, 'realesrgan-x2plus', file, photo);
  const twice = { scale: 2, maxSide: 160 } as const;
  const enlarged = await enlarge(t, out, 'realesrgan-x2plus', photo, twice);
  const { share, largest } = agreement(enlarged.data, expected);
  t.log(`${(share * 100).toFixed(4)} % within one level, largest difference ${largest}`);
  t.true(share >= 0.999 && largest <= 4);
  const careless = await enlarge(t, out, 'realesrgan-x2plus', photo, { ...twice, blend: 4 });
  t.true(agreement(careless.data, expected).largest > 20, 'an overlap that is too small is seen');
});
