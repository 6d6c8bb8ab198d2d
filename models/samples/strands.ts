// Owns: growing hair. Roots are scattered over the skin, and each hair is a short polyline
// bent by the comb, gravity, curl and the lock it belongs to. Drawing every hair, rather
// than marching through a hypertexture shell (Perlin & Hoffert, SIGGRAPH 1989), is what
// gives a silhouette made of single tapered hairs, with a true coverage value under it.

import { hash3, Random } from './noise.ts';
import { newGroom, type Plush } from './plush.ts';
import { gradient } from './sdf.ts';
import type { Vec } from './vector.ts';

/** Points along one hair. */
export const KNOTS = 7;
/** Per knot: x, y, z. */
export const KNOT_FLOATS = KNOTS * 3;
/** Per hair: root rgb, tip rgb, width, tip width, normal xyz, opaque flag. */
export const HAIR_FLOATS = 12;
export const HAIRS_PER_CHUNK = 4096;

const lockCenter = new Float64Array(4);

/** The nearest jittered lattice point: the middle of the lock a hair joins (Worley 1996). */
function nearestLock(x: number, y: number, z: number, size: number): void {
  const cx = Math.floor(x / size);
  const cy = Math.floor(y / size);
  const cz = Math.floor(z / size);
  let best = 1e9;
  for (let k = cz - 1; k <= cz + 1; k++) {
    for (let j = cy - 1; j <= cy + 1; j++) {
      for (let i = cx - 1; i <= cx + 1; i++) {
        const px = (i + hash3(i, j, k, 1)) * size;
        const py = (j + hash3(i, j, k, 2)) * size;
        const pz = (k + hash3(i, j, k, 3)) * size;
        const d = (px - x) ** 2 + (py - y) ** 2 + (pz - z) ** 2;
        if (d < best) {
          best = d;
          lockCenter[0] = px;
          lockCenter[1] = py;
          lockCenter[2] = pz;
          lockCenter[3] = hash3(i, j, k, 4);
        }
      }
    }
  }
}

