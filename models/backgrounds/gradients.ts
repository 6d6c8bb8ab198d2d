// Owns: the plain gradients. Each is a few coloured lights on a soft field, mixed in OKLab
// so that the way from one colour to the next has no grey or muddy stretch.

import type { Vec } from '../samples/vector.ts';
import { fromLab, hex, toLab } from './color.ts';
import { type Painter, paintSmooth } from './picture.ts';

/** Where, how wide, how strong, and which colour. */
type Spot = { u: number; v: number; reach: number; weight: number; color: Vec };

function spot(u: number, v: number, reach: number, weight: number, code: string): Spot {
  return { u, v, reach, weight, color: toLab(hex(code)) };
}

function field(spots: readonly Spot[], u: number, v: number, out: Float64Array): void {
  let total = 0;
  const sum: [number, number, number] = [0, 0, 0];
  for (const s of spots) {
    const w = s.weight * Math.exp(-((u - s.u) ** 2 + (v - s.v) ** 2) / (s.reach * s.reach));
    total += w;
    for (let c = 0; c < 3; c++) sum[c]! += s.color[c]! * w;
  }
  out.set(fromLab([sum[0] / total, sum[1] / total, sum[2] / total]));
}

function spotGradient(spots: readonly Spot[]): Painter {
  return (size) => ({
    light: paintSmooth(size, 4, (u, v, out) => field(spots, u, v, out)),
    size,
    curve: 'print',
    grain: 1,
  });
}

export const paintWarm = spotGradient([
  spot(0.47, 0.4, 0.44, 2.6, 'fff3e2'),
  spot(0.0, 0.0, 0.62, 0.8, 'f9d3ab'),
  spot(1.0, 0.05, 0.6, 0.8, 'f6b98f'),
  spot(1.0, 1.0, 0.66, 1.0, 'd98468'),
  spot(0.0, 1.0, 0.62, 0.9, 'eda880'),
  spot(0.5, 1.0, 0.4, 0.35, 'e9a27c'),
]);

export const paintCool = spotGradient([
  spot(0.53, 0.4, 0.44, 2.6, 'f3fafd'),
  spot(0.0, 0.0, 0.62, 0.9, 'b5d8ea'),
  spot(1.0, 0.0, 0.6, 0.8, 'c3cdf0'),
  spot(1.0, 1.0, 0.64, 0.9, '7f93cf'),
  spot(0.0, 1.0, 0.64, 1.0, '5f9fb8'),
  spot(0.5, 1.0, 0.4, 0.35, '86acd2'),
]);

/** Height, colour: an evening sky from above to below. */
const SKY: [number, Vec][] = (
  [
    [-0.1, '46467f'],
    [0.14, '6d5f9d'],
    [0.34, 'a976a5'],
    [0.52, 'e38f92'],
    [0.68, 'fcb985'],
    [0.82, 'f7b78c'],
    [0.96, 'd98a8c'],
    [1.12, 'a8688f'],
  ] as [number, string][]
).map(([v, code]) => [v, toLab(hex(code))]);

function sky(v: number): Vec {
  // Every stop weighs in by nearness, which leaves no edge where two stops meet.
  let total = 0;
  const sum: [number, number, number] = [0, 0, 0];
  for (const [at, color] of SKY) {
    const w = Math.exp(-(((v - at) / 0.17) ** 2));
    total += w;
    for (let c = 0; c < 3; c++) sum[c]! += color[c]! * w;
  }
  return [sum[0] / total, sum[1] / total, sum[2] / total];
}

export const paintSunset: Painter = (size) => ({
  light: paintSmooth(size, 4, (u, v, out) => {
    // Bands curve round the sun: up at the middle above it, down at the middle below.
    const bend = 0.07 * (2 * u - 1) ** 2 * Math.tanh((v - 0.72) * 3);
    const base = fromLab(sky(v + bend));
    const glow = Math.exp(-((u - 0.5) ** 2 * 4.5 + (v - 0.68) ** 2 * 12));
    out[0] = base[0] + 0.12 * glow;
    out[1] = base[1] + 0.2 * glow;
    out[2] = base[2] + 0.11 * glow;
  }),
  size,
  curve: 'print',
  grain: 1,
});
