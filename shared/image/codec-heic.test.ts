// HEIC, which sharp only reads the header of. The files show one gradient.
import { readFile } from 'node:fs/promises';
import test from 'ava';
import { testdata, write } from '../testing/files.ts';
import { distance, meanDistance, planeOf } from '../testing/pictures.ts';
import { decode } from './codec.ts';
import { defaultLimits } from './limits.ts';
import { sharp } from './vips.ts';

/** Red rises to the right, green downward, and blue is 64 or 160 in a chequer of four fields. */
const gradient = planeOf(96, 64, 3, (x, y, c) => {
  if (c === 2) return x < 48 === y < 32 ? 64 : 160;
  return Math.round(c === 0 ? (x * 255) / 95 : (y * 255) / 63);
});

// Made from that gradient by `heif-enc -q 90 -p chroma=444 gradient.png`, libheif 1.15.1.
test('a HEIC is decoded to within a few levels', async (t) => {
  const { picture, format } = await decode(await readFile(testdata('gradient.heic')), defaultLimits);
  t.is(format, 'HEIC');
  t.deepEqual([picture.width, picture.height, 'alpha' in picture], [96, 64, false]);
  t.true(distance(picture.data, gradient.data) <= 5);
});

// The same from sharp's `.withIccProfile('p3').png()`, so that its numbers are Display P3's.
test('a HEIC in Display P3 is converted to sRGB', async (t) => {
  const { picture } = await decode(await readFile(testdata('p3.heic')), defaultLimits);
  const mean = (other: Uint8Array): number => meanDistance(picture.data, other);
  const asStored = await write(gradient).withIccProfile('p3').png().toBuffer();
  const bare = await sharp(asStored, { ignoreIcc: true }).raw().toBuffer();
  t.true(mean(gradient.data) < 1, `${mean(gradient.data)} from sRGB`);
  t.true(mean(bare) > 5, `${mean(bare)} from the bare numbers`);
});

// From sharp's `.withMetadata({ orientation: 6 }).jpeg(…)`, with the `irot` box that cameras write put in by hand: a
// HEIC is turned by that box alone, and its EXIF orientation must not turn it once more.
test('a HEIC with both rotations is turned once', async (t) => {
  const file = await readFile(testdata('rotated.heic'));
  const { picture } = await decode(file, defaultLimits);
  t.deepEqual([picture.width, picture.height], [64, 96]);
  const upright = planeOf(64, 96, 3, (x, y, c) => gradient.data[((63 - x) * 96 + y) * 3 + c]!);
  const mean = meanDistance(picture.data, upright.data);
  t.true(mean < 3, `${mean}`);
  const { exif } = await sharp(file).metadata();
  t.true(exif?.includes(Buffer.from([0x12, 0x01, 0x03, 0, 1, 0, 0, 0, 6])), 'expected EXIF orientation 6');
});
