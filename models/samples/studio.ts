// Owns: the studio the robot is photographed in: its lamps as a picture of radiance by
// direction, its table, and the painted cloth behind.

import { Backdrop } from './backdrop.ts';
import { fbm } from './noise.ts';
import { normalize, smoothstep, type Vec } from './vector.ts';

export const KEY: Vec = normalize([-0.66, 0.82, 0.72]);
export const KEY_COLOR: Vec = [1.75, 1.68, 1.58];
const SIDE: Vec = normalize([0.97, 0.28, 0.22]);
const UP: Vec = normalize([0.05, 1, -0.2]);

const CLOTH: Vec = [0.62, 0.3, 0.075];

/** A soft box: a square of light with slightly soft edges, seen along d. */
function softbox(x: number, y: number, z: number, dir: Vec, wide: number, tall: number): number {
  const along = x * dir[0] + y * dir[1] + z * dir[2];
  if (along <= 0) return 0;
  const flat = Math.sqrt(dir[0] * dir[0] + dir[2] * dir[2]);
  const u = (x * dir[2] - z * dir[0]) / flat / along;
  const v = (y - dir[1] * along) / flat / along;
  return smoothstep(wide, wide * 0.93, Math.abs(u)) * smoothstep(tall, tall * 0.93, Math.abs(v));
}

/** Radiance from the studio along a direction. */
export function studioLight(x: number, y: number, z: number, out: Float64Array): void {
  const key = softbox(x, y, z, KEY, 0.42, 0.5) * 6.5;
  const side = softbox(x, y, z, SIDE, 0.2, 0.75) * 3;
  const top = softbox(x, y, z, UP, 3, 0.5) * 1.1;
  const back = smoothstep(0.15, -0.35, z) * smoothstep(0.95, 0.3, y);
  const room = 0.1 + 0.12 * smoothstep(-0.3, 0.9, y);
  const lamp = key + side + top;
  out[0] = lamp + room + back * CLOTH[0] * 0.75;
  out[1] = lamp * 0.98 + room + back * CLOTH[1] * 0.75;
  out[2] = lamp * 0.95 + room * 1.05 + back * CLOTH[2] * 0.75;
}

export function tableColor(x: number, z: number, out: Float64Array): void {
  // A matt painted board with faint brush marks.
  const brush = fbm(x * 1.4, z * 26, 0, 3, 41);
  const patch = fbm(x * 1.8 + 4, z * 1.8, 0, 3, 42);
  // Brush marks blur away behind and before the toy; nothing else here needs the lens.
  const sharp = Math.exp(-z * z * 0.5);
  const k = 0.95 + 0.13 * (brush - 0.5) * sharp + 0.1 * (patch - 0.5);
  out[0] = 0.56 * k;
  out[1] = 0.44 * k;
  out[2] = 0.31 * k;
}

export function paintCloth(width: number, height: number): Backdrop {
  const b = new Backdrop(width, height);
  b.fill((u, v, out) => {
    const pool = Math.exp(-((u - 0.36) ** 2 * 2.6 + (v - 0.36) ** 2 * 2.4));
    const mottled = fbm(u * 5, v * 5, 0, 4, 51);
    const fold = 0.5 + 0.5 * Math.sin(u * 19 + 3 * fbm(u * 2, v * 1.5, 0, 2, 52) * 3);
    const k = (0.32 + 0.95 * pool) * (0.72 + 0.36 * mottled + 0.14 * fold * fold);
    for (let i = 0; i < 3; i++) out[i] = CLOTH[i]! * k + 0.02 * pool;
  });
  b.discBlur(0.012);
  return b;
}
