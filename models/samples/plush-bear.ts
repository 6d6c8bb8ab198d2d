// Owns: the bear: anatomy, long pale coat, glass eyes, embroidered nose and a ribbon.

import { type Groom, type Plush, type Solid, setColor, type Thread } from './plush.ts';
import { ellipsoid, smoothMax, smoothMin, sphere, taperedCapsule } from './sdf.ts';
import { smoothstep, type Vec } from './vector.ts';

const COAT_ROOT: Vec = [0.4, 0.33, 0.25];
const COAT_TIP: Vec = [0.88, 0.79, 0.66];
const PAD_ROOT: Vec = [0.35, 0.24, 0.16];
const PAD_TIP: Vec = [0.62, 0.47, 0.35];

const HEAD: Vec = [0, 1.66, 0.12];
const ROLL = 0.13;
const YAW = 0.16;
const cr = Math.cos(ROLL);
const sr = Math.sin(ROLL);
const cy = Math.cos(YAW);
const sy = Math.sin(YAW);

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

function fromHead(x: number, y: number, z: number): Vec {
  const qx = cy * x + sy * z;
  return [cr * qx - sr * y + HEAD[0], sr * qx + cr * y + HEAD[1], -sy * x + cy * z + HEAD[2]];
}

function head(x: number, y: number, z: number): number {
  toHead(x, y, z);
  const far = Math.sqrt(hx * hx + hy * hy + hz * hz) - 0.85;
  if (far > 0.3) return far;
  const ax = Math.abs(hx);
  let d = ellipsoid(hx, hy, hz, 0.56, 0.5, 0.48);
  d = smoothMin(d, ellipsoid(ax - 0.2, hy + 0.16, hz - 0.16, 0.3, 0.26, 0.28), 0.12);
  d = smoothMin(d, ellipsoid(hx, hy + 0.13, hz - 0.46, 0.225, 0.175, 0.22), 0.1);
  const ear = ellipsoid(ax - 0.43, hy - 0.42, hz + 0.02, 0.21, 0.21, 0.11);
  const hollow = ellipsoid(ax - 0.43, hy - 0.41, hz - 0.13, 0.14, 0.14, 0.12);
  return smoothMin(d, smoothMax(ear, -hollow, 0.05), 0.06);
}

function torso(x: number, y: number, z: number): number {
  return smoothMin(
    ellipsoid(x, y - 0.58, z + 0.02, 0.6, 0.58, 0.5),
    ellipsoid(x, y - 1.0, z, 0.45, 0.42, 0.38),
    0.25,
  );
}

function arm(x: number, y: number, z: number): number {
  const ax = Math.abs(x);
  const d = taperedCapsule(ax, y, z, 0.46, 1.12, 0.08, 0.7, 0.72, 0.22, 0.17, 0.165);
  return smoothMin(d, taperedCapsule(ax, y, z, 0.7, 0.72, 0.22, 0.72, 0.44, 0.48, 0.165, 0.155), 0.06);
}

function leg(x: number, y: number, z: number): number {
  const ax = Math.abs(x);
  const d = taperedCapsule(ax, y, z, 0.36, 0.28, 0.2, 0.56, 0.24, 0.86, 0.25, 0.2);
  // The foot stands up at the end of the leg, sole to the camera.
  return smoothMin(d, ellipsoid(ax - 0.58, y - 0.32, z - 0.98, 0.21, 0.3, 0.13), 0.08);
}

function skin(x: number, y: number, z: number): number {
  let d = smoothMin(torso(x, y, z), head(x, y, z), 0.1);
  d = smoothMin(d, arm(x, y, z), 0.05);
  return smoothMin(d, leg(x, y, z), 0.05);
}

const EYE: Vec = [0.225, 0.035, 0.455];
const BOW: Vec = [0.02, 1.13, 0.57];

function bow(x: number, y: number, z: number): number {
  const qx = cr * (x - BOW[0]) + sr * (y - BOW[1]);
  const py = -sr * (x - BOW[0]) + cr * (y - BOW[1]);
  const pz = z - BOW[2];
  const px = Math.abs(qx);
  const far = Math.sqrt(px * px + py * py + pz * pz) - 0.62;
  if (far > 0.1) return far;
  const folds =
    0.016 *
    Math.sin((py * 60) / (0.4 + px * 2.2)) *
    smoothstep(0.05, 0.16, px) *
    smoothstep(0.36, 0.2, px) *
    smoothstep(0.15, 0.07, Math.abs(py));
  const flare = 0.35 + 0.9 * smoothstep(0.02, 0.3, px);
  const loop = ellipsoid(px - 0.2, py / flare, pz + 0.22 * px, 0.2, 0.16, 0.095) * 0.6 + folds;
  const knot = ellipsoid(px, py, pz - 0.02, 0.062, 0.075, 0.075);
  const tx = px - 0.05 - 0.42 * -py;
  const tail =
    Math.max(
      Math.abs(tx) - 0.055 - 0.05 * -py,
      Math.abs(pz - 0.02 + 0.06 * py - 0.016 * Math.sin(py * 16 + qx * 9)) - 0.009,
      -py - 0.36 + 0.35 * Math.abs(tx),
      py,
    ) * 0.75;
  return Math.min(smoothMin(loop, knot, 0.03), tail - 0.006);
}

