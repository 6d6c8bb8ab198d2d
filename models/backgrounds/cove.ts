// Owns: the infinity cove: a floor that curves up into a wall, under soft boxes and a spot.
// Each point's light is the sum over the lamp's face of cos·cos/d², so falloff and the
// darker bend come from geometry; a fixed grid of lamp points keeps the result smooth.

import { add, cross, dot, mixVec, normalize, scale, smoothstep, sub, type Vec } from '../samples/vector.ts';
import { type Painter, type Picture, paintSmooth } from './picture.ts';

export type SoftBox = { at: Vec; aim: Vec; wide: number; tall: number; color: Vec };

export type Spot = { at: Vec; aim: Vec; reach: number; color: Vec };

export type Cove = {
  /** Eye height and the focal length in picture heights; the eye looks straight ahead. */
  eye: number;
  focal: number;
  wall: number;
  bend: number;
  floorColor: Vec;
  wallColor: Vec;
  /** Half the width of the colour change, in metres along the profile. */
  seam: number;
  boxes: SoftBox[];
  spots: Spot[];
  ambient: Vec;
  curve: Picture['curve'];
  /** Shade thrown on a lamp's light, 1 where none: a window frame, a leaf. */
  gobo?: (p: Vec) => number;
  gain: number;
  /** How much of the room's light the bend misses. */
  dip: number;
};

const GRID = 9;

function lampPoints(box: SoftBox): { points: Vec[]; normal: Vec } {
  const normal = normalize(sub(box.aim, box.at));
  const right = normalize(cross(normal, [0, 1, 0.01]));
  const up = cross(right, normal);
  const points: Vec[] = [];
  for (let j = 0; j < GRID; j++) {
    for (let i = 0; i < GRID; i++) {
      const a = ((i + 0.5) / GRID - 0.5) * box.wide;
      const b = ((j + 0.5) / GRID - 0.5) * box.tall;
      points.push(add(box.at, add(scale(right, a), scale(up, b))));
    }
  }
  return { points, normal };
}

/** Point, normal and distance along the profile past the bend's middle (wall positive). */
function hitCove(c: Cove, u: number, v: number): { p: Vec; n: Vec; along: number } {
  const d: Vec = [(u - 0.5) / c.focal, (0.5 - v) / c.focal, -1];
  const eye: Vec = [0, c.eye, 0];
  const r = c.bend;
  const half = (r * Math.PI) / 4;
  const floor = d[1] < 0 ? c.eye / -d[1] : Number.POSITIVE_INFINITY;
  const start = c.wall - r;
  if (floor <= start) return { p: add(eye, scale(d, floor)), n: [0, 1, 0], along: floor - start - half };
  const high = c.eye + d[1] * c.wall;
  if (high >= r) return { p: [d[0] * c.wall, high, -c.wall], n: [0, 0, 1], along: high - r + half };
  // The bend is a quarter circle about (y = r, z = -start).
  const oy = c.eye - r;
  const a = d[1] * d[1] + 1;
  const b = d[1] * oy - start;
  const t = (-b + Math.sqrt(Math.max(0, b * b - a * (oy * oy + start * start - r * r)))) / a;
  const p = add(eye, scale(d, t));
  const angle = Math.atan2(t - start, r - p[1]);
  return { p, n: [0, Math.cos(angle), Math.sin(angle)], along: angle * r - half };
}

export function paintCove(cove: Cove): Painter {
  const lamps = cove.boxes.map((box) => ({ box, ...lampPoints(box) }));
  return (size) => ({
    light: paintSmooth(size, cove.seam < 0.05 ? 2 : 4, (u, v, out) => {
      const { p, n, along } = hitCove(cove, u, v);
      const albedo = mixVec(cove.floorColor, cove.wallColor, smoothstep(-cove.seam, cove.seam, along));
      // The bend sees more of the paper itself and less of the room.
      const open = 1 - cove.dip * Math.exp(-((along / (cove.bend + 0.25)) ** 2));
      const sum = scale(cove.ambient, open) as [number, number, number];
      for (const { box, points, normal } of lamps) {
        let e = 0;
        for (const q of points) {
          const to = sub(q, p);
          const d2 = dot(to, to);
          e += (Math.max(0, dot(n, to)) * Math.max(0, -dot(normal, to))) / (d2 * d2);
        }
        e *= (cove.gobo?.(p) ?? 1) / points.length;
        for (let c = 0; c < 3; c++) sum[c]! += box.color[c]! * e;
      }
      for (const s of cove.spots) {
        const to = sub(s.at, p);
        const d2 = dot(to, to);
        const l = normalize(to);
        const off = Math.acos(Math.min(1, -dot(l, normalize(sub(s.aim, s.at)))));
        const e = (Math.exp(-((off / s.reach) ** 2)) * Math.max(0, dot(n, l))) / d2;
        for (let c = 0; c < 3; c++) sum[c]! += s.color[c]! * e;
      }
      for (let c = 0; c < 3; c++) out[c] = albedo[c]! * sum[c]! * cove.gain;
    }),
    size,
    curve: cove.curve,
    grain: 1,
  });
}
