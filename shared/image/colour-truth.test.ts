// Inputs in other colour spaces come out as a reference conversion says, within ΔE2000 < 1.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { Matrix, Triple } from '../testing/delta-e.ts';
import {
  ADOBE_TO_XYZ,
  decodeSrgb,
  deltaE2000,
  matrix,
  P3_TO_XYZ,
  srgbToLab,
  xyzToSrgb,
} from '../testing/delta-e.ts';
import { decode, encode } from './codec.ts';
import { defaultLimits } from './limits.ts';
import type { Picture } from './picture.ts';
import { withProfile } from './png-profile.ts';
import { sharp } from './vips.ts';

const folder = process.env.PHOTOS_DIR;
const withPhotos = folder ? test : test.skip;
if (!folder) console.log('Skipped: PHOTOS_DIR is not set, so CMYK and AdobeRGB are not compared.');

function difference(received: Triple, reference: Triple): number {
  return deltaE2000(srgbToLab(received), srgbToLab(reference));
}

function pixel({ data, width }: Picture, x: number, y: number): Triple {
  const at = (y * width + x) * 3;
  return [data[at]!, data[at + 1]!, data[at + 2]!];
}

/** A colour of one space in sRGB by the spaces' own definitions. */
function convert(
  toXyz: Matrix | readonly (readonly number[])[],
  decodeSample: (v: number) => number,
  colour: Triple,
): Triple {
  return xyzToSrgb(matrix(toXyz, colour.map(decodeSample) as unknown as Triple));
}

/** 64×64 patches of 8 pixels in colours that sRGB can hold in any of the spaces. */
function patches(): { data: Uint8Array; side: number } {
  const side = 64;
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [i, j] = [x >> 3, y >> 3];
      data.set([70 + 20 * i, 70 + 20 * j, 80 + 9 * (i + j)], (y * side + x) * 3);
    }
  }
  return { data, side };
}

test('Display P3 is converted to sRGB by its profile', async (t) => {
  const { data, side } = patches();
  const raw = { width: side, height: side, channels: 3 } as const;
  const labelled = await sharp(data, { raw }).withIccProfile('p3').png().toBuffer();
  const profile = (await sharp(labelled).metadata()).icc!;
  // The profile on untouched samples: they now mean P3.
  const file = withProfile(await sharp(data, { raw }).png().toBuffer(), profile);
  const { picture } = await decode(file, defaultLimits);
  let most = 0;
  for (let y = 4; y < side; y += 8) {
    for (let x = 4; x < side; x += 8) {
      const at = (y * side + x) * 3;
      const source: Triple = [data[at]! / 255, data[at + 1]! / 255, data[at + 2]! / 255];
      most = Math.max(most, difference(pixel(picture, x, y), convert(P3_TO_XYZ, decodeSrgb, source)));
    }
  }
  t.log(`largest ΔE2000 ${most.toFixed(2)}`);
  t.true(most < 1, `${most}`);
  // The test would notice: P3 taken for sRGB is far off.
  t.true(difference([210, 70, 107], convert(P3_TO_XYZ, decodeSrgb, [210 / 255, 70 / 255, 107 / 255])) > 2);
});

withPhotos('AdobeRGB in 16 bits with alpha is converted to sRGB by its profile', async (t) => {
  const file = await readFile(join(folder!, 'edge/tree_alpha_16bit.png'));
  const { picture } = await decode(file, defaultLimits);
  const { data } = await sharp(file, { ignoreIcc: true })
    .toColourspace('rgb16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const samples = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  const differences: number[] = [];
  for (let i = 0; i < picture.width * picture.height; i += 7) {
    // Below full cover many editors leave noise in the colour; clipped colours are a matter of taste.
    if (picture.alpha![i]! < 255) continue;
    const source = [0, 1, 2].map((channel) => samples[i * 4 + channel]! / 65535) as unknown as Triple;
    const reference = convert(ADOBE_TO_XYZ, (v) => v ** 2.19921875, source);
    if (reference.some((sample) => sample <= 1 || sample >= 254)) continue;
    differences.push(difference(pixel(picture, i % picture.width, Math.floor(i / picture.width)), reference));
  }
  const most = Math.max(...differences);
  t.log(`${differences.length} pixels, largest ΔE2000 ${most.toFixed(2)}`);
  t.true(differences.length > 500);
  t.true(most < 1, `${most}`);
});

// By LittleCMS through Pillow's ImageCms.profileToProfile: embedded profile (U.S. Web Coated SWOP v2) to sRGB, perceptual.
const cmyk: readonly (readonly [x: number, y: number, colour: Triple])[] = [
  [10, 10, [82, 81, 63]],
  [100, 60, [128, 125, 123]],
  [250, 160, [158, 155, 151]],
  [400, 80, [156, 156, 152]],
  [480, 320, [199, 202, 208]],
  [60, 300, [56, 68, 62]],
  [330, 250, [153, 95, 95]],
  [200, 200, [58, 78, 52]],
];

withPhotos('CMYK is converted to sRGB by its profile', async (t) => {
  const { picture } = await decode(
    await readFile(join(folder!, 'edge/Channel_digital_image_CMYK_color.jpg')),
    defaultLimits,
  );
  for (const [x, y, reference] of cmyk) t.true(difference(pixel(picture, x, y), reference) < 1, `${x},${y}`);
});

test('16-bit samples are scaled, not cut', async (t) => {
  const side = 64;
  const samples = Uint16Array.from({ length: side * side * 3 }, (_, i) =>
    Math.round(((i % 192) / 191) * 65535),
  );
  const raw = { width: side, height: side, channels: 3 } as const;
  const file = await sharp(samples, { raw }).toColourspace('rgb16').png({ palette: false }).toBuffer();
  t.is((await sharp(file).metadata()).depth, 'ushort');
  const { picture } = await decode(file, defaultLimits);
  const off = Array.from(picture.data, (sample, i) => Math.abs(sample - samples[i]! / 257));
  t.true(Math.max(...off) <= 1);
});

test('White stays white and grey stays grey through decoding and every format that keeps samples', async (t) => {
  const side = 64;
  const data = new Uint8Array(side * side * 3);
  for (let i = 0; i < side * side; i++) data.fill(i < 64 ? 255 : i % 256, i * 3, i * 3 + 3);
  const file = await encode({ width: side, height: side, channels: 3, data }, { format: 'png' });
  const { picture } = await decode(file, defaultLimits);
  t.deepEqual(picture.data, data);
  t.true(picture.grey);
});
