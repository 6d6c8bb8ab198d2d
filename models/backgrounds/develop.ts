// Owns: from linear light to the JPEG file: tone curve, grain against banding, coding. The
// film curve is Narkowicz's fit of the ACES response (2015), as for the sample photos.

import sharp from 'sharp';
import { hash3, valueNoise } from '../samples/noise.ts';
import { toSrgb } from './color.ts';
import type { Picture } from './picture.ts';

const LIMIT = 69_500;

function film(x: number): number {
  const y = x * 0.62;
  return (y * (2.51 * y + 0.03)) / (y * (2.43 * y + 0.59) + 0.14);
}

export function develop(picture: Picture): Buffer {
  const { light, size, grain } = picture;
  const curve = picture.curve === 'film' ? film : (x: number): number => x;
  const out = Buffer.alloc(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = (y * size + x) * 3;
      // Grain of a few pixels survives JPEG where single-pixel dither is thrown away.
      const soft = valueNoise(x * 0.31, y * 0.31, 0, 91) + valueNoise(x * 0.13, y * 0.13, 0, 92) - 1;
      const fine = hash3(x, y, 0, 93) + hash3(x, y, 1, 93) - 1;
      const n = grain * 1.5 * soft + 0.5 * fine;
      for (let c = 0; c < 3; c++) {
        const value = toSrgb(Math.max(0, Math.min(1, curve(Math.max(0, light[i + c]!))))) * 255;
        out[i + c] = Math.max(0, Math.min(255, Math.round(value + n)));
      }
    }
  }
  return out;
}

/** Encodes at the best quality that keeps the file under the limit. */
export async function encode(pixels: Buffer, size: number): Promise<{ file: Buffer; quality: number }> {
  for (let quality = 86; ; quality -= 2) {
    const file = await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
      .jpeg({ quality, mozjpeg: true })
      .toBuffer();
    if (file.length <= LIMIT || quality <= 60) return { file, quality };
  }
}
