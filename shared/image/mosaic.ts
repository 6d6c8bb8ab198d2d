// Puts tiles together into one plane: by plain row copies where the overlap covers the net's field, by a linear
// ramp across the seam where it cannot. The ramp is the one place where TypeScript mixes samples: a few per
// cent of them, and no graph sees two tiles at once.
import type { Plane } from './picture.ts';
import { emptyPlane, paste } from './picture.ts';
import type { Tile, TilePlan } from './tiles.ts';

export interface Mosaic {
  /** Tiles come row by row, in the plan's order. */
  add(tile: Tile, output: Plane): void;
  readonly plane: Plane;
}

/** @param scale output pixels per input pixel of the plan */
export function createMosaic(
  width: number,
  height: number,
  channels: number,
  scale: number,
  plan: TilePlan,
): Mosaic {
  const plane = emptyPlane(width * scale, height * scale, channels);
  if (plan.ramp === 0) return { plane, add: (tile, output) => place(tile, output, plane, scale) };
  return blendedMosaic(plane, scale, plan);
}

function place(tile: Tile, output: Plane, plane: Plane, scale: number): void {
  const { box, keep } = tile;
  const source = {
    left: (keep.left - box.left) * scale,
    top: (keep.top - box.top) * scale,
    width: keep.width * scale,
    height: keep.height * scale,
  };
  paste(output, source, plane, keep.left * scale, keep.top * scale);
}

// A row of tiles is mixed from left to right into a strip, then the strips from top to bottom: with both
// ramps linear, four tiles meet bilinearly.
function blendedMosaic(plane: Plane, scale: number, plan: TilePlan): Mosaic {
  const ramp = plan.ramp * scale;
  const strip = emptyPlane(plane.width, plan.tileHeight * scale, plane.channels);
  let column = 0;
  return {
    plane,
    add(tile, output) {
      const left = tile.box.left * scale;
      const width = Math.min(output.width, plane.width - left);
      const seam = column === 0 ? 0 : tile.keep.left * scale;
      const fade = column === 0 ? 0 : ramp;
      const bytes = plane.channels;
      for (let y = 0; y < strip.height; y++) {
        const from = y * output.width * bytes;
        const to = (y * strip.width + left) * bytes;
        mixRow(output.data, from, strip.data, to, width, bytes, seam - left, fade);
      }
      if (++column < plan.columns) return;
      column = 0;
      addStrip(tile);
    },
  };

  function addStrip(tile: Tile): void {
    const top = tile.box.top * scale;
    const first = tile.keep.top === 0;
    const seam = tile.keep.top * scale;
    const bytes = plane.width * plane.channels;
    const begin = first ? 0 : Math.max(top, seam - (ramp >> 1));
    const end = Math.min(top + strip.height, plane.height);
    for (let y = begin; y < end; y++) {
      const weight = first ? ramp + 1 : y - begin + 1;
      const from = (y - top) * bytes;
      if (weight > ramp) plane.data.set(strip.data.subarray(from, from + bytes), y * bytes);
      else mix(strip.data, from, plane.data, y * bytes, bytes, weight, ramp + 1);
    }
  }
}

/** Copies a row, from `seam − fade/2` on, fading in over `fade` pixels. */
function mixRow(
  source: Uint8Array,
  from: number,
  target: Uint8Array,
  to: number,
  width: number,
  channels: number,
  seam: number,
  fade: number,
): void {
  const begin = Math.max(0, seam - (fade >> 1));
  for (let x = begin; x < begin + fade && x < width; x++) {
    mix(source, from + x * channels, target, to + x * channels, channels, x - begin + 1, fade + 1);
  }
  const rest = Math.min(begin + fade, width) * channels;
  target.set(source.subarray(from + rest, from + width * channels), to + rest);
}

function mix(
  source: Uint8Array,
  from: number,
  target: Uint8Array,
  to: number,
  count: number,
  weight: number,
  whole: number,
): void {
  const half = whole >> 1;
  for (let i = 0; i < count; i++) {
    const old = target[to + i]!;
    target[to + i] =
      old +
      Math.trunc(((source[from + i]! - old) * weight + Math.sign(source[from + i]! - old) * half) / whole);
  }
}
