// Owns: what a template's painter hands over: linear light at full size, and how it is to
// be developed.

import { Backdrop } from '../samples/backdrop.ts';

export type Picture = {
  light: Float32Array;
  size: number;
  /** 'print' keeps painted colours as they are; 'film' rolls bright light off. */
  curve: 'print' | 'film';
  /** Grain in 8-bit steps: enough to hide banding, little enough to stay unseen. */
  grain: number;
};

export type Painter = (size: number, say: (text: string) => void) => Picture;

/** Enlarges a small smooth picture to the template's size. */
export function grow(small: Backdrop, size: number): Float32Array {
  const light = new Float32Array(size * size * 3);
  small.enlarge(size, size, light);
  return light;
}

/** Paints small, then enlarges: for pictures without detail. */
export function paintSmooth(
  size: number,
  divide: number,
  color: (u: number, v: number, out: Float64Array) => void,
): Float32Array {
  const side = Math.max(8, Math.round(size / divide));
  const b = new Backdrop(side, side);
  b.fill(color);
  return grow(b, size);
}