function nose(): number {
  return smoothMin(
    ellipsoid(hx, hy + 0.035, hz - 0.655, 0.095, 0.05, 0.05),
    ellipsoid(hx, hy + 0.075, hz - 0.66, 0.045, 0.05, 0.045),
    0.05,
  );
}

function solid(x: number, y: number, z: number): number {
  toHead(x, y, z);
  const eyes = sphere(Math.abs(hx) - EYE[0], hy - EYE[1], hz - EYE[2], 0.09);
  return Math.min(eyes, nose(), bow(x, y, z));
}

function solidAt(x: number, y: number, z: number): Solid {
  if (bow(x, y, z) < 0.004) return { albedo: [0.045, 0.12, 0.24], gloss: 0.8, kind: 'satin' };
  toHead(x, y, z);
  if (hz > 0.57) return { albedo: [0.035, 0.022, 0.018], gloss: 0.25, kind: 'thread' };
  const r = Math.hypot(Math.abs(hx) - EYE[0], hy - EYE[1]);
  const k = smoothstep(0.05, 0.056, r) * smoothstep(0.084, 0.07, r);
  return { albedo: [0.005 + 0.06 * k, 0.004 + 0.025 * k, 0.003 + 0.008 * k], gloss: 1, kind: 'glass' };
}

function groom(x: number, y: number, z: number, nx: number, _ny: number, nz: number, g: Groom): void {
  for (let i = 0; i < 3; i++) {
    g.root[i] = COAT_ROOT[i]!;
    g.tip[i] = COAT_TIP[i]!;
  }
  g.length = 0.19;
  g.lean = 0.55;
  g.clump = 0.62;
  g.clumpSize = 0.08;
  g.curl = 0.013;
  g.width = 0.0024;
  g.comb[0] = nx * 0.4;
  g.comb[1] = -0.9;
  g.comb[2] = nz * 0.3;
  const dHead = head(x, y, z);
  if (dHead < Math.min(torso(x, y, z), arm(x, y, z), leg(x, y, z))) {
    groomHead(hx, hy, hz, g);
    return;
  }
  const bowDistance = Math.hypot(x - BOW[0], (y - BOW[1]) * 1.4, z - BOW[2]);
  g.length *= 0.4 + 0.6 * smoothstep(0.2, 0.55, bowDistance);
  const sole =
    smoothstep(1.02, 1.06, z) *
    smoothstep(0.2, 0.16, Math.hypot(Math.abs(x) - 0.58, (y - 0.32) * 0.72)) *
    (nz > 0.5 ? 1 : 0);
  if (sole > 0) {
    setColor(g, PAD_ROOT, PAD_TIP, sole);
    g.length += (0.028 - g.length) * sole;
    g.lean = 0.35;
    g.clump = 0.1;
  }
}

function groomHead(x: number, y: number, z: number, g: Groom): void {
  const ax = Math.abs(x);
  const b = [x * 1.25, y + 0.06, z - 0.75];
  const n = Math.hypot(b[0]!, b[1]!, b[2]!);
  g.comb[0] = b[0]! / n;
  g.comb[1] = b[1]! / n - 0.15;
  g.comb[2] = b[2]! / n;
  g.lean = 0.5;
  const muzzle = smoothstep(0.4, 0.52, z);
  g.length = 0.19 - 0.125 * muzzle;
  g.clump -= 0.3 * smoothstep(0.22, 0.45, z);
  const toEye = Math.hypot(ax - EYE[0], y - EYE[1], z - EYE[2]);
  g.length *= 0.28 + 0.72 * smoothstep(0.08, 0.24, toEye);
  const inEar = smoothstep(0.19, 0.12, Math.hypot(ax - 0.43, y - 0.42)) * smoothstep(-0.02, 0.02, z);
  setColor(g, PAD_ROOT, PAD_TIP, inEar * 0.7);
  g.length *= 1 - 0.55 * inEar;
}

function makeThreads(): Thread[] {
  const threads: Thread[] = [];
  const color: Vec = [0.035, 0.022, 0.018];
  for (const side of [-1, 1]) {
    const mouth: Vec[] = [];
    for (let k = 0; k < 7; k++) {
      const t = k / 6;
      mouth.push(fromHead(side * 0.115 * t, -0.2 - 0.045 * Math.sin(t * 2.6), 0.74 - 0.05 * t * t));
    }
    threads.push({ points: mouth, width: 0.016, tipWidth: 0.013, color });
  }
  const line: Vec[] = [];
  for (let k = 0; k < 7; k++) line.push(fromHead(0, -0.1 - 0.017 * k, 0.722));
  threads.push({ points: line, width: 0.016, tipWidth: 0.016, color });
  return threads;
}

export const plushBear: Plush = {
  lo: [-1.2, 0, -0.8],
  hi: [1.2, 2.5, 1.35],
  skin,
  solid,
  solidAt,
  groom,
  threads: makeThreads(),
};
