// Owns: the surface the subject stands on, seen through a lens: in focus by the subject and
// soft in front and behind. Shadows arrive as a small map laid on the plane y = 0.

import { type Camera, lensRay } from './camera.ts';
import { areaDirections, fibonacci } from './directions.ts';
import { type Grid, type Lights, transmittance } from './light-volume.ts';
import { hash3 } from './noise.ts';
import { clamp01 } from './vector.ts';

export type Table = {
  /** The slab's extent; beyond it the backdrop shows. */
  back: number;
  front: number;
  shade(x: number, z: number, out: Float64Array): void;
  gloss: number;
};

export const MAP = 320;
export const MAP_HALF = 2.6;
/** Per texel: key, rim, ambient share. */
export const MAP_FLOATS = 3;

export function shadowRow(grid: Grid, lights: Lights, row: number, map: Float32Array): void {
  const key = areaDirections(lights.key.dir, lights.key.spread * 1.3, 20);
  const rim = areaDirections(lights.rim.dir, lights.rim.spread * 1.3, 12);
  const dome = fibonacci(56).filter((d) => d[1] > 0.05);
  const z = ((row + 0.5) / MAP) * 2 * MAP_HALF - MAP_HALF;
  for (let i = 0; i < MAP; i++) {
    const x = ((i + 0.5) / MAP) * 2 * MAP_HALF - MAP_HALF;
    const at = (row * MAP + i) * MAP_FLOATS;
    let sum = 0;
    for (const d of key) sum += transmittance(grid, x, 0.002, z, d[0], d[1], d[2], 0, 4, 1);
    map[at] = sum / key.length;
    sum = 0;
    for (const d of rim) sum += transmittance(grid, x, 0.002, z, d[0], d[1], d[2], 0, 4, 1);
    map[at + 1] = sum / rim.length;
    sum = 0;
    let total = 0;
    for (const d of dome) {
      sum += d[1] * transmittance(grid, x, 0.002, z, d[0], d[1], d[2], 0, 2.5, 1.5);
      total += d[1];
    }
    map[at + 2] = sum / total;
  }
}

function readMap(map: Float32Array, x: number, z: number, out: Float64Array): void {
  const u = Math.max(0, Math.min(MAP - 1.001, ((x + MAP_HALF) / (2 * MAP_HALF)) * MAP - 0.5));
  const v = Math.max(0, Math.min(MAP - 1.001, ((z + MAP_HALF) / (2 * MAP_HALF)) * MAP - 0.5));
  const i = Math.floor(u);
  const j = Math.floor(v);
  for (let c = 0; c < MAP_FLOATS; c++) {
    const at = (a: number, b: number): number => map[((j + b) * MAP + i + a) * MAP_FLOATS + c]!;
    const near = at(0, 0) + (at(1, 0) - at(0, 0)) * (u - i);
    const far = at(0, 1) + (at(1, 1) - at(0, 1)) * (u - i);
    out[c] = near + (far - near) * (v - j);
  }
}

/** Paints one row of table over the backdrop already in the picture. */
export function paintTableRow(
  cam: Camera,
  table: Table,
  lights: Lights,
  map: Float32Array,
  row: number,
  samples: number,
  picture: Float32Array,
): void {
  const albedo = new Float64Array(3);
  const shadow = new Float64Array(MAP_FLOATS);
  const sky = new Float64Array(3);
  const up = lights.key.dir[1];
  const rimUp = lights.rim.dir[1];
  const seen = [0, 0, 0];
  for (let x = 0; x < cam.width; x++) {
    const turn = hash3(x, row, 0, 31);
    const nudge = hash3(x, row, 1, 31);
    let hits = 0;
    seen.fill(0);
    for (let s = 0; s < samples; s++) {
      const radius = Math.sqrt((s + nudge) / samples);
      const angle = (s * 0.381966 + turn) * 6.283185;
      const jx = ((s * 0.754877 + turn) % 1) - 0.5;
      const jy = ((s * 0.56984 + nudge) % 1) - 0.5;
      const ray = lensRay(
        cam,
        x + 0.5 + jx,
        row + 0.5 + jy,
        Math.cos(angle) * radius,
        Math.sin(angle) * radius,
      );
      if (ray.dir[1] >= -1e-4) continue;
      const t = -ray.origin[1] / ray.dir[1];
      const px = ray.origin[0] + ray.dir[0] * t;
      const pz = ray.origin[2] + ray.dir[2] * t;
      if (pz < table.back || pz > table.front) continue;
      hits++;
      table.shade(px, pz, albedo);
      readMap(map, px, pz, shadow);
      lights.sky(ray.dir[0], -ray.dir[1], ray.dir[2], sky);
      const fresnel = table.gloss * (0.04 + 0.96 * (1 + ray.dir[1]) ** 5);
      // Falls off to the sides, so that the eye stays on the subject.
      const pool = 0.55 + 0.45 * clamp01(1.25 - (px * px + pz * pz) * 0.09);
      for (let c = 0; c < 3; c++) {
        const light =
          lights.key.color[c]! * up * shadow[0]! +
          lights.rim.color[c]! * rimUp * shadow[1]! * 0.6 +
          0.42 * shadow[2]!;
        seen[c]! += albedo[c]! * light * pool + fresnel * sky[c]! * shadow[2]!;
      }
    }
    const at = (row * cam.width + x) * 3;
    const share = hits / samples;
    for (let c = 0; c < 3; c++) picture[at + c] = picture[at + c]! * (1 - share) + seen[c]! / samples;
  }
}
