import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import type { BmpOptions } from '../testing/bmp.ts';
import { makeBmp } from '../testing/bmp.ts';
import { commandLimit } from '../testing/until.ts';
import { decodeForeign } from './foreign-decoder.ts';

const run = promisify(execFile);

/** An error that crossed threads is none of ava's own kind, hence `any`. */
const thrown = (message: RegExp) => ({ any: true, message }) as const;

const colours: [number, number, number, number][] = [
  [255, 0, 0, 255],
  [0, 255, 0, 128],
  [0, 0, 255, 0],
  [10, 20, 30, 255],
  [40, 50, 60, 7],
  [70, 80, 90, 255],
];
const opaque = colours.map(([r, g, b]) => [r, g, b, 255]);
const palette = [
  [3, 2, 1],
  [30, 20, 10],
] as const;
const picked = [0, 1, 1, 1, 0, 1].map((i) => [...[...palette[i]!].reverse(), 255]);

const bmps: [string, Omit<BmpOptions, 'width' | 'height'>, number[][]][] = [
  ['24 bits', { bits: 24, pixels: colours }, opaque],
  ['24 bits, top-down', { bits: 24, topDown: true, pixels: colours }, opaque],
  ['32 bits, whose fourth byte means nothing', { bits: 32, pixels: colours }, opaque],
  ['32 bits, top-down', { bits: 32, topDown: true, pixels: colours }, opaque],
  ['32 bits with alpha', { bits: 32, alpha: true, pixels: colours }, colours],
  [
    '32 bits with alpha that is 0 everywhere, as careless programs write it',
    { bits: 32, alpha: true, pixels: colours.map(([r, g, b]) => [r, g, b, 0]) },
    opaque,
  ],
  ['a palette of 8 bits', { bits: 8, palette, pixels: [0, 1, 1, 1, 0, 1] }, picked],
  ['a palette of 8 bits, top-down', { bits: 8, topDown: true, palette, pixels: [0, 1, 1, 1, 0, 1] }, picked],
  ['a palette of 1 bit', { bits: 1, palette, pixels: [0, 1, 1, 1, 0, 1] }, picked],
];
for (const [name, options, expected] of bmps) {
  test(`a BMP of ${name} is read exactly`, async (t) => {
    const plane = await decodeForeign(makeBmp({ width: 3, height: 2, ...options }), 'BMP');
    t.deepEqual([plane.width, plane.height, plane.channels], [3, 2, 4]);
    t.deepEqual([...plane.data], expected.flat());
  });
}

test('a BMP of 4 bits with an even width is read exactly', async (t) => {
  const pixels = [0, 1, 1, 0];
  const plane = await decodeForeign(makeBmp({ width: 2, height: 2, bits: 4, palette, pixels }), 'BMP');
  t.deepEqual(
    [...plane.data],
    pixels.flatMap((i) => [...[...palette[i]!].reverse(), 255]),
  );
});

// Where the library would give a wrong picture there is an error instead.
const refused: [string, BmpOptions][] = [
  ['4 bits and an odd width', { width: 3, height: 1, bits: 4, palette, pixels: [0, 1, 0] }],
  ['run lengths', { width: 4, height: 1, bits: 8, compression: 1, palette, pixels: [1, 0, 0, 1] }],
];
for (const [name, options] of refused) {
  test(`a BMP of ${name} is refused instead of garbled`, (t) =>
    t.throwsAsync(decodeForeign(makeBmp(options), 'BMP'), thrown(/without run lengths or odd rows/)));
}

const heic = async (name: string): Promise<Buffer> =>
  await readFile(new URL(`./testdata/${name}.heic`, import.meta.url));

test('a HEIC is decoded upright to RGBA', async (t) => {
  const plane = await decodeForeign(await heic('rotated'), 'HEIC');
  t.deepEqual([plane.width, plane.height, plane.channels], [64, 96, 4]);
  t.is(plane.data.length, 64 * 96 * 4);
});

const damaged: [string, 'HEIC' | 'BMP', () => Promise<Uint8Array>, RegExp][] = [
  ['a HEIC cut in half', 'HEIC', async () => (await heic('gradient')).subarray(0, 600), /processing error/],
  [
    'a HEIC that is only its header',
    'HEIC',
    async () => (await heic('gradient')).subarray(0, 40),
    /not found/,
  ],
  ['an empty HEIC', 'HEIC', async () => new Uint8Array(0), /not a HEIC/],
  ['an empty BMP', 'BMP', async () => new Uint8Array(0), /bounds/],
  [
    'a BMP cut in its header',
    'BMP',
    async () => makeBmp({ width: 1, height: 1, bits: 24, pixels: [[1, 2, 3]] }).subarray(0, 30),
    /out of range/,
  ],
];
for (const [name, format, file, message] of damaged) {
  test(`${name} ends in an error, and the thread with it`, async (t) => {
    await t.throwsAsync(decodeForeign(await file(), format), thrown(message));
  });
}

test('nothing that a decoder prints reaches the terminal', async (t) => {
  const script = new URL('./testdata/decode-damaged.ts', import.meta.url);
  const { stdout, stderr } = await run(process.execPath, [fileURLToPath(script)], commandLimit);
  t.is(stdout, 'HEIF processing error\n');
  t.is(stderr, '');
});

test('several pictures can be decoded at once', async (t) => {
  const file = await heic('gradient');
  const planes = await Promise.all([1, 2, 3].map(() => decodeForeign(file, 'HEIC')));
  for (const plane of planes) t.deepEqual(plane.data, planes[0]!.data);
  t.true(file.length > 0);
});
