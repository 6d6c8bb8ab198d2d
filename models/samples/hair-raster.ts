// Owns: drawing hair. Every piece of every hair is painted far to near over the skin, each
// with the exact share of the pixel it covers, so that a single hair against the background
// leaves the soft, thin edge it has in a photograph.

import { DRAWN_FLOATS } from './hair-shading.ts';
import { KNOTS } from './strands.ts';

/** The picture is drawn this many times finer each way, then averaged. */
export const FINE = 2;
export const BAND = 64;

const PIECES = KNOTS - 1;

/** Piece numbers from far to near: one stable counting sort on depth. */
export function sortPieces(drawn: Float32Array, hairs: number, order: Uint32Array): void {
  const n = hairs * PIECES;
  let near = 1e9;
  let far = 0;
  for (let h = 0; h < hairs; h++) {
    const d = drawn[h * KNOTS * DRAWN_FLOATS + 2]!;
    near = Math.min(near, d);
    far = Math.max(far, d);
  }
  near -= 0.4;
  far += 0.4;
  const bins = 65536;
  const starts = new Uint32Array(bins + 1);
  const binOf = (p: number): number => {
    const h = Math.floor(p / PIECES);
    const d = drawn[(h * KNOTS + (p - h * PIECES)) * DRAWN_FLOATS + 2]!;
    return Math.max(0, Math.min(bins - 1, Math.floor(((far - d) / (far - near)) * bins)));
  };
  for (let p = 0; p < n; p++) starts[binOf(p) + 1]!++;
  for (let b = 0; b < bins; b++) starts[b + 1]! += starts[b]!;
  for (let p = 0; p < n; p++) order[starts[binOf(p)]!++] = p;
}

/**
 * Paints one band of rows and averages it down into the layer (premultiplied RGBA). The
 * skin arrives at the fine scale as rgb and depth, depth 0 where there is none.
 */
export function rasterBand(
  band: number,
  width: number,
  height: number,
  pieces: number,
  drawn: Float32Array,
  order: Uint32Array,
  skin: Float32Array,
  layer: Float32Array,
): void {
  const w = width * FINE;
  const top = band * BAND;
  const rows = Math.min(BAND, height - top) * FINE;
  const y0 = top * FINE;
  const canvas = new Float32Array(w * rows * 4);
  const depth = new Float32Array(w * rows);
  for (let i = 0; i < w * rows; i++) {
    const at = (y0 * w + i) * 4;
    const z = skin[at + 3]!;
    depth[i] = z > 0 ? z : 1e9;
    if (z > 0) {
      canvas[i * 4] = skin[at]!;
      canvas[i * 4 + 1] = skin[at + 1]!;
      canvas[i * 4 + 2] = skin[at + 2]!;
      canvas[i * 4 + 3] = 1;
    }
  }
  for (let s = 0; s < pieces; s++) {
    const p = order[s]!;
    const h = Math.floor(p / PIECES);
    const a = (h * KNOTS + (p - h * PIECES)) * DRAWN_FLOATS;
    const b = a + DRAWN_FLOATS;
    const ay = drawn[a + 1]! * FINE - y0;
    const by = drawn[b + 1]! * FINE - y0;
    if ((ay < -4 && by < -4) || (ay > rows + 4 && by > rows + 4)) continue;
    const ax = drawn[a]! * FINE;
    const bx = drawn[b]! * FINE;
    const wa = drawn[a + 3]! * FINE;
    const wb = drawn[b + 3]! * FINE;
    const ex = bx - ax;
    const ey = by - ay;
    const len2 = ex * ex + ey * ey;
    if (len2 < 1e-6) continue;
    const inv = 1 / len2;
    const invLen = Math.sqrt(inv);
    const pad = Math.max(wa, wb) * 0.5 + 0.6;
    const minX = Math.max(0, Math.floor(Math.min(ax, bx) - pad));
    const maxX = Math.min(w - 1, Math.floor(Math.max(ax, bx) + pad));
    const minY = Math.max(0, Math.floor(Math.min(ay, by) - pad));
    const maxY = Math.min(rows - 1, Math.floor(Math.max(ay, by) + pad));
    for (let y = minY; y <= maxY; y++) {
      const qy = y + 0.5 - ay;
      for (let x = minX; x <= maxX; x++) {
        const qx = x + 0.5 - ax;
        const t = (qx * ex + qy * ey) * inv;
        if (t < 0 || t >= 1) continue;
        const off = Math.abs(qx * ey - qy * ex) * invLen;
        const half = (wa + (wb - wa) * t) * 0.5;
        // Coverage of a unit-wide pixel by a line of this half width.
        const cover = Math.min(off + 0.5, half) - Math.max(off - 0.5, -half);
        if (cover <= 0) continue;
        const i = y * w + x;
        if (drawn[a + 2]! > depth[i]! + 0.004) continue;
        const alpha = cover * 0.96;
        const keep = 1 - alpha;
        const o = i * 4;
        canvas[o] = canvas[o]! * keep + alpha * (drawn[a + 4]! + (drawn[b + 4]! - drawn[a + 4]!) * t);
        canvas[o + 1] = canvas[o + 1]! * keep + alpha * (drawn[a + 5]! + (drawn[b + 5]! - drawn[a + 5]!) * t);
        canvas[o + 2] = canvas[o + 2]! * keep + alpha * (drawn[a + 6]! + (drawn[b + 6]! - drawn[a + 6]!) * t);
        canvas[o + 3] = canvas[o + 3]! * keep + alpha;
      }
    }
  }
  const share = 1 / (FINE * FINE);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < w; x++) {
      const to = ((top + Math.floor(y / FINE)) * width + Math.floor(x / FINE)) * 4;
      for (let c = 0; c < 4; c++) layer[to + c]! += canvas[(y * w + x) * 4 + c]! * share;
    }
  }
}
