// What decode refuses, by which code, and in which order.
import { readFile } from 'node:fs/promises';
import test from 'ava';
import type { ErrorCode } from '../error-catalogue.ts';
import { makeBmp } from '../testing/bmp.ts';
import { testdata, write } from '../testing/files.ts';
import { noisy, planeOf } from '../testing/pictures.ts';
import { decode, readHeader } from './codec.ts';
import type { ImageLimits } from './limits.ts';
import { defaultLimits } from './limits.ts';
import { sharp } from './vips.ts';

const anySize = { ...defaultLimits, minSide: 1 };
const text = (content: string): Uint8Array => Buffer.from(content);
const png = (width = 64, height = 64): Promise<Buffer> => write(noisy(width, height)).png().toBuffer();

const formats: [string, () => Promise<Uint8Array>][] = [
  ['an SVG', async () => text('<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"/>')],
  ['a TIFF', () => write(noisy(64, 64)).tiff().toBuffer()],
  ['a PDF', async () => text('%PDF-1.7\n1 0 obj\n')],
  ['a text', async () => text('hello')],
  ['an empty file', async () => new Uint8Array(0)],
];
for (const [name, file] of formats) {
  test(`${name} is INVALID_FORMAT`, async (t) => {
    await t.throwsAsync(decode(await file(), anySize), { code: 'INVALID_FORMAT' });
  });
}

const whole: Record<string, () => Promise<Uint8Array>> = {
  PNG: () => png(),
  JPEG: () => write(noisy(64, 64)).jpeg().toBuffer(),
  'progressive JPEG': () => write(noisy(64, 64)).jpeg({ progressive: true }).toBuffer(),
  WebP: () => write(noisy(64, 64)).webp().toBuffer(),
  'lossless WebP': () => write(noisy(64, 64)).webp({ lossless: true }).toBuffer(),
  GIF: () => write(noisy(64, 64)).gif().toBuffer(),
  AVIF: () => write(noisy(64, 64)).avif({ effort: 0 }).toBuffer(),
  HEIC: () => readFile(testdata('gradient.heic')),
  BMP: async () =>
    makeBmp({
      width: 64,
      height: 64,
      bits: 24,
      pixels: Array.from({ length: 4096 }, (_, i) => [i & 255, 1, 2]),
    }),
};
for (const [name, make] of Object.entries(whole)) {
  test(`a ${name} is read whole, and IMAGE_CORRUPT cut to any part of it`, async (t) => {
    const file = await make();
    await t.notThrowsAsync(decode(file, anySize));
    for (const part of [0.2, 0.5, 0.9]) {
      const cut = file.subarray(0, Math.max(32, Math.round(file.length * part)));
      await t.throwsAsync(decode(cut, anySize), { code: 'IMAGE_CORRUPT' }, `${part}`);
    }
  });
}

const corrupt: [string, () => Promise<Uint8Array>][] = [
  [
    'a JPEG of which only the first bytes are right',
    async () => Buffer.from('\xff\xd8\xff'.padEnd(200, 'x'), 'latin1'),
  ],
  [
    'a PNG with a changed byte in its pixels',
    async () => {
      const file = Buffer.from(await png());
      file[file.indexOf('IDAT') + 100]! ^= 0xff;
      return file;
    },
  ],
  ['a PNG signature and nothing else', async () => (await png()).subarray(0, 8)],
  ['a BMP without height', async () => makeBmp({ width: 1, height: 0, bits: 24, pixels: [] })],
  ['a HEIC that is only its type', async () => (await readFile(testdata('gradient.heic'))).subarray(0, 28)],
];
for (const [name, file] of corrupt) {
  test(`${name} is IMAGE_CORRUPT, with the cause for the log`, async (t) => {
    const error = await t.throwsAsync(decode(await file(), anySize), { code: 'IMAGE_CORRUPT' });
    t.truthy(error?.cause);
    t.is((error as { detail?: string }).detail, 'The image is damaged and cannot be read');
  });
}

/** Bytes, type, ratio, sides, smallness: a file that violates two gets the first. */
const ordered: [string, () => Promise<Uint8Array>, Partial<ImageLimits>, ErrorCode][] = [
  ['too many bytes of no format', async () => text('x'.repeat(50)), { maxFileBytes: 49 }, 'FILE_TOO_LARGE'],
  [
    'exactly the bytes allowed, of no format',
    async () => text('x'.repeat(50)),
    { maxFileBytes: 50 },
    'INVALID_FORMAT',
  ],
  [
    'a bomb that is too large',
    () => png(100, 80),
    { maxDecompressionRatio: 1, ratioCountsAbovePixels: 0, maxLongSide: 99 },
    'IMAGE_BOMB',
  ],
  ['too long and too narrow', () => png(100, 10), { maxLongSide: 99, minSide: 64 }, 'IMAGE_TOO_LARGE'],
  ['too small', () => png(100, 63), { minSide: 64 }, 'IMAGE_TOO_SMALL'],
  [
    'too large and cut off in its pixels, since the header is read first',
    async () => (await png(100, 80)).subarray(0, 2000),
    { maxLongSide: 99 },
    'IMAGE_TOO_LARGE',
  ],
];
for (const [name, file, limits, code] of ordered) {
  test(`${name} → ${code}`, async (t) => {
    await t.throwsAsync(decode(await file(), { ...anySize, ...limits }), { code });
  });
}

test('a header tells format, bytes and size without decoding', async (t) => {
  const file = (await png(100, 80)).subarray(0, 2000);
  t.like(await readHeader(file), { bytes: 2000, format: 'PNG', width: 100, height: 80 });
});

test('a white 10000×10000 PNG is a bomb by its header', async (t) => {
  const background = { r: 255, g: 255, b: 255 };
  const file = await sharp({
    create: { width: 10_000, height: 10_000, channels: 3, background },
    limitInputPixels: false,
  })
    .png({ compressionLevel: 9, palette: false })
    .toBuffer();
  await t.throwsAsync(decode(file, defaultLimits), { code: 'IMAGE_BOMB' });
});

test('a plain white picture of 4 megapixels is no bomb, however small its file', async (t) => {
  const white = planeOf(500, 400, 3, () => 255);
  const file = await write(white).png({ palette: true, colours: 2 }).toBuffer();
  t.true((500 * 400 * 4) / file.length > 1000);
  await t.notThrowsAsync(decode(file, defaultLimits));
});
