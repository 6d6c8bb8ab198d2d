// Small pictures for tests.
import type { Picture, Plane } from '../image/picture.ts';

/** A plane from a function of the place. */
export function planeOf(
  width: number,
  height: number,
  channels: number,
  sample: (x: number, y: number, c: number) => number,
): Plane {
  const data = new Uint8Array(width * height * channels);
  let i = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) data[i++] = sample(x, y, c);
  return { width, height, channels, data };
}

export function pictureOf(
  width: number,
  height: number,
  sample: (x: number, y: number, c: number) => number,
): Picture {
  return { ...planeOf(width, height, 3, sample), channels: 3 };
}

/** Alike in no two places near each other, and the same in every run. */
export const noise = (x: number, y: number, c: number): number =>
  (Math.imul(x * 73 + y * 1031 + c * 7919 + 1, 2654435761) >>> 16) & 0xff;

export const noisy = (width: number, height: number): Picture => pictureOf(width, height, noise);

export const plain = (width: number, height: number, r: number, g: number, b: number): Picture =>
  pictureOf(width, height, (_x, _y, c) => [r, g, b][c]!);

/** A picture with alpha from a function of the place. */
export function withAlphaOf(colour: Picture, sample: (x: number, y: number) => number): Picture {
  return { ...colour, alpha: planeOf(colour.width, colour.height, 1, sample).data };
}

/** The samples of one pixel. */
export function pixel(plane: Plane, x: number, y: number): number[] {
  const at = (y * plane.width + x) * plane.channels;
  return [...plane.data.subarray(at, at + plane.channels)];
}

/** The largest difference of a sample. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Array.from(a).reduce((most, sample, i) => Math.max(most, Math.abs(sample - b[i]!)), 0);
}

/** The mean difference of a sample. */
export function meanDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Array.from(a).reduce((sum, sample, i) => sum + Math.abs(sample - b[i]!), 0) / a.length;
}
