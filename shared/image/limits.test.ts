import test from 'ava';
import type { ErrorCode } from '../error-catalogue.ts';
import type { ErrorFields } from '../error-entry.ts';
import type { CutlineError } from '../errors.ts';
import { checkBytes, checkFormat, checkOutput, checkSize, defaultLimits } from './limits.ts';
import { supportedFormats } from './sniff.ts';

const MEBI = 1024 * 1024;

/** What a check throws, or undefined. */
function caught(check: () => void): CutlineError | undefined {
  try {
    check();
  } catch (error) {
    return error as CutlineError;
  }
  return undefined;
}

const bytes: [string, number, ErrorCode | undefined][] = [
  ['one byte below the limit', 10 * MEBI - 1, undefined],
  ['at the limit', 10 * MEBI, undefined],
  ['one byte above the limit', 10 * MEBI + 1, 'FILE_TOO_LARGE'],
];
for (const [name, size, code] of bytes) {
  test(`a file ${name} → ${code ?? 'passes'}`, (t) =>
    t.is(caught(() => checkBytes(size, defaultLimits))?.code, code));
}

test('a file that is too large is told its size and the limit', (t) => {
  const error = caught(() => checkBytes(11.5 * MEBI, defaultLimits))!;
  t.deepEqual(error.fields, { file_size_mb: 11.5, max_size_mb: 10 });
  t.is(error.detail, 'File size exceeds 10MB limit');
});

test('a format of ours is handed on', (t) => t.is(checkFormat('GIF', 'GIF'), 'GIF'));

test('an unknown format is refused, naming what was received and what is supported', (t) => {
  const error = caught(() => checkFormat(undefined, 'PDF'))!;
  t.is(error.code, 'INVALID_FORMAT');
  t.deepEqual(error.fields, { supported_formats: supportedFormats, received_format: 'PDF' });
});

/** Bytes enough that no ratio is suspicious. */
const PLENTY = 100 * MEBI;
const sizes: [string, { width: number; height: number; bytes?: number }, ErrorCode | undefined][] = [
  ['a side of 63', { width: 63, height: 1000 }, 'IMAGE_TOO_SMALL'],
  ['a height of 63', { width: 1000, height: 63 }, 'IMAGE_TOO_SMALL'],
  ['sides of 64', { width: 64, height: 64 }, undefined],
  ['8K', { width: 7680, height: 4320 }, undefined],
  ['8K upright', { width: 4320, height: 7680 }, undefined],
  ['a long side of one more', { width: 7681, height: 64 }, 'IMAGE_TOO_LARGE'],
  ['a long side of one more, upright', { width: 64, height: 7681 }, 'IMAGE_TOO_LARGE'],
  ['a short side of one more', { width: 4321, height: 4321 }, 'IMAGE_TOO_LARGE'],
  ['4 megapixels at any ratio', { width: 2000, height: 2000, bytes: 1 }, undefined],
  ['a ratio of exactly 1000', { width: 4000, height: 1250, bytes: 20_000 }, undefined],
  ['a ratio just above 1000', { width: 4000, height: 1250, bytes: 19_999 }, 'IMAGE_BOMB'],
  ['more than 4 megapixels in one byte', { width: 2001, height: 2000, bytes: 1 }, 'IMAGE_BOMB'],
  ['a bomb that is too large as well', { width: 60_000, height: 60_000, bytes: 1000 }, 'IMAGE_BOMB'],
  ['a bomb that is too small as well', { width: 1_000_000, height: 10, bytes: 1000 }, 'IMAGE_BOMB'],
  ['too long and too narrow', { width: 8000, height: 1 }, 'IMAGE_TOO_LARGE'],
];
for (const [name, { width, height, bytes = PLENTY }, code] of sizes) {
  test(`${name} (${width}×${height}) → ${code ?? 'passes'}`, (t) =>
    t.is(caught(() => checkSize({ bytes, width, height }, defaultLimits))?.code, code));
}

test('the limit on pixels holds by itself', (t) => {
  const limits = { ...defaultLimits, maxLongSide: 100_000, maxShortSide: 100_000 };
  const check = (width: number, height: number) =>
    caught(() => checkSize({ bytes: PLENTY, width, height }, limits))?.code;
  t.is(check(10_000, 5_000), undefined);
  t.is(check(10_000, 5_001), 'IMAGE_TOO_LARGE');
});

const told: [ErrorCode, { bytes: number; width: number; height: number }, ErrorFields][] = [
  [
    'IMAGE_BOMB',
    { bytes: 8000, width: 3000, height: 3000 },
    { file_size_bytes: 8000, decompressed_size_bytes: 36_000_000, ratio: 4500, max_ratio: 1000 },
  ],
  [
    'IMAGE_TOO_LARGE',
    { bytes: PLENTY, width: 9000, height: 100 },
    { width: 9000, height: 100, max_long_side: 7680, max_short_side: 4320, max_megapixels: 50 },
  ],
  ['IMAGE_TOO_SMALL', { bytes: 100, width: 10, height: 70 }, { width: 10, height: 70, min_side: 64 }],
];
for (const [code, header, fields] of told) {
  test(`${code} tells the numbers that decided`, (t) => {
    const error = caught(() => checkSize(header, defaultLimits))!;
    t.is(error.code, code);
    t.deepEqual(error.fields, fields);
  });
}

const outputs: [string, number, number, number, number | null | undefined][] = [
  ['twice what phones take', 4032, 3024, 2, undefined],
  ['one row more', 4032, 3025, 2, 1],
  ['four times what fits twice', 3000, 2000, 4, 2],
  ['four times what fits', 2016, 1512, 4, undefined],
  ['a photo too large even as it is', 9000, 9000, 2, null],
];
for (const [name, width, height, scale, fitting] of outputs) {
  test(`a result of ${name} → ${fitting === undefined ? 'passes' : `fits at scale ${fitting}`}`, (t) => {
    const error = caught(() => checkOutput({ width, height }, scale, [1, 2, 4], defaultLimits));
    t.is(error?.code, fitting === undefined ? undefined : 'OUTPUT_TOO_LARGE');
    t.is(error?.fields.fitting_scale, fitting);
    t.is(error?.fields.width, fitting === undefined ? undefined : width * scale);
  });
}
