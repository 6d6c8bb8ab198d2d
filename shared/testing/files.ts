// Picture files of a few pixels, made by sharp, for tests of decoding.
import { fileURLToPath } from 'node:url';
import type { Plane } from '../image/picture.ts';
import { sharp } from '../image/vips.ts';
import { planeOf } from './pictures.ts';

/** Four flat colours, 16 pixels each: wide enough that a JPEG's blocks do not mix them. */
export const stripes: readonly (readonly [number, number, number])[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [200, 100, 50],
];
export const STRIPE = 16;

export const striped = (): Plane => planeOf(64, 16, 3, (x, _y, c) => stripes[Math.floor(x / STRIPE)]![c]!);

/** A plane handed to sharp, ready to be written. */
export function write({ width, height, channels, data }: Plane) {
  return sharp(data, { raw: { width, height, channels: channels as 1 | 2 | 3 | 4 } });
}

/** Samples of 16 bits each, as a PNG. */
export async function png16(
  width: number,
  height: number,
  channels: 1 | 3 | 4,
  samples: readonly number[],
): Promise<Uint8Array> {
  const space = channels === 1 ? 'grey16' : 'rgb16';
  const raw = { width, height, channels };
  return await sharp(Uint16Array.from(samples), { raw }).toColourspace(space).png().toBuffer();
}

export const testdata = (name: string): string =>
  fileURLToPath(new URL(`../image/testdata/${name}`, import.meta.url));
