// Owns: the light in a room, by path tracing with a sample of a lamp at every bounce (Kajiya
// 1986). Only blurred pictures are made from it, so a few dozen paths a pixel are enough.

import { Random } from '../samples/noise.ts';
import { add, cross, dot, normalize, reflect, scale, sub, type Vec } from '../samples/vector.ts';
import { blocked, buildTree, firstHit, type Solid } from './solids.ts';

/** A rectangle of light: corner, two edges; it shines to the side of u × v. */
export type Lamp = { corner: Vec; u: Vec; v: Vec; color: Vec };

export type Room = {
  solids: Solid[];
  lamps: Lamp[];
  sun?: { dir: Vec; color: Vec; spread: number };
  /** What a ray sees that leaves the room; direct is false after a matt bounce. */
  outside(o: Vec, d: Vec, direct: boolean): Vec;
  /** Stands in for the bounces not followed. */
  ambient: Vec;
};

/** The eye looks straight ahead along -z; the middle is shifted, as a view camera does. */
export type View = { eye: Vec; focal: number; eyeLine: number };

export type Traced = {
  side: number;
  light: Float32Array;
  /** 1 / distance along the axis. */
  near: Float32Array;
  floor: Float32Array;
};

const BOUNCES = 3;

function scatter(n: Vec, random: Random): Vec {
  // A point on the unit sphere, moved by the normal, is spread by the cosine.
  const y = random.range(-1, 1);
  const a = random.next() * 6.283185;
  const r = Math.sqrt(1 - y * y);
  return normalize([n[0] + r * Math.cos(a), n[1] + y + 1e-6, n[2] + r * Math.sin(a)]);
}

function plus(sum: number[], a: Vec, b: Vec, k: number): void {
  for (let c = 0; c < 3; c++) sum[c]! += a[c]! * b[c]! * k;
}

export function traceRoom(
  room: Room,
  view: View,
  side: number,
  paths: number,
  say: (text: string) => void,
): Traced {
  const tree = buildTree(room.solids);
  const lamps = room.lamps.map((lamp) => {
    const n = cross(lamp.u, lamp.v);
    const area = Math.sqrt(dot(n, n));
    return { ...lamp, area, normal: scale(n, 1 / area) };
  });

  const direct = (p: Vec, n: Vec, albedo: Vec, random: Random, sum: number[]): void => {
    const lamp = lamps[Math.floor(random.next() * lamps.length)];
    if (lamp) {
      const q = add(lamp.corner, add(scale(lamp.u, random.next()), scale(lamp.v, random.next())));
      const to = sub(q, p);
      const d2 = dot(to, to);
      const d = Math.sqrt(d2);
      const l = scale(to, 1 / d);
      const k = Math.max(0, dot(n, l)) * Math.max(0, -dot(lamp.normal, l));
      if (k > 0 && !blocked(tree, p, l, d * 0.999))
        plus(sum, albedo, lamp.color, (k * lamp.area * lamps.length) / (Math.PI * Math.max(0.02, d2)));
    }
    if (room.sun) {
      const { dir, color, spread } = room.sun;
      const jitter: Vec = [random.range(-1, 1), random.range(-1, 1), random.range(-1, 1)];
      const l = normalize(add(dir, scale(jitter, spread)));
      const k = dot(n, l);
      if (k > 0 && !blocked(tree, p, l, 1e9)) plus(sum, albedo, color, k);
    }
  };

  const path = (
    origin: Vec,
    start: Vec,
    random: Random,
    out: number[],
    seen: { t: number; floor: boolean },
  ) => {
    let o = origin;
    let d = start;
    let weight: Vec = [1, 1, 1];
    let clear = true;
    for (let bounce = 0; ; bounce++) {
      const hit = firstHit(tree, o, d);
      if (bounce === 0) {
        seen.t = hit ? hit.t : 1e9;
        seen.floor = hit?.solid.paint.floor ?? false;
      }
      if (!hit) return plus(out, weight, room.outside(o, d, clear), 1);
      const { color, glow, gloss = 0, rough = 0.1 } = hit.solid.paint;
      if (glow) plus(out, weight, glow, 1);
      if (bounce === BOUNCES)
        return plus(out, [weight[0] * color[0], weight[1] * color[1], weight[2] * color[2]], room.ambient, 1);
      const n = dot(hit.normal, d) > 0 ? scale(hit.normal, -1) : hit.normal;
      const p = add(add(o, scale(d, hit.t)), scale(n, 1e-4));
      const mirror = gloss * (0.05 + 0.95 * (1 - Math.min(1, -dot(n, d))) ** 5);
      // Both ways are taken in turn, weighed by chance, so neither needs a second path.
      const chance = mirror > 0 ? Math.max(0.25, mirror) : 0;
      if (random.next() < chance) {
        weight = scale(weight, mirror / chance);
        const r = reflect(d, n);
        const jitter: Vec = [random.normal() * rough, random.normal() * rough, random.normal() * rough];
        d = normalize(add(r, jitter));
        if (dot(d, n) <= 0) return;
      } else {
        const k = (1 - mirror) / (1 - chance);
        weight = [weight[0] * color[0] * k, weight[1] * color[1] * k, weight[2] * color[2] * k];
        direct(p, n, weight, random, out);
        d = scatter(n, random);
        clear = false;
      }
      o = p;
    }
  };

  const result: Traced = {
    side,
    light: new Float32Array(side * side * 3),
    near: new Float32Array(side * side),
    floor: new Float32Array(side * side),
  };
  const seen = { t: 0, floor: false };
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const random = new Random(y * 4099 + x);
      const at = y * side + x;
      for (let i = 0; i < paths; i++) {
        const sx = ((x + random.next()) / side - 0.5) / view.focal;
        const sy = (view.eyeLine - (y + random.next()) / side) / view.focal;
        const out = [0, 0, 0];
        const d = normalize([sx, sy, -1]);
        path(view.eye, d, random, out, seen);
        // A stray bright path would leave a spark; the hue is kept, or lamps turn white.
        const tame = Math.min(1, (seen.floor ? 2.2 : 6) / Math.max(out[0]!, out[1]!, out[2]!, 1e-9)) / paths;
        for (let c = 0; c < 3; c++) result.light[at * 3 + c]! += out[c]! * tame;
        result.near[at]! += Math.max(0.08, -1 / (d[2] * seen.t)) / paths;
        result.floor[at]! += (seen.floor ? 1 : 0) / paths;
      }
    }
    if (y % 80 === 79) say(`row ${y + 1} of ${side}`);
  }
  return result;
}
