// Owns: the fox's anatomy as a distance function, with its eyes and nose. Units are about a
// third of a metre; the table is y = 0 and the camera is at +z.

import type { Solid } from './plush.ts';
import { ellipsoid, smoothMax, smoothMin, sphere, taperedCapsule } from './sdf.ts';
import { smoothstep, type Vec } from './vector.ts';

// A head turned a little and tipped to one side is what makes a toy look as if it listens.
const HEAD: Vec = [0.02, 1.6, 0.14];
const YAW = -0.2;
const ROLL = -0.11;
const cy = Math.cos(YAW);
const sy = Math.sin(YAW);
const cr = Math.cos(ROLL);
const sr = Math.sin(ROLL);

let hx = 0;
let hy = 0;
let hz = 0;

function toHead(x: number, y: number, z: number): void {
  const px = x - HEAD[0];
  const py = y - HEAD[1];
  const pz = z - HEAD[2];
  const qx = cr * px + sr * py;
  hy = -sr * px + cr * py;
  hx = cy * qx - sy * pz;
  hz = sy * qx + cy * pz;
}

/** A point in the head's frame: x across, y up, z out through the nose. */
export function headPoint(x: number, y: number, z: number): Vec {
  toHead(x, y, z);
  return [hx, hy, hz];
}

/** Turns a direction out of the head's frame. */
export function fromHeadDir(x: number, y: number, z: number): Vec {
  const qx = cy * x + sy * z;
  return [cr * qx - sr * y, sr * qx + cr * y, -sy * x + cy * z];
}

export function fromHead(x: number, y: number, z: number): Vec {
  const d = fromHeadDir(x, y, z);
  return [d[0] + HEAD[0], d[1] + HEAD[1], d[2] + HEAD[2]];
}

export const TAIL: Vec[] = [];
for (let i = 0; i <= 8; i++) {
  const t = i / 8;
  const u = 1 - t;
  const b = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
  const at = (a: number, c: number, d: number, e: number): number =>
    a * b[0]! + c * b[1]! + d * b[2]! + e * b[3]!;
  TAIL.push([at(0.2, 0.95, 1.18, 0.86), at(0.2, 0.02, 0.62, 1.02), at(-0.4, -0.25, 0.0, 0.06)]);
}
const TAIL_RADIUS = [0.1, 0.13, 0.16, 0.19, 0.205, 0.2, 0.17, 0.12, 0.03];

export function tail(x: number, y: number, z: number): number {
  let d = 9;
  for (let i = 0; i < 8; i++) {
    const a = TAIL[i]!;
    const b = TAIL[i + 1]!;
    const e = taperedCapsule(
      x,
      y,
      z,
      a[0],
      a[1],
      a[2],
      b[0],
      b[1],
      b[2],
      TAIL_RADIUS[i]!,
      TAIL_RADIUS[i + 1]!,
    );
    if (e < d) d = e;
  }
  return d;
}

function ear(x: number, y: number, z: number): number {
  // In head space, mirrored: a flattened cone hollowed from the front.
  const ax = Math.abs(x) - 0.36;
  const ay = y - 0.34;
  const lean = 0.22;
  const ex = ax * Math.cos(lean) - ay * Math.sin(lean);
  const ey = ax * Math.sin(lean) + ay * Math.cos(lean);
  const ez = z + 0.04;
  const cone = taperedCapsule(ex, ey, ez * 1.7, 0, 0, 0, 0, 0.4, 0, 0.21, 0.035);
  const hollow = taperedCapsule(ex, ey, (ez - 0.12) * 1.5, 0, 0.02, 0, 0, 0.32, 0, 0.15, 0.02);
  return smoothMax(cone * 0.62, -hollow * 0.7, 0.05);
}

export function head(x: number, y: number, z: number): number {
  toHead(x, y, z);
  const far = Math.sqrt(hx * hx + hy * hy + hz * hz) - 1.05;
  if (far > 0.25) return far;
  const ax = Math.abs(hx);
  let d = ellipsoid(hx, hy, hz, 0.53, 0.45, 0.45);
  d = smoothMin(d, ellipsoid(ax - 0.32, hy + 0.15, hz - 0.06, 0.26, 0.19, 0.24), 0.14);
  d = smoothMin(d, taperedCapsule(hx, hy, hz, 0, -0.13, 0.3, 0, -0.125, 0.7, 0.19, 0.09), 0.12);
  d = smoothMin(d, ear(hx, hy, hz), 0.07);
  return d;
}

export function torso(x: number, y: number, z: number): number {
  const ax = Math.abs(x);
  let d = ellipsoid(x, y - 0.55, z + 0.06, 0.5, 0.55, 0.46);
  d = smoothMin(d, ellipsoid(x, y - 0.98, z - 0.06, 0.35, 0.42, 0.33), 0.25);
  d = smoothMin(d, ellipsoid(ax - 0.43, y - 0.33, z - 0.12, 0.24, 0.32, 0.4), 0.1);
  d = smoothMin(d, ellipsoid(ax - 0.53, y - 0.115, z - 0.47, 0.155, 0.115, 0.27), 0.08);
  return d;
}

export function legs(x: number, y: number, z: number): number {
  const ax = Math.abs(x - 0.01);
  const d = taperedCapsule(ax, y, z, 0.2, 0.92, 0.3, 0.175, 0.15, 0.5, 0.16, 0.115);
  return smoothMin(d, ellipsoid(ax - 0.18, y - 0.11, z - 0.58, 0.145, 0.11, 0.2), 0.08);
}

export function skin(x: number, y: number, z: number): number {
  let d = smoothMin(torso(x, y, z), legs(x, y, z), 0.06);
  d = smoothMin(d, head(x, y, z), 0.1);
  return smoothMin(d, tail(x, y, z), 0.05);
}

export const EYE: Vec = [0.2, 0.035, 0.415];

function nose(): number {
  return smoothMin(
    ellipsoid(hx, hy + 0.085, hz - 0.775, 0.1, 0.055, 0.06),
    ellipsoid(hx, hy + 0.13, hz - 0.77, 0.045, 0.05, 0.05),
    0.05,
  );
}

export function solid(x: number, y: number, z: number): number {
  toHead(x, y, z);
  const eyes = sphere(Math.abs(hx) - EYE[0], hy - EYE[1], hz - EYE[2], 0.092);
  return Math.min(eyes, nose());
}

export function solidAt(x: number, y: number, z: number): Solid {
  toHead(x, y, z);
  if (hz > 0.62) return { albedo: [0.02, 0.014, 0.014], gloss: 0.25, kind: 'thread' };
  // An amber ring round a black pupil, as toy-makers' eyes have.
  const dx = Math.abs(hx) - EYE[0];
  const r = Math.sqrt(dx * dx + (hy - EYE[1]) ** 2);
  const pupil = smoothstep(0.056, 0.05, r);
  const rim = smoothstep(0.066, 0.078, r);
  const k = (1 - pupil) * (1 - rim);
  return { albedo: [0.006 + 0.085 * k, 0.005 + 0.03 * k, 0.004 + 0.006 * k], gloss: 1, kind: 'glass' };
}
