// Owns: what lies under the fur: the skin, and the hard parts sewn on to it (glass eyes,
// embroidered nose, ribbon), found by sphere tracing at the fine scale.

import { type Camera, pinholeRay } from './camera.ts';
import { FINE } from './hair-raster.ts';
import { type Grid, LIGHT_FLOATS, type Lights, sampleLight } from './light-volume.ts';
import { fbm } from './noise.ts';
import { newGroom, type Plush } from './plush.ts';
import { clipToBox, gradient, march } from './sdf.ts';
import { cross, dot, normalize, reflect, smoothstep, type Vec } from './vector.ts';

function wrapped(n: Vec, l: Vec, w: number): number {
  return Math.max(0, (dot(n, l) + w) / (1 + w));
}

/** A window of four panes as a polished eye mirrors it. */
function windowSeen(r: Vec, dir: Vec): number {
  const along = dot(r, dir);
  if (along <= 0) return 0;
  const side = normalize(cross(dir, [0, 1, 0]));
  const u = Math.abs(dot(r, side) / along);
  const v = Math.abs(dot(r, cross(side, dir)) / along);
  const frame = smoothstep(0.44, 0.38, u) * smoothstep(0.56, 0.5, v);
  const bars = smoothstep(0.025, 0.05, u) * smoothstep(0.025, 0.05, v);
  return frame * (0.35 + 0.65 * bars);
}

/** Traces one fine row into rgb + depth. */
export function traceSkinRow(
  cam: Camera,
  plush: Plush,
  lights: Lights,
  grid: Grid,
  row: number,
  skin: Float32Array,
): void {
  const w = cam.width * FINE;
  const span = new Float64Array(2);
  const n = new Float64Array(3);
  const lit = new Float64Array(LIGHT_FLOATS);
  const rgb = new Float64Array(3);
  const sky = new Float64Array(3);
  const g = newGroom();
  const both = (x: number, y: number, z: number): number =>
    Math.min(plush.skin(x, y, z), plush.solid(x, y, z));
  for (let x = 0; x < w; x++) {
    const d = pinholeRay(cam, (x + 0.5) / FINE, (row + 0.5) / FINE);
    if (!clipToBox(cam.eye, d, plush.lo, plush.hi, span)) continue;
    const t = march(
      both,
      cam.eye[0],
      cam.eye[1],
      cam.eye[2],
      d[0],
      d[1],
      d[2],
      span[0]!,
      span[1]!,
      0.0015,
      0.9,
    );
    if (t < 0) continue;
    const px = cam.eye[0] + d[0] * t;
    const py = cam.eye[1] + d[1] * t;
    const pz = cam.eye[2] + d[2] * t;
    const at = (row * w + x) * 4;
    skin[at + 3] = t * dot(d, cam.forward);
    if (plush.solid(px, py, pz) > plush.skin(px, py, pz)) {
      gradient(plush.skin, px, py, pz, 0.004, n);
      plush.groom(px, py, pz, n[0]!, n[1]!, n[2]!, g);
      sampleLight(grid, px + n[0]! * 0.03, py + n[1]! * 0.03, pz + n[2]! * 0.03, lit);
      for (let c = 0; c < 3; c++)
        skin[at + c] = g.root[c]! * 0.6 * (0.12 + lit[2 + c]! + lights.key.color[c]! * lit[0]! * 0.5);
      continue;
    }
    gradient(plush.solid, px, py, pz, 0.001, n);
    const s = plush.solidAt(px, py, pz);
    let normal: Vec = [n[0]!, n[1]!, n[2]!];
    let tone = 1;
    if (s.kind === 'thread') {
      // Satin stitch: parallel threads, each a small ridge.
      const ridge = Math.sin(px * 330 + 3 * fbm(px * 30, py * 30, pz * 30, 2, 9));
      tone = 0.55 + 0.6 * (0.5 + 0.5 * ridge);
      normal = [n[0]! + 0.35 * Math.cos(px * 330), n[1]!, n[2]!];
    } else if (s.kind === 'satin') {
      // Ribbon: fine cross-ribs, and a slow unevenness as woven cloth has.
      tone =
        0.86 +
        0.14 * Math.sin((px * 0.9 + py * 0.3) * 640) +
        0.5 * (fbm(px * 14, py * 14, pz * 14, 3, 9) - 0.5);
      normal = [n[0]! + 0.08 * Math.sin(px * 640), n[1]!, n[2]!];
    }
    sampleLight(grid, px + n[0]! * 0.035, py + n[1]! * 0.035, pz + n[2]! * 0.035, lit);
    const r = reflect(d, normal);
    lights.sky(r[0], r[1], r[2], sky);
    const cos = Math.max(0, -dot(d, normal));
    const fresnel = 0.04 + 0.96 * (1 - cos) ** 5;
    // Two catchlights: the window, then its dim round bounce from the other side.
    const window = s.kind === 'glass' ? windowSeen(r, lights.key.dir) : 0;
    const bounce = smoothstep(0.9, 1, dot(r, normalize([-lights.key.dir[0], -0.45, 0.9])));
    for (let c = 0; c < 3; c++) {
      const diffuse =
        lit[2 + c]! +
        lights.key.color[c]! * lit[0]! * wrapped(normal, lights.key.dir, 0.2) +
        lights.rim.color[c]! * lit[1]! * wrapped(normal, lights.rim.dir, 0.1);
      rgb[c] = s.albedo[c]! * tone * diffuse;
      if (s.kind === 'glass') {
        rgb[c]! += fresnel * sky[c]! * 0.55 + (0.75 * window + 0.07 * bounce) * lights.key.color[c]!;
      } else {
        const lobe = Math.max(0, dot(r, lights.key.dir)) ** (s.kind === 'satin' ? 14 : 10);
        rgb[c]! += s.gloss * (fresnel * sky[c]! + 0.12 * lobe * lit[0]! * lights.key.color[c]!);
      }
      skin[at + c] = rgb[c]!;
    }
  }
}
