// Odd files of the world, which lie outside the repository: PHOTOS_DIR/edge. Nothing may crash or hang, and
// what each ends in is written down here.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { ErrorCode } from '../error-catalogue.ts';
import { toCutlineError } from '../errors.ts';
import { decode } from './codec.ts';
import { defaultLimits } from './limits.ts';

interface Picture {
  readonly size: `${number}×${number}`;
  readonly alpha?: true;
  readonly grey?: true;
}

const expected: Record<string, Picture | ErrorCode> = {
  '00017_gray.png': { size: '500×351', grey: true },
  '2x2_fdcce6.png': 'IMAGE_TOO_SMALL',
  '65536-uint32-limit.png': 'IMAGE_BOMB',
  'Channel_digital_image_CMYK_color.jpg': { size: '500×333' },
  'Flag_of_the_Netherlands-16bit.png': { size: '900×600' },
  'Landscape_1.jpg': { size: '600×450' },
  'Landscape_3.jpg': { size: '600×450' },
  'Landscape_6.jpg': { size: '600×450' },
  'Landscape_8.jpg': { size: '600×450' },
  'children-alpha.png': { size: '566×350', alpha: true },
  'corrupt-header.jpg': 'IMAGE_CORRUPT',
  'full-transparent.png': { size: '300×300', alpha: true },
  'giant-image.jpg': 'IMAGE_BOMB',
  'image-in-alpha.png': { size: '928×169', alpha: true, grey: true },
  'p3.png': 'IMAGE_TOO_SMALL',
  'png-called.jpg': { size: '987×1481' },
  'rotating-squares.gif': { size: '80×80', alpha: true },
  'rotating-squares.webp': { size: '80×80', alpha: true },
  'swiss.png': { size: '68×68' },
  'tree_alpha_16bit.png': { size: '342×256', alpha: true },
  // Its header promises 2,400 times the 10,000 bytes that are left; that is looked at first.
  'truncated.jpg': 'IMAGE_BOMB',
  'truncated.png': 'IMAGE_CORRUPT',
  'with-alpha.png': { size: '256×192', alpha: true },
  'wolf_gray.jpg': { size: '236×236', grey: true },
};

async function outcome(file: Uint8Array): Promise<Picture | ErrorCode> {
  try {
    const { picture } = await decode(file, defaultLimits);
    const { width, height, alpha, grey } = picture;
    if (picture.data.length !== width * height * 3) throw new Error('Expected three samples a pixel');
    return { size: `${width}×${height}`, ...(alpha && { alpha: true }), ...(grey && { grey: true }) };
  } catch (error) {
    return toCutlineError(error).code;
  }
}

const photos = process.env.PHOTOS_DIR;
if (photos === undefined) {
  test('odd files of the world (skipped: PHOTOS_DIR is not set)', (t) => {
    t.log('PHOTOS_DIR is not set: the files in its folder edge/ were not looked at');
    t.pass();
  });
} else {
  const folder = join(photos, 'edge');
  const names = (await readdir(folder)).sort();

  test('every file in the folder has a row here', (t) => {
    t.deepEqual(
      names.filter((name) => !(name in expected)),
      [],
    );
  });

  for (const name of names) {
    test(`${name} → ${JSON.stringify(expected[name])}`, async (t) => {
      t.deepEqual(await outcome(await readFile(join(folder, name))), expected[name]!);
    });
  }
}
