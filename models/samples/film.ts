// Owns: everything between scene light and the encoded file: tone curve, vignette, sensor
// noise, sRGB coding and the JPEG. The curve is Narkowicz's fit of the ACES film response
// (2015): it rolls highlights off softly, which is most of what reads as "a photograph".

import sharp from 'sharp';
import { hash3 } from './noise.ts';

export type Grade = {
  exposure: number;
  vignette: number;
  /** Sensor noise in 8-bit steps at mid grey. */
  noise: number;
  saturation: number;
};

function filmic(x: number): number {
  const y = (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14);
  return Math.max(0, Math.min(1, y));
}

function toSrgb(x: number): number {
  return x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055;
}

/** Develops linear RGB floats into 8-bit sRGB. */
export function develop(light: Float32Array, width: number, height: number, grade: Grade): Buffer {
  const out = Buffer.alloc(width * height * 3);
  const px = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 3;
      const u = x / width - 0.5;
      const v = y / height - 0.5;
      const gain = grade.exposure * (1 - grade.vignette * (u * u + v * v) * 2);
      for (let c = 0; c < 3; c++) px[c] = toSrgb(filmic(light[i + c]! * gain * 0.62));
      const luma = 0.2126 * px[0]! + 0.7152 * px[1]! + 0.0722 * px[2]!;
      // Grain is strongest in the mid tones and mostly brightness, as on a real sensor
      // after the camera's own chroma smoothing.
      const amount = (grade.noise / 255) * (0.45 + 1.6 * luma * (1 - luma));
      const shared = (hash3(x, y, 0, 77) + hash3(x, y, 1, 77) - 1) * 2.4;
      for (let c = 0; c < 3; c++) {
        const own = (hash3(x, y, 2 + c, 77) - 0.5) * 1.2;
        const value = luma + (px[c]! - luma) * grade.saturation + amount * (shared + own);
        out[i + c] = Math.max(0, Math.min(255, Math.round(value * 255)));
      }
    }
  }
  return out;
}

/** Encodes at the best quality that keeps the file under the limit. */
export async function encodeJpeg(
  pixels: Buffer,
  width: number,
  height: number,
  limit: number,
): Promise<Buffer> {
  for (let quality = 88; ; quality -= 2) {
    const file = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .jpeg({ quality, mozjpeg: true })
      .toBuffer();
    if (file.length <= limit || quality <= 60) return file;
  }
}

export async function encodeAlpha(alpha: Float32Array, width: number, height: number): Promise<Buffer> {
  const bytes = Buffer.alloc(width * height);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.max(0, Math.min(255, Math.round(alpha[i]! * 255)));
  return sharp(bytes, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
}
