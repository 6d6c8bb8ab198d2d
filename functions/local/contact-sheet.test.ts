import test from 'ava';
import type { Picture, Plane } from '../../shared/image/picture.ts';
import { createContactSheet } from './contact-sheet.ts';

const MOST_PIXELS = 24_000_000;
const columns = new Map([
  ['photo', 'photo'],
  ['cutout', 'cut-out'],
  ['color', 'color'],
]);

function coloured(width: number, height: number, colour: readonly [number, number, number]): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = colour[i % 3]!;
  return { width, height, channels: 3, data };
}

/** Where pixels of a pure colour begin and end. */
function extent(plane: Plane, colour: readonly [number, number, number]) {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  for (let y = 0; y < plane.height; y++) {
    for (let x = 0; x < plane.width; x++) {
      const at = (y * plane.width + x) * 3;
      if (colour.some((sample, channel) => Math.abs(plane.data[at + channel]! - sample) > 2)) continue;
      [left, top, right, bottom] = [
        Math.min(left, x),
        Math.min(top, y),
        Math.max(right, x),
        Math.max(bottom, y),
      ];
    }
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

const red = [255, 0, 0] as const;
const green = [0, 255, 0] as const;
const blue = [0, 0, 255] as const;

test('Columns stand beside and photos below each other, each picture fitted into its cell', async (t) => {
  const sheet = createContactSheet(2, columns);
  await sheet.show(0, 'photo', coloured(400, 200, red));
  await sheet.show(0, 'cutout', coloured(200, 400, green));
  await sheet.show(1, 'photo', coloured(40, 40, blue));
  const photo = extent(sheet.plane, red);
  const cutout = extent(sheet.plane, green);
  const second = extent(sheet.plane, blue);
  t.deepEqual([photo.width, photo.height], [360, 180]);
  t.deepEqual([cutout.width, cutout.height], [180, 360]);
  t.deepEqual([second.width, second.height], [360, 360]);
  t.true(cutout.left > photo.left + photo.width);
  t.is(second.left, photo.left);
  t.true(second.top > cutout.top + cutout.height);
});

test('A picture without a column, and one beyond the last row, change nothing', async (t) => {
  const sheet = createContactSheet(1, columns);
  const before = sheet.plane.data.slice();
  await sheet.show(0, 'upscaled', coloured(4, 4, red));
  await sheet.show(1, 'photo', coloured(4, 4, red));
  t.deepEqual(sheet.plane.data, before);
});

test('A cut-out lies on a checkerboard of two greys', async (t) => {
  const sheet = createContactSheet(1, columns);
  await sheet.show(0, 'cutout', { ...coloured(64, 64, red), alpha: new Uint8Array(64 * 64) });
  const seen = new Set(sheet.plane.data);
  t.true(seen.has(0xff) && seen.has(0xd9));
  t.is(extent(sheet.plane, red).width, -Infinity);
});

const sizes: readonly { photos: number; columns: number }[] = [
  { photos: 1, columns: 3 },
  { photos: 12, columns: 4 },
  { photos: 100, columns: 12 },
  { photos: 1_000, columns: 2 },
  { photos: 1_000, columns: 4 },
  { photos: 1_000, columns: 12 },
  { photos: 50_000, columns: 4 },
];

for (const { photos, columns } of sizes) {
  test(`With ${photos} photos in ${columns} columns the sheet stays below ${MOST_PIXELS} pixels`, async (t) => {
    const names = Array.from({ length: columns }, (_, i): [string, string] => [`look-${i}`, `look ${i}`]);
    const sheet = createContactSheet(photos, new Map(names));
    const { width, height, data } = sheet.plane;
    t.true(width * height <= MOST_PIXELS, `${width}×${height}`);
    t.is(data.length, width * height * 3);
    await sheet.show(photos - 1, 'look-0', coloured(100, 50, red));
    await sheet.caption(photos - 1, 'the last photo');
  });
}

test('With 1,000 photos even the last one is shown', async (t) => {
  const sheet = createContactSheet(1_000, columns);
  await sheet.show(999, 'photo', coloured(100, 50, red));
  t.true(extent(sheet.plane, red).width >= 48);
});
