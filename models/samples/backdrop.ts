// Owns: painting what is far out of focus. Far things are painted flat, in scene light, and
// then blurred with a disc, the shape a wide-open lens gives to a point (bokeh).

import { clamp01 } from './vector.ts';

export class Backdrop {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.data = new Float32Array(width * height * 3);
  }

  /** Coordinates are shares of the width, both ways, so that shapes keep their form. */
  fill(color: (u: number, v: number, out: Float64Array) => void): void {
    const out = new Float64Array(3);
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) {
        color((x + 0.5) / this.width, (y + 0.5) / this.width, out);
        this.data.set(out, (y * this.width + x) * 3);
      }
    }
  }

  private blend(x: number, y: number, r: number, g: number, b: number, a: number): void {
    const i = (y * this.width + x) * 3;
    const d = this.data;
    d[i]! += (r - d[i]!) * a;
    d[i + 1]! += (g - d[i + 1]!) * a;
    d[i + 2]! += (b - d[i + 2]!) * a;
  }

  rect(u0: number, v0: number, u1: number, v1: number, color: readonly number[], alpha = 1): void {
    const s = this.width;
    const x1 = Math.min(this.width, Math.round(u1 * s));
    const y1 = Math.min(this.height, Math.round(v1 * s));
    for (let y = Math.max(0, Math.round(v0 * s)); y < y1; y++) {
      for (let x = Math.max(0, Math.round(u0 * s)); x < x1; x++)
        this.blend(x, y, color[0]!, color[1]!, color[2]!, alpha);
    }
  }

  /** An ellipse with an edge of the given softness; ring > 0 brightens its rim. */
  ellipse(
    u: number,
    v: number,
    ru: number,
    rv: number,
    color: readonly number[],
    alpha = 1,
    soft = 0.1,
    ring = 0,
  ): void {
    const s = this.width;
    const y1 = Math.min(this.height - 1, Math.ceil((v + rv) * s));
    const x1 = Math.min(this.width - 1, Math.ceil((u + ru) * s));
    for (let y = Math.max(0, Math.floor((v - rv) * s)); y <= y1; y++) {
      for (let x = Math.max(0, Math.floor((u - ru) * s)); x <= x1; x++) {
        const r = Math.hypot(((x + 0.5) / s - u) / ru, ((y + 0.5) / s - v) / rv);
        if (r >= 1) continue;
        const a = alpha * clamp01((1 - r) / soft);
        const k = 1 + ring * r * r * r * r;
        this.blend(x, y, color[0]! * k, color[1]! * k, color[2]! * k, a);
      }
    }
  }

  /** Averages over a disc, by running sums along rows. */
  discBlur(radius: number): void {
    const { width: w, height: h, data } = this;
    const r = Math.max(1, Math.round(radius * w));
    const source = data.slice();
    const sums = new Float64Array((w + 1) * h);
    const chord: number[] = [];
    let area = 0;
    for (let dy = -r; dy <= r; dy++) {
      const c = Math.floor(Math.sqrt(r * r - dy * dy));
      chord.push(c);
      area += 2 * c + 1;
    }
    for (let c = 0; c < 3; c++) {
      for (let y = 0; y < h; y++) {
        for (let x = 0; x < w; x++)
          sums[y * (w + 1) + x + 1] = sums[y * (w + 1) + x]! + source[(y * w + x) * 3 + c]!;
      }
      for (let y = 0; y < h; y++) {
        for (let x = 0; x < w; x++) {
          let sum = 0;
          for (let dy = -r; dy <= r; dy++) {
            const row = Math.max(0, Math.min(h - 1, y + dy)) * (w + 1);
            const a = x - chord[dy + r]!;
            const b = x + chord[dy + r]! + 1;
            sum += sums[row + Math.min(w, b)]! - sums[row + Math.max(0, a)]!;
            // Past the frame's sides the edge pixel repeats.
            if (a < 0) sum -= a * source[(row / (w + 1)) * w * 3 + c]!;
            if (b > w) sum += (b - w) * source[((row / (w + 1)) * w + w - 1) * 3 + c]!;
          }
          data[(y * w + x) * 3 + c] = sum / area;
        }
      }
    }
  }

  /** Copies on to a full-size picture, blending between pixels. */
  enlarge(width: number, height: number, picture: Float32Array): void {
    const { width: w, height: h, data } = this;
    for (let y = 0; y < height; y++) {
      const fy = Math.max(0, Math.min(h - 1.001, ((y + 0.5) * h) / height - 0.5));
      const j = Math.floor(fy);
      for (let x = 0; x < width; x++) {
        const fx = Math.max(0, Math.min(w - 1.001, ((x + 0.5) * w) / width - 0.5));
        const i = Math.floor(fx);
        for (let c = 0; c < 3; c++) {
          const a = data[(j * w + i) * 3 + c]!;
          const b = data[(j * w + i + 1) * 3 + c]!;
          const e = data[((j + 1) * w + i) * 3 + c]!;
          const f = data[((j + 1) * w + i + 1) * 3 + c]!;
          const top = a + (b - a) * (fx - i);
          picture[(y * width + x) * 3 + c] = top + (e + (f - e) * (fx - i) - top) * (fy - j);
        }
      }
    }
  }
}
