// Every kind of file that comes in, to upright 8-bit sRGB.
import test from 'ava';
import { makeBmp } from '../testing/bmp.ts';
import { png16, STRIPE, striped, stripes, write } from '../testing/files.ts';
import { distance, noisy, pixel, planeOf } from '../testing/pictures.ts';
import { decode } from './codec.ts';
import { defaultLimits } from './limits.ts';
import type { Picture } from './picture.ts';
import type { PictureFormat } from './sniff.ts';
import { sharp } from './vips.ts';

const anySize = { ...defaultLimits, minSide: 1 };
const open = async (file: Uint8Array): Promise<Picture> => (await decode(file, anySize)).picture;

const exact: [string, PictureFormat, () => Promise<Uint8Array>][] = [
  ['a PNG', 'PNG', () => write(striped()).png().toBuffer()],
  ['a PNG with a palette', 'PNG', () => write(striped()).png({ palette: true }).toBuffer()],
  ['a PNG of 16 bits', 'PNG', () => write(striped()).toColourspace('rgb16').png().toBuffer()],
  ['a lossless WebP', 'WEBP', () => write(striped()).webp({ lossless: true }).toBuffer()],
  ['a GIF', 'GIF', () => write(striped()).gif().toBuffer()],
  ['a lossless AVIF', 'AVIF', () => write(striped()).avif({ lossless: true }).toBuffer()],
];
for (const [name, format, file] of exact) {
  test(`${name} is decoded exactly`, async (t) => {
    const decoded = await decode(await file(), anySize);
    t.is(decoded.format, format);
    t.deepEqual([decoded.picture.width, decoded.picture.height, decoded.picture.channels], [64, 16, 3]);
    t.is(distance(decoded.picture.data, striped().data), 0);
    t.false('alpha' in decoded.picture || 'grey' in decoded.picture);
  });
}

test('a JPEG is decoded to within three levels', async (t) => {
  const file = await write(striped()).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
  const { picture, format } = await decode(file, anySize);
  t.is(format, 'JPEG');
  t.true(distance(picture.data, striped().data) <= 3);
});

// What a profile says counts, not the bare numbers: Display P3's (234, 51, 34) is sRGB's pure red.
for (const format of ['png', 'jpeg', 'webp', 'avif'] as const) {
  test(`a Display P3 ${format} is converted to sRGB`, async (t) => {
    const file = await write(striped())
      .withIccProfile('p3')
      .toFormat(format, { quality: 100, chromaSubsampling: '4:4:4', lossless: true })
      .toBuffer();
    const picture = await open(file);
    for (const [i, colour] of stripes.entries()) {
      const found = pixel(picture, i * STRIPE + STRIPE / 2, 8);
      t.true(distance(found, colour) <= 6, `${colour} became ${found}`);
    }
  });
}

test('a CMYK JPEG becomes RGB of the same colours, as far as ink goes', async (t) => {
  const file = await write(striped()).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
  t.is((await sharp(file).metadata()).channels, 4);
  const picture = await open(file);
  t.is(picture.channels, 3);
  t.false('alpha' in picture);
  // What ink can print is kept nearly; bright red stays the reddest thing there.
  t.true(distance(pixel(picture, 56, 8), [200, 100, 50]) <= 30, `${pixel(picture, 56, 8)}`);
  const [r, g, b] = pixel(picture, 8, 8) as [number, number, number];
  t.true(r > 200 && g < 60 && b < 60, `${[r, g, b]}`);
});

test('16 bits are scaled to 8, to within a level', async (t) => {
  const samples = [0, 0x0101, 0x7fff, 0x8080, 0xfefe, 0xffff, 100 * 257 + 128, 5140, 30000];
  const picture = await open(await png16(3, 1, 3, samples));
  t.true(
    distance(
      picture.data,
      samples.map((sample) => sample / 257),
    ) <= 1,
  );
});

test('alpha of 16 bits is scaled as well', async (t) => {
  const picture = await open(await png16(2, 1, 4, [0, 0x8080, 0xffff, 10 * 257, 257, 514, 771, 50 * 257]));
  t.deepEqual([...picture.data], [0, 128, 255, 1, 2, 3]);
  t.deepEqual([...picture.alpha!], [10, 50]);
});

