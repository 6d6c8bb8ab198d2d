// The upscale stage with the real graphs: no shift of colour, no tint on grey, no rim around what is transparent.
import { readFile } from 'node:fs/promises';
import test from 'ava';
import { decode, resize } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import type { Picture } from '../../shared/image/picture.ts';
import { withAlpha } from '../../shared/image/picture.ts';
import { sharp } from '../../shared/image/vips.ts';
import type { Tools } from '../../shared/stage.ts';
import { builtinJob, openBuiltin } from '../../shared/testing/builtin-models.ts';
import { furryTruth } from '../../shared/testing/furry.ts';
import type { OpenModels } from '../local/open-models.ts';
import { upscale } from './stage.ts';

let models: OpenModels;
test.before(async () => {
  models = await openBuiltin(builtinJob());
});
test.after.always(() => models.close());

async function enlarge(picture: Picture, scale: 2 | 4 = 2, maxSide = 256): Promise<Picture> {
  const tools: Tools = { model: models.model, resize, tile: { maxSide, fixedShapes: false }, progress() {} };
  const { pictures } = await upscale(picture, { scale, upscaler: 'builtin/upscale' }, tools);
  return pictures.upscaled!;
}

async function sample(): Promise<Picture> {
  const file = await readFile(new URL('../../models/samples/plush-bear.jpg', import.meta.url));
  return await resize((await decode(file, defaultLimits)).picture, 560, 420, 'cubic');
}

/** Mean of each channel in squares of `side` pixels. */
function blockMeans({ data, width, height }: Picture, side: number): number[] {
  const means: number[] = [];
  for (let top = 0; top + side <= height; top += side) {
    for (let left = 0; left + side <= width; left += side) {
      const sums = [0, 0, 0];
      for (let y = top; y < top + side; y++) {
        for (let at = (y * width + left) * 3; at < (y * width + left + side) * 3; at += 3) {
          for (const channel of [0, 1, 2]) sums[channel]! += data[at + channel]!;
        }
      }
      means.push(...sums.map((sum) => sum / side ** 2));
    }
  }
  return means;
}

for (const scale of [2, 4] as const) {
  test(`Enlarged ${scale} times and averaged again, the low frequencies are the photo’s within a level`, async (t) => {
    const photo = await sample();
    const large = await enlarge(photo, scale);
    t.deepEqual([large.width, large.height], [photo.width * scale, photo.height * scale]);
    const block = 20;
    const [before, after] = [blockMeans(photo, block), blockMeans(large, block * scale)];
    const differences = before.map((mean, k) => Math.abs(mean - after[k]!));
    const most = Math.max(...differences);
    t.log(`largest difference of block means: ${most.toFixed(3)} levels`);
    t.true(most < 1, `${most}`);
  });
}

/** In decibel; over all samples. */
function psnr(a: Picture, b: Picture): number {
  const error = a.data.reduce((sum, level, i) => sum + (level - b.data[i]!) ** 2, 0) / a.data.length;
  return 10 * Math.log10(255 ** 2 / error);
}

test('A photo that was compressed hard comes out nearer to itself before than by bicubic interpolation', async (t) => {
  const small = await sample();
  const photo = await resize(small, 280, 210, 'cubic');
  const raw = { width: photo.width, height: photo.height, channels: 3 } as const;
  const file = await sharp(photo.data, { raw }).jpeg({ quality: 40 }).toBuffer();
  const { picture: spoilt } = await decode(file, defaultLimits);
  const [plain, ours] = [
    psnr(await resize(spoilt, 560, 420, 'cubic'), small),
    psnr(await enlarge(spoilt), small),
  ];
  t.log(`${ours.toFixed(2)} dB, bicubic ${plain.toFixed(2)} dB`);
  t.true(ours > plain + 0.3, `${ours} ${plain}`);
});

test('What is grey without being called so comes out grey to a level', async (t) => {
  const data = new Uint8Array(60 * 60 * 3);
  for (let i = 0; i < 3600; i++) data.fill((i * 29 + (i >> 4) * 7) & 255, i * 3, i * 3 + 3);
  const large = await enlarge({ width: 60, height: 60, channels: 3, data });
  for (let i = 0; i < large.data.length; i += 3) {
    const [r, g, b] = large.data.subarray(i, i + 3) as unknown as [number, number, number];
    if (Math.max(r, g, b) - Math.min(r, g, b) > 1) return t.fail(`${r} ${g} ${b} at ${i / 3}`);
  }
  t.pass();
});

test('A grey photo stays exactly neutral, and pure white pure white', async (t) => {
  const data = new Uint8Array(100 * 80 * 3);
  for (let i = 0; i < 8000; i++) data.fill(i % 100 < 50 ? 255 : (i * 7) % 200, i * 3, i * 3 + 3);
  const large = await enlarge({ width: 100, height: 80, channels: 3, data, grey: true });
  t.true(large.grey);
  for (let i = 0; i < large.data.length; i += 3) {
    if (large.data[i] !== large.data[i + 1] || large.data[i] !== large.data[i + 2]) return t.fail(`at ${i}`);
  }
  t.is(large.data[(80 * 200 + 40) * 3], 255);
});

test('Colour hidden under transparent pixels draws no rim', async (t) => {
  const { alpha, colour } = furryTruth(300, 4);
  const clean = { ...withAlpha(colour, undefined), alpha: alpha.data };
  // The same picture with something glaring where nothing is seen.
  const hidden = clean.data.slice();
  for (let i = 0; i < alpha.data.length; i++) if (alpha.data[i] === 0) hidden.set([0, 255, 0], i * 3);
  const [a, b] = [await enlarge(clean), await enlarge({ ...clean, data: hidden })];
  t.deepEqual(a.alpha, b.alpha);
  let most = 0;
  for (let i = 0; i < a.alpha!.length; i++) {
    if (a.alpha![i]! < 26) continue;
    for (let channel = 0; channel < 3; channel++)
      most = Math.max(most, Math.abs(a.data[i * 3 + channel]! - b.data[i * 3 + channel]!));
  }
  t.is(most, 0);
});

test('Two sizes of tile give the same picture within a level', async (t) => {
  const photo = await sample();
  const [a, b] = [await enlarge(photo, 2, 120), await enlarge(photo, 2, 2000)];
  t.true(a.data.every((level, i) => Math.abs(level - b.data[i]!) <= 1));
});
