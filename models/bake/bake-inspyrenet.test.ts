// InSPyReNet baked with weights by chance, of one size and of several, against the package's own network in PyTorch.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { decode, resize } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import type { Plane } from '../../shared/image/picture.ts';
import { toTensor } from '../../shared/image/run-tiled.ts';
import { bake, makeWeights, open, reference, scratch, whereTorch } from './testdata/baking.ts';

const BAKE_MINUTES = 20;
const manifest = fileURLToPath(new URL('../manifest.json', import.meta.url));
const sample = fileURLToPath(new URL('../samples/plush-fox.jpg', import.meta.url));

async function photoOf(height: number, width: number): Promise<Plane> {
  const { picture } = await decode(readFileSync(sample), defaultLimits);
  return await resize(picture, width, height, 'linear');
}

async function compare(
  t: ExecutionContext,
  folder: string,
  id: string,
  weights: string,
  shapes: readonly (readonly [number, number])[],
  list: string = manifest,
): Promise<void> {
  const { model } = await open(t, join(folder, 'out'), 'segment', id);
  for (const [height, width] of shapes) {
    const photo = await photoOf(height, width);
    const expected = await reference(folder, id, weights, photo, list);
    const { mask } = await model.run({ image: toTensor(photo) });
    t.deepEqual(mask!.dims, [1, height, width, 1]);
    const baked = mask!.data as Uint8Array;
    const largest = baked.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    const levels = new Set(expected).size;
    t.log(`${height}×${width}: largest difference ${largest} of ${levels} levels`);
    t.true(levels > 200, 'a mask of one value would prove nothing');
    t.true(largest <= 2);
  }
}

whereTorch('InSPyReNet fast gives the mask that PyTorch gives', async (t) => {
  t.timeout(BAKE_MINUTES * 60_000);
  const folder = scratch(t);
  const weights = join(folder, 'weights.pth');
  await makeWeights('inspyrenet', weights, '384');
  const { code, stderr } = await bake(join(folder, 'out'), ['inspyrenet-fast', '--weights', weights]);
  t.is(code, 0, stderr);
  await compare(t, folder, 'inspyrenet-fast', weights, [[384, 384]]);
});

whereTorch('InSPyReNet base of several shapes gives the mask that PyTorch gives at each', async (t) => {
  t.timeout(BAKE_MINUTES * 60_000);
  const folder = scratch(t);
  const [weights, list] = [join(folder, 'weights.pth'), join(folder, 'manifest.json')];
  // The network of 1024 pixels, at sizes that a test can pay for.
  const shapes = [
    [384, 384],
    [320, 416],
    [416, 256],
  ] as const;
  const id = 'inspyrenet-base-dynamic';
  const models = JSON.parse(readFileSync(manifest, 'utf8')).models;
  const row = models.find((row: { id: string }) => row.id === id);
  writeFileSync(list, JSON.stringify({ models: [{ ...row, bake: { ...row.bake, shapes } }] }));
  await makeWeights('inspyrenet', weights, '1024');
  const { code, stderr } = await bake(join(folder, 'out'), [id, '--weights', weights, '--manifest', list]);
  t.is(code, 0, stderr);
  await compare(t, folder, id, weights, shapes.slice(1), list);
});
