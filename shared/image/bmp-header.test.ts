import test from 'ava';
import { makeBmp } from '../testing/bmp.ts';
import { bmpSize } from './bmp-header.ts';

const black = (count: number): number[][] => Array.from({ length: count }, () => [0, 0, 0, 255]);
const usual = (): Uint8Array => makeBmp({ width: 3, height: 2, bits: 24, pixels: black(6) });

/** The usual file with some of its fields overwritten. */
function changed(fields: Readonly<Record<number, number>>): Uint8Array {
  const file = usual();
  const view = new DataView(file.buffer);
  for (const [at, value] of Object.entries(fields)) view.setInt32(Number(at), value, true);
  return file;
}

/** A BITMAPCOREHEADER (OS/2): 16-bit sides. */
function core(width: number, height: number): Uint8Array {
  const file = new Uint8Array(26 + Math.ceil((width * 24) / 32) * 4 * height);
  const view = new DataView(file.buffer);
  view.setUint32(10, 26, true);
  view.setUint32(14, 12, true);
  view.setUint16(18, width, true);
  view.setUint16(20, height, true);
  view.setUint16(24, 24, true);
  return file;
}

const WIDTH_AT = 18;
const HEIGHT_AT = 22;
const COMPRESSION_AT = 30;

const good: [string, Uint8Array, { width: number; height: number }][] = [
  ['rows from bottom to top', usual(), { width: 3, height: 2 }],
  ['rows from top to bottom', changed({ [HEIGHT_AT]: -2 }), { width: 3, height: 2 }],
  [
    'a version-4 header',
    makeBmp({ width: 1, height: 1, bits: 32, alpha: true, pixels: black(1) }),
    { width: 1, height: 1 },
  ],
  ['a core header', core(5, 7), { width: 5, height: 7 }],
  [
    'run lengths, whose length nobody knows beforehand',
    changed({ [WIDTH_AT]: 900, [COMPRESSION_AT]: 1 }),
    { width: 900, height: 2 },
  ],
  ['bytes after the end', Buffer.concat([usual(), Buffer.alloc(9)]), { width: 3, height: 2 }],
];
for (const [name, file, size] of good) {
  test(`the size of a BMP with ${name}`, (t) => t.deepEqual(bmpSize(file), size));
}

test('the header is found in a file that lies inside a larger buffer', (t) => {
  const outer = Buffer.concat([Buffer.alloc(5), usual()]);
  t.deepEqual(bmpSize(outer.subarray(5)), { width: 3, height: 2 });
});

const bad: [string, Uint8Array, RegExp][] = [
  ['nothing', new Uint8Array(0), /26 bytes/],
  ['half a header', usual().subarray(0, 30), /complete BMP header/],
  ['no width', changed({ [WIDTH_AT]: 0 }), /sides above 0 but received 0×2/],
  ['a negative width', changed({ [WIDTH_AT]: -3 }), /received -3×2/],
  ['no height', changed({ [HEIGHT_AT]: 0 }), /received 3×0/],
  ['more rows than it holds', changed({ [HEIGHT_AT]: 3 }), /Expected 90 bytes but received 78/],
  ['one byte missing', usual().subarray(0, 77), /Expected 78 bytes but received 77/],
  ['the longest width there is', changed({ [WIDTH_AT]: 2 ** 31 - 1 }), /Expected \d+ bytes/],
];
for (const [name, file, message] of bad) {
  test(`a BMP with ${name} is refused`, (t) => t.throws(() => bmpSize(file), { message }));
}
