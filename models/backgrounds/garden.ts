// Owns: the garden: sunlit leaves far out of focus, a flower bed, and a lawn that is sharp
// where the subject stands. Leaves that catch the sun become discs, as a lens makes them.

import { Backdrop } from '../samples/backdrop.ts';
import { fbm, Random, valueNoise } from '../samples/noise.ts';
import { mixVec, smoothstep, type Vec } from '../samples/vector.ts';
import { grow, type Painter } from './picture.ts';

const HORIZON = 0.69;
/** The lawn's vanishing line lies above its far edge: the hedge is not infinitely far. */
const EYE_LINE = 0.6;

function paintLeaves(b: Backdrop, random: Random): void {
  b.fill((u, v, out) => {
    const sun = Math.exp(-((u - 0.6) ** 2 * 5 + (v - 0.1) ** 2 * 6));
    const blot = fbm(u * 3.4 + 3, v * 3.4, 0, 3, 6);
    const deep = smoothstep(0.3, 0.66, blot);
    const low = smoothstep(0.3, HORIZON, v);
    const leaf: Vec = [0.055 + 0.1 * deep, 0.12 + 0.15 * deep, 0.035 + 0.03 * deep];
    const shade: Vec = [0.04 + 0.05 * deep, 0.085 + 0.07 * deep, 0.035 + 0.02 * deep];
    const c = mixVec(leaf, shade, low);
    out[0] = c[0] + 0.62 * sun;
    out[1] = c[1] + 0.66 * sun;
    out[2] = c[2] + 0.3 * sun;
  });
  for (const [u, w] of [
    [0.12, 0.05],
    [0.88, 0.034],
  ] as const) {
    b.rect(u, 0, u + w, HORIZON, [0.06, 0.047, 0.034], 0.85);
    b.rect(u + w * 0.7, 0, u + w, HORIZON, [0.2, 0.15, 0.09], 0.8);
  }
  for (let i = 0; i < 700; i++) {
    const u = random.next();
    const v = random.next() * 0.62;
    const k = random.range(0.4, 1.6) * (0.6 + 0.9 * Math.exp(-((u - 0.6) ** 2) * 5 - v * v * 3));
    const yellow = random.next();
    const r = random.range(0.014, 0.042);
    b.ellipse(u, v, r, r * random.range(0.6, 1), [(0.08 + 0.13 * yellow) * k, 0.19 * k, 0.045 * k], 0.4, 0.5);
  }
}

function paintBed(b: Backdrop, random: Random): void {
  for (let i = 0; i < 420; i++) {
    const u = random.next();
    const edge = 0.5 + 0.5 * Math.abs(2 * u - 1);
    const v = HORIZON - 0.012 - random.next() * (0.05 + 0.09 * edge * edge);
    const k = random.range(0.5, 1.25);
    const kind = random.next() * 10;
    const pink: Vec = [0.72 * k, 0.2 * k, 0.32 * k];
    const white: Vec = [0.8 * k, 0.76 * k, 0.66 * k];
    const lilac: Vec = [0.4 * k, 0.26 * k, 0.56 * k];
    const green: Vec = [0.08 * k, 0.17 * k, 0.05 * k];
    const color = kind < 0.9 ? pink : kind < 1.7 ? white : kind < 2.3 ? lilac : green;
    b.ellipse(u, v, 0.014, 0.013, color, 0.8, 0.4);
  }
}

function paintDiscs(b: Backdrop, random: Random): void {
  for (let i = 0; i < 230; i++) {
    const u = random.next();
    const v = random.next() * 0.56;
    const towards = Math.exp(-((u - 0.6) ** 2 * 3.5 + (v - 0.12) ** 2 * 6));
    const alpha = random.range(0.06, 0.24);
    const warm = random.next();
    const r = random.range(0.017, 0.041);
    if (random.next() > 0.16 + 0.8 * towards) continue;
    const k = random.range(0.4, 1) * (0.5 + 1.1 * towards);
    b.ellipse(u, v, r, r, [(0.75 + 0.5 * warm) * k, 1.02 * k, (0.36 + 0.2 * warm) * k], alpha, 0.14, 0.18);
  }
}

/** Lawn light at a pixel: depth is 1 where the subject stands. */
function lawn(u: number, v: number, out: Float64Array): void {
  const depth = (0.88 - EYE_LINE) / (v - EYE_LINE);
  const x = (u - 0.5) * depth;
  const far = smoothstep(1.1, 2.9, depth);
  // Sun between the shadows of branches, long and soft across the lawn.
  const sun = smoothstep(0.3, 0.62, fbm(x * 1.5 + 5, depth * 1.9, 0, 2, 12));
  const middle = Math.exp(-((u - 0.5) ** 2 * 5) - ((v - 0.84) / 0.2) ** 2);
  const lit = Math.min(1.1, 0.34 + 0.45 * sun + 0.5 * middle);
  const blot = fbm(x * 9, depth * 9, 0, 3, 14) - 0.5;
  const focus = Math.exp(-(((depth - 1.02) / 0.17) ** 2));
  const soft = Math.exp(-(((depth - 1) / 0.5) ** 2));
  // Blades: noise drawn out upward on the film, thinner the sharper it is.
  const sway = 0.006 * valueNoise(u * 40, v * 12, 0, 19);
  const tuft = valueNoise((u + sway) * 90, v * 30, 0, 15) - 0.5;
  const blade = valueNoise((u + sway) * 210, v * 48, 0, 16) - 0.5;
  const k =
    (0.4 + 0.95 * lit) * (1 + 0.34 * blot * (1 - 0.5 * far) + 0.26 * tuft * soft + 0.3 * blade * focus);
  const yellow = 0.12 * lit + 0.05 * blade * focus;
  out[0] = (0.135 + yellow) * k;
  out[1] = (0.245 + 0.45 * yellow) * k;
  out[2] = 0.07 * k;
}

export const paintGarden: Painter = (size) => {
  const side = Math.round(size / 2);
  const b = new Backdrop(side, side);
  const random = new Random(34);
  paintLeaves(b, random);
  paintBed(b, random);
  const out = new Float64Array(3);
  const paintLawn = (data: Float32Array, n: number, from: number, to: number): void => {
    for (let y = Math.floor(HORIZON * n); y < n; y++) {
      const v = (y + 0.5) / n;
      const mix = smoothstep(from, to, v);
      if (v < HORIZON || mix === 0) continue;
      for (let x = 0; x < n; x++) {
        lawn((x + 0.5) / n, v, out);
        for (let c = 0; c < 3; c++)
          data[(y * n + x) * 3 + c]! += (out[c]! - data[(y * n + x) * 3 + c]!) * mix;
      }
    }
  };
  paintLawn(b.data, side, HORIZON - 0.01, HORIZON);
  b.discBlur(0.018);
  b.discBlur(0.01);
  paintDiscs(b, random);
  b.discBlur(0.002);
  const light = grow(b, size);
  paintLawn(light, size, HORIZON + 0.02, HORIZON + 0.12);
  return { light, size, curve: 'film', grain: 0.4 };
};
