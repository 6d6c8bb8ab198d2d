import test from 'ava';
import { readPngHeader } from './png-header.ts';
import { sharp } from './vips.ts';

const kinds = [
  ['b-w', 1, 1],
  ['b-w', 2, 2],
  ['srgb', 3, 3],
  ['srgb', 4, 4],
] as const;

for (const [space, channels, said] of kinds) {
  test(`A PNG of ${channels} channels says its size and that`, async (t) => {
    const raw = { width: 7, height: 300, channels };
    const file = await sharp(Buffer.alloc(7 * 300 * channels), { raw })
      .toColourspace(space)
      .png()
      .toBuffer();
    t.deepEqual(readPngHeader(file), { width: 7, height: 300, channels: said });
    // A view into a larger buffer.
    const shifted = Buffer.concat([Buffer.alloc(3), file]).subarray(3);
    t.deepEqual(readPngHeader(shifted), { width: 7, height: 300, channels: said });
  });
}

test('A palette is colour', async (t) => {
  const raw = { width: 8, height: 8, channels: 3 as const };
  const file = await sharp(Buffer.alloc(192, 9), { raw }).png({ palette: true }).toBuffer();
  t.is(readPngHeader(file)?.channels, 3);
});

test('What is cut short or something else is no PNG', async (t) => {
  const raw = { width: 8, height: 8, channels: 3 as const };
  const [png, jpeg] = [sharp(Buffer.alloc(192), { raw }).png(), sharp(Buffer.alloc(192), { raw }).jpeg()];
  const file = await png.toBuffer();
  for (let length = 0; length < 33; length++) t.is(readPngHeader(file.subarray(0, length)), undefined);
  t.is(readPngHeader(await jpeg.toBuffer()), undefined);
  const odd = Buffer.from(file);
  odd[25] = 5;
  t.is(readPngHeader(odd), undefined);
});
