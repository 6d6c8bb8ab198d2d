import test from 'ava';
import { write } from '../testing/files.ts';
import { pixel, planeOf } from '../testing/pictures.ts';
import { decode, readHeader } from './codec.ts';
import { defaultLimits } from './limits.ts';

const anySize = { ...defaultLimits, minSide: 1 };

/** As stored: 1 2 3 above 4 5 6. As seen, for each EXIF orientation: */
const upright: [number, number[][]][] = [
  [
    1,
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ],
  [
    2,
    [
      [3, 2, 1],
      [6, 5, 4],
    ],
  ],
  [
    3,
    [
      [6, 5, 4],
      [3, 2, 1],
    ],
  ],
  [
    4,
    [
      [4, 5, 6],
      [1, 2, 3],
    ],
  ],
  [
    5,
    [
      [1, 4],
      [2, 5],
      [3, 6],
    ],
  ],
  [
    6,
    [
      [4, 1],
      [5, 2],
      [6, 3],
    ],
  ],
  [
    7,
    [
      [6, 3],
      [5, 2],
      [4, 1],
    ],
  ],
  [
    8,
    [
      [3, 6],
      [2, 5],
      [1, 4],
    ],
  ],
];

/** Each number as a square of `side` pixels, red 40 × the number. */
const stored = (side: number) =>
  planeOf(3 * side, 2 * side, 3, (x, y, c) =>
    c === 0 ? 40 * (1 + Math.floor(x / side) + 3 * Math.floor(y / side)) : 20,
  );

const SIDE = 16;
const formats = ['png', 'jpeg', 'webp', 'avif'] as const;

for (const [orientation, rows] of upright) {
  for (const format of formats) {
    test(`a ${format} with EXIF orientation ${orientation} is seen upright`, async (t) => {
      const file = await write(stored(SIDE))
        .withMetadata({ orientation })
        .toFormat(format, { quality: 95 })
        .toBuffer();
      const size = { width: rows[0]!.length * SIDE, height: rows.length * SIDE };
      const header = await readHeader(file);
      t.deepEqual([header.width, header.height], [size.width, size.height]);
      const { picture } = await decode(file, anySize);
      t.deepEqual([picture.width, picture.height], [size.width, size.height]);
      const middle = (i: number): number => i * SIDE + SIDE / 2;
      const seen = rows.map((row, y) =>
        row.map((_, x) => Math.round(pixel(picture, middle(x), middle(y))[0]! / 40)),
      );
      t.deepEqual(seen, rows);
    });
  }
}

test('alpha is turned with the colour', async (t) => {
  const rgba = planeOf(3, 2, 4, (x, y, c) => [9, 9, 9, 10 * (1 + x + 3 * y)][c]!);
  const file = await write(rgba).withMetadata({ orientation: 6 }).png().toBuffer();
  const { picture } = await decode(file, anySize);
  t.deepEqual([...picture.alpha!], [40, 10, 50, 20, 60, 30]);
});

test('the limits see the size after turning', async (t) => {
  const wide = { ...anySize, maxLongSide: 48, maxShortSide: 32 };
  const file = await write(stored(SIDE)).withMetadata({ orientation: 6 }).png().toBuffer();
  await t.notThrowsAsync(decode(file, wide));
  const error = await t.throwsAsync(decode(file, { ...anySize, maxLongSide: 47 }), {
    code: 'IMAGE_TOO_LARGE',
  });
  t.like(error, { fields: { width: 32, height: 48 } });
});