test('grey of 16 bits is grey', async (t) => {
  const picture = await open(await png16(2, 1, 1, [10 * 257, 0xffff]));
  t.deepEqual(picture, {
    width: 2,
    height: 1,
    channels: 3,
    data: Uint8Array.of(10, 10, 10, 255, 255, 255),
    grey: true,
  });
});

test('one channel becomes three equal ones and is marked as grey', async (t) => {
  const grey = planeOf(3, 1, 1, (x) => 10 * x);
  const picture = await open(await write(grey).toColourspace('b-w').png().toBuffer());
  t.deepEqual([...picture.data], [0, 0, 0, 10, 10, 10, 20, 20, 20]);
  t.true(picture.grey);
});

test('grey with alpha keeps both', async (t) => {
  const grey = planeOf(3, 1, 2, (x, _y, c) => [10 * x, 255 - 100 * x][c]!);
  const file = await write(grey).toColourspace('b-w').png().toBuffer();
  t.is((await sharp(file).metadata()).channels, 2);
  const picture = await open(file);
  t.deepEqual([...picture.data], [0, 0, 0, 10, 10, 10, 20, 20, 20]);
  t.deepEqual([...picture.alpha!], [255, 155, 55]);
  t.true(picture.grey);
});

test('a grey photo saved with three channels is grey too, one with a tint is not', async (t) => {
  const grey = planeOf(4, 4, 3, (x, y) => x * 4 + y);
  t.true((await open(await write(grey).png().toBuffer())).grey);
  grey.data[7]!++;
  t.false('grey' in (await open(await write(grey).png().toBuffer())));
});

test('alpha is kept, and the colour under it', async (t) => {
  const rgba = planeOf(4, 1, 4, (x, _y, c) => [200, 100, 50, x * 80][c]!);
  const picture = await open(await write(rgba).png().toBuffer());
  t.deepEqual([...picture.alpha!], [0, 80, 160, 240]);
  t.deepEqual([...picture.data], [200, 100, 50, 200, 100, 50, 200, 100, 50, 200, 100, 50]);
});

test('alpha that hides nothing is dropped', async (t) => {
  const rgba = planeOf(4, 1, 4, (x, _y, c) => [200, x, 50, 255][c]!);
  const picture = await open(await write(rgba).png().toBuffer());
  t.false('alpha' in picture);
  t.deepEqual(pixel(picture, 3, 0), [200, 3, 50]);
});

for (const format of ['gif', 'webp'] as const) {
  test(`of an animated ${format} the first frame is taken`, async (t) => {
    const frame = (r: number) =>
      sharp({ create: { width: 8, height: 6, channels: 3, background: { r, g: 0, b: 10 } } })
        .png()
        .toBuffer();
    const frames = sharp([await frame(255), await frame(100)], { join: { animated: true } });
    const file = await frames.toFormat(format, { lossless: true }).toBuffer();
    t.is((await sharp(file).metadata()).pages, 2);
    const picture = await open(file);
    t.deepEqual([picture.width, picture.height], [8, 6]);
    t.deepEqual(pixel(picture, 7, 5), [255, 0, 10]);
  });
}

test('a BMP is decoded exactly, its alpha with it', async (t) => {
  const pixels = [
    [1, 2, 3, 255],
    [4, 5, 6, 7],
  ];
  const opaque = await open(makeBmp({ width: 2, height: 1, bits: 24, pixels }));
  t.deepEqual([...opaque.data], [1, 2, 3, 4, 5, 6]);
  t.false('alpha' in opaque);
  const { alpha } = await open(makeBmp({ width: 2, height: 1, bits: 32, alpha: true, pixels }));
  t.deepEqual([...alpha!], [255, 7]);
});

test('the type is told by the content, so a PNG called .jpg is a PNG', async (t) => {
  const { format } = await decode(await write(noisy(3, 3)).png().toBuffer(), anySize);
  t.is(format, 'PNG');
});
