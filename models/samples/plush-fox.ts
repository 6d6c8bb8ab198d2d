// Owns: the fox's coat: how it is combed and coloured at each point, and its whiskers.

import { type Groom, type Plush, setColor, type Thread } from './plush.ts';
import {
  EYE,
  fromHead,
  fromHeadDir,
  head,
  headPoint,
  legs,
  skin,
  solid,
  solidAt,
  TAIL,
  tail,
  torso,
} from './plush-fox-body.ts';
import { clamp01, smoothstep, type Vec } from './vector.ts';

const ORANGE_ROOT: Vec = [0.26, 0.066, 0.014];
const ORANGE_TIP: Vec = [0.76, 0.245, 0.058];
const WHITE_ROOT: Vec = [0.66, 0.59, 0.49];
const WHITE_TIP: Vec = [0.93, 0.89, 0.81];
const DARK_ROOT: Vec = [0.012, 0.009, 0.008];
const DARK_TIP: Vec = [0.06, 0.042, 0.035];

function groom(x: number, y: number, z: number, nx: number, _ny: number, _nz: number, g: Groom): void {
  g.length = 0.12;
  g.lean = 0.62;
  g.clump = 0.45;
  g.clumpSize = 0.055;
  g.curl = 0.008;
  g.width = 0.0022;
  g.comb[0] = nx * 0.25;
  g.comb[1] = -1;
  g.comb[2] = 0.1;
  for (let i = 0; i < 3; i++) {
    g.root[i] = ORANGE_ROOT[i]!;
    g.tip[i] = ORANGE_TIP[i]!;
  }
  const dHead = head(x, y, z);
  const dLegs = legs(x, y, z);
  const dTail = tail(x, y, z);
  const dTorso = torso(x, y, z);
  const least = Math.min(dHead, dLegs, dTail, dTorso);
  if (dTail === least) {
    groomTail(x, y, z, g);
    return;
  }
  if (dHead === least) {
    groomHead(...headPoint(x, y, z), g);
    return;
  }
  // The bib: long white fur down the chest, ragged along its edge by the noise of locks.
  const bib =
    smoothstep(0.36, 0.25, Math.abs(x) + 0.2 * Math.max(0, 0.95 - y)) *
    smoothstep(0.0, 0.2, z) *
    smoothstep(0.42, 0.6, y);
  setColor(g, WHITE_ROOT, WHITE_TIP, bib * (dLegs < 0.02 ? 0 : 1));
  g.length = 0.115 + 0.06 * bib;
  g.clumpSize = 0.055 + 0.03 * bib;
  const foot = smoothstep(0.36, 0.24, y) * smoothstep(0.3, 0.42, z);
  const leg = dLegs < dTorso ? 1 : 0;
  g.length *= 1 - 0.45 * Math.max(leg, foot);
  setColor(g, DARK_ROOT, DARK_TIP, smoothstep(0.47, 0.35, y + 0.04 * Math.sin(x * 40)) * leg);
  setColor(g, DARK_ROOT, DARK_TIP, smoothstep(0.2, 0.15, y) * smoothstep(0.3, 0.42, z) * (1 - leg));
  if (foot > 0.3) {
    g.comb[1] = -0.35;
    g.comb[2] = 0.8;
  }
}

function groomTail(x: number, y: number, z: number, g: Groom): void {
  let best = 9;
  let at = 0;
  for (let i = 0; i <= 8; i++) {
    const p = TAIL[i]!;
    const d = Math.hypot(x - p[0], y - p[1], z - p[2]);
    if (d < best) {
      best = d;
      at = i;
    }
  }
  const a = TAIL[Math.max(0, at - 1)]!;
  const b = TAIL[Math.min(8, at + 1)]!;
  const n = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
  for (let i = 0; i < 3; i++) g.comb[i] = (b[i]! - a[i]!) / n;
  g.length = 0.2;
  g.lean = 0.6;
  g.clumpSize = 0.085;
  g.clump = 0.5;
  setColor(g, WHITE_ROOT, WHITE_TIP, smoothstep(0.64, 0.78, y + 0.1 * (x - 1)));
}

function groomHead(x: number, y: number, z: number, g: Groom): void {
  const ax = Math.abs(x);
  const back: Vec = [x * 1.3, y + 0.02, z - 1.1];
  const n = Math.hypot(back[0]!, back[1]!, back[2]!);
  const front = smoothstep(0.0, 0.2, z);
  const cheek = smoothstep(0.22, 0.48, ax) * smoothstep(0.12, -0.12, y);
  const d = fromHeadDir(back[0]! / n, back[1]! / n - 0.5 * cheek, back[2]! / n);
  for (let i = 0; i < 3; i++) g.comb[i] = d[i]!;
  const snout = smoothstep(0.36, 0.58, z);
  const toEye = Math.hypot(ax - EYE[0], y - EYE[1], z - EYE[2]);
  g.length = 0.095 + 0.09 * cheek - 0.062 * snout;
  g.length *= 0.3 + 0.7 * smoothstep(0.09, 0.2, toEye);
  g.lean = 0.68 - 0.12 * cheek;
  g.clumpSize = 0.05 + 0.04 * cheek;
  const line = 0.05 * snout;
  const mask =
    smoothstep(-0.055, -0.085, y + line - 0.16 * Math.max(0, ax - 0.12) + 0.012 * Math.sin(ax * 55)) * front;
  setColor(g, WHITE_ROOT, WHITE_TIP, mask);
  const earness = smoothstep(0.36, 0.5, y) * smoothstep(0.16, 0.26, ax);
  if (earness > 0) {
    const up = fromHeadDir(Math.sign(x) * 0.25, 1, -0.05);
    const inside = smoothstep(0.0, 0.03, z) * earness;
    for (let i = 0; i < 3; i++) g.comb[i]! += (up[i]! - g.comb[i]!) * earness;
    g.length *= 1 - 0.45 * earness;
    setColor(g, WHITE_ROOT, WHITE_TIP, inside * 0.9);
    if (inside > 0.5) g.length = 0.11;
    setColor(g, DARK_ROOT, DARK_TIP, smoothstep(0.56, 0.66, y + 0.02 * Math.sin(ax * 70)));
  }
  g.length = clamp01(g.length);
}

function makeThreads(): Thread[] {
  const threads: Thread[] = [];
  for (const side of [-1, 1]) {
    for (let i = 0; i < 5; i++) {
      const points: Vec[] = [];
      for (let k = 0; k < 7; k++) {
        const t = k / 6;
        const out = 0.09 + t * (0.5 - 0.035 * i);
        points.push(
          fromHead(
            side * out,
            -0.15 - 0.02 * i + t * (0.09 - 0.065 * i) - 0.07 * t * t,
            0.6 - 0.025 * i - 0.14 * t,
          ),
        );
      }
      threads.push({ points, width: 0.0042, tipWidth: 0.001, color: [0.9, 0.87, 0.82] });
    }
    // The mouth: one thick embroidered curve from under the nose to each cheek.
    const mouth: Vec[] = [];
    for (let k = 0; k < 7; k++) {
      const t = k / 6;
      mouth.push(fromHead(side * 0.13 * t, -0.17 - 0.075 * Math.sin(t * 2.2), 0.825 - 0.12 * t * t));
    }
    threads.push({ points: mouth, width: 0.014, tipWidth: 0.012, color: [0.02, 0.014, 0.012] });
  }
  return threads;
}

export const plushFox: Plush = {
  lo: [-0.95, 0, -0.85],
  hi: [1.4, 2.6, 1.05],
  skin,
  solid,
  solidAt,
  groom,
  threads: makeThreads(),
};
