// Owns: the lens put on after tracing: every pixel becomes the mean of a disc as wide as its
// distance from the plane in focus makes it, and the floor's fine grain is laid over.

import { Backdrop } from '../samples/backdrop.ts';
import { grow } from './picture.ts';
import type { Traced, View } from './trace.ts';

export type Lens = {
  /** Disc radius as a share of the height per unit of |1/distance − 1/focus|. */
  open: number;
  focus: number;
  /** Depth of field for the floor's grain: |1/distance − 1/focus| within which it stays sharp. */
  slack: number;
  /** The least radius, elsewhere and on the floor: it also smooths the tracing's noise away. */
  least: number;
  leastFloor: number;
};

/** Relief of the floor as a factor about 1; blur is the disc's radius in metres, x and z. */
export type Grain = (x: number, z: number, blurX: number, blurZ: number) => readonly [number, number, number];

function discMean(source: Float32Array, channels: number, side: number, radius: Float32Array): Float32Array {
  const out = new Float32Array(source.length);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const r = radius[y * side + x]!;
      const reach = Math.ceil(r);
      let total = 0;
      for (let j = -reach; j <= reach; j++) {
        const yy = Math.max(0, Math.min(side - 1, y + j));
        for (let i = -reach; i <= reach; i++) {
          const w = Math.max(0, Math.min(1, r + 0.5 - Math.sqrt(i * i + j * j)));
          if (w === 0) continue;
          const xx = Math.max(0, Math.min(side - 1, x + i));
          total += w;
          for (let c = 0; c < channels; c++)
            out[(y * side + x) * channels + c]! += w * source[(yy * side + xx) * channels + c]!;
        }
      }
      for (let c = 0; c < channels; c++) out[(y * side + x) * channels + c]! /= total;
    }
  }
  return out;
}

function toBackdrop(data: Float32Array, side: number, channels: number): Backdrop {
  const b = new Backdrop(side, side);
  for (let i = 0; i < side * side; i++) {
    for (let c = 0; c < 3; c++) b.data[i * 3 + c] = data[i * channels + (channels === 3 ? c : 0)]!;
  }
  return b;
}

export function photograph(traced: Traced, view: View, lens: Lens, grain: Grain, size: number): Float32Array {
  const { side } = traced;
  const raw = traced.near.map((near, i) => {
    const least = lens.least + (lens.leastFloor - lens.least) * traced.floor[i]!;
    return Math.hypot(least, lens.open * Math.abs(near - 1 / lens.focus)) * side;
  });
  // The disc's size itself must not jump at an outline, or the outline stays sharp.
  const radius = discMean(
    raw,
    1,
    side,
    raw.map((r) => r * 0.8),
  );
  let light = discMean(traced.light, 3, side, radius);
  light = discMean(
    light,
    3,
    side,
    radius.map((r) => r * 0.45),
  );
  const picture = grow(toBackdrop(light, side, 3), size);
  const cover = grow(toBackdrop(discMean(traced.floor, 1, side, radius), side, 1), size);
  for (let y = 0; y < size; y++) {
    const v = (y + 0.5) / size;
    if (v <= view.eyeLine + 0.02) continue;
    const depth = (view.eye[1] * view.focal) / (v - view.eyeLine);
    const off = Math.max(0, Math.abs(1 / depth - 1 / lens.focus) - lens.slack);
    const blur = Math.hypot(0.9 / size, lens.open * off);
    const blurX = (blur * depth) / view.focal;
    const blurZ = (blur * depth * depth) / (view.eye[1] * view.focal);
    for (let x = 0; x < size; x++) {
      const i = (y * size + x) * 3;
      const share = cover[i]!;
      if (share < 0.004) continue;
      const wx = (((x + 0.5) / size - 0.5) * depth) / view.focal + view.eye[0];
      const k = grain(wx, view.eye[2] - depth, blurX, blurZ);
      for (let c = 0; c < 3; c++) picture[i + c]! *= 1 + (k[c]! - 1) * share;
    }
  }
  return picture;
}