/** Fills one chunk of hairs; a chunk depends on its number only, never on who grows it. */
export function growChunk(
  plush: Plush,
  eye: Vec,
  chunk: number,
  knots: Float32Array,
  hairs: Float32Array,
): void {
  const random = new Random(chunk * 7919 + 13);
  const n = new Float64Array(3);
  const g = newGroom();
  const { lo, hi } = plush;
  const shell = 0.05;
  const wiggle = new Float64Array(3);
  for (let h = 0; h < HAIRS_PER_CHUNK; h++) {
    let x = 0;
    let y = 0;
    let z = 0;
    for (;;) {
      x = random.range(lo[0], hi[0]);
      y = random.range(lo[1], hi[1]);
      z = random.range(lo[2], hi[2]);
      if (Math.abs(plush.skin(x, y, z)) > shell) continue;
      let d = 0;
      for (let step = 0; step < 3; step++) {
        d = gradient(plush.skin, x, y, z, 0.004, n);
        x -= n[0]! * d;
        y -= n[1]! * d;
        z -= n[2]! * d;
      }
      if (Math.abs(d) > 0.01 || y < 0.004) continue;
      // Hairs on the far side cannot be seen, except those that stand over the edge.
      const vx = eye[0] - x;
      const vy = eye[1] - y;
      const vz = eye[2] - z;
      if ((n[0]! * vx + n[1]! * vy + n[2]! * vz) / Math.sqrt(vx * vx + vy * vy + vz * vz) < -0.45) continue;
      if (plush.solid(x, y, z) < -0.008) continue;
      break;
    }
    plush.groom(x, y, z, n[0]!, n[1]!, n[2]!, g);
    nearestLock(x, y, z, g.clumpSize);
    const lock = lockCenter[3]!;
    const guard = random.next() < 0.07;
    const len = g.length * (guard ? random.range(1.0, 1.22) : random.range(0.5, 1)) * (0.82 + 0.36 * lock);
    const pull = g.clump * (guard ? 0.3 : random.range(0.55, 1));
    let ox = lockCenter[0]! - x;
    let oy = lockCenter[1]! - y;
    let oz = lockCenter[2]! - z;
    const along = ox * n[0]! + oy * n[1]! + oz * n[2]!;
    ox -= along * n[0]!;
    oy -= along * n[1]!;
    oz -= along * n[2]!;
    // Each lock leans its own way, which breaks the coat into tufts.
    const lx = (hash3(lock * 1e6, 1, 0, 5) - 0.5) * 0.7;
    const ly = (hash3(lock * 1e6, 2, 0, 5) - 0.5) * 0.7;
    const lz = (hash3(lock * 1e6, 3, 0, 5) - 0.5) * 0.7;
    const stray = guard ? 0.26 : 0.16;
    let dx = n[0]! * (1 - g.lean) + (g.comb[0] + lx) * g.lean + random.normal() * stray;
    let dy = n[1]! * (1 - g.lean) + (g.comb[1] + ly) * g.lean + random.normal() * stray;
    let dz = n[2]! * (1 - g.lean) + (g.comb[2] + lz) * g.lean + random.normal() * stray;
    // A hair never starts into the skin.
    const up = dx * n[0]! + dy * n[1]! + dz * n[2]!;
    if (up < 0.3) {
      dx += n[0]! * (0.3 - up);
      dy += n[1]! * (0.3 - up);
      dz += n[2]! * (0.3 - up);
    }
    const phase = random.next() * 6.283;
    const freq = random.range(2.5, 5);
    for (let i = 0; i < 3; i++) wiggle[i] = random.normal() * g.curl;
    const base = (chunk * HAIRS_PER_CHUNK + h) * KNOT_FLOATS;
    const step = len / (KNOTS - 1);
    let px = x;
    let py = y;
    let pz = z;
    for (let k = 0; k < KNOTS; k++) {
      const t = k / (KNOTS - 1);
      const c = pull * t * Math.sqrt(t);
      const w = Math.sin(phase + t * freq * 3) * t;
      const at = base + k * 3;
      knots[at] = px + ox * c + wiggle[0]! * w;
      knots[at + 1] = Math.max(0.003, py + oy * c + wiggle[1]! * w);
      knots[at + 2] = pz + oz * c + wiggle[2]! * w;
      const m = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
      dx *= m;
      dy *= m;
      dz *= m;
      px += dx * step;
      py += dy * step;
      pz += dz * step;
      dx += g.comb[0] * g.lean * 0.16;
      dy += g.comb[1] * g.lean * 0.16 - 0.07;
      dz += g.comb[2] * g.lean * 0.16;
    }
    const tone = (0.86 + 0.28 * lock) * (1 + 0.11 * random.normal()) * (guard ? 1.12 : 1);
    const warm = 1 + 0.05 * random.normal();
    const q = (chunk * HAIRS_PER_CHUNK + h) * HAIR_FLOATS;
    for (let i = 0; i < 3; i++) {
      const tint = i === 0 ? 1 : i === 1 ? warm : warm * warm;
      hairs[q + i] = Math.max(0, g.root[i]! * tone * tint);
      hairs[q + 3 + i] = Math.max(0, g.tip[i]! * tone * tint);
      hairs[q + 8 + i] = n[i]!;
    }
    hairs[q + 6] = g.width * random.range(0.7, 1.2) * (guard ? 0.85 : 1);
    hairs[q + 7] = g.width * 0.18;
    hairs[q + 11] = 0;
  }
}

/** Appends the toy's own threads (whiskers, mouth) after the grown hairs. */
export function layThreads(
  plush: Plush,
  eye: Vec,
  first: number,
  knots: Float32Array,
  hairs: Float32Array,
): void {
  plush.threads.forEach((thread, i) => {
    const at = (first + i) * KNOT_FLOATS;
    thread.points.forEach((p, k) => {
      knots.set(p, at + k * 3);
    });
    const q = (first + i) * HAIR_FLOATS;
    hairs.set(thread.color, q);
    hairs.set(thread.color, q + 3);
    hairs[q + 6] = thread.width;
    hairs[q + 7] = thread.tipWidth;
    const p = thread.points[0]!;
    const n = [eye[0] - p[0], eye[1] - p[1], eye[2] - p[2]];
    const m = Math.hypot(n[0]!, n[1]!, n[2]!);
    for (let c = 0; c < 3; c++) hairs[q + 8 + c] = n[c]! / m;
    hairs[q + 11] = 1;
  });
}
