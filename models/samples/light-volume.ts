// Owns: how much light reaches each place in the coat. Hairs and skin are splatted into a
// grid of optical density; marching that grid towards the lights and the sky gives tufts
// that shade each other, a soft shadow on the table and ambient occlusion, all from one
// structure (the idea of deep shadow maps, Lokovic & Veach, SIGGRAPH 2000, held in a grid).

import { areaDirections, fibonacci } from './directions.ts';
import type { Distance } from './sdf.ts';
import { HAIR_FLOATS, KNOT_FLOATS, KNOTS } from './strands.ts';
import type { Vec } from './vector.ts';

export type Grid = {
  lo: Vec;
  cell: number;
  nx: number;
  ny: number;
  nz: number;
  density: Float32Array;
  /** Per cell: key, rim, then ambient red, green, blue. */
  light: Float32Array;
};

export const LIGHT_FLOATS = 5;

export type Lights = {
  key: { dir: Vec; color: Vec; spread: number };
  rim: { dir: Vec; color: Vec; spread: number };
  /** Radiance from far away, by direction; what glossy parts mirror as well. */
  sky(dx: number, dy: number, dz: number, out: Float64Array): void;
};

export function newGrid(lo: Vec, hi: Vec, cell: number): Grid {
  const nx = Math.ceil((hi[0] - lo[0]) / cell);
  const ny = Math.ceil((hi[1] - lo[1]) / cell);
  const nz = Math.ceil((hi[2] - lo[2]) / cell);
  const n = nx * ny * nz;
  return {
    lo,
    cell,
    nx,
    ny,
    nz,
    density: new Float32Array(new SharedArrayBuffer(n * 4)),
    light: new Float32Array(new SharedArrayBuffer(n * 4 * LIGHT_FLOATS)),
  };
}

/** Makes the inside of the toy opaque, one layer of cells at a time. */
export function fillSkin(grid: Grid, shape: Distance, layer: number): void {
  const { lo, cell, nx, ny } = grid;
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) {
      const d = shape(lo[0] + (i + 0.5) * cell, lo[1] + (j + 0.5) * cell, lo[2] + (layer + 0.5) * cell);
      grid.density[(layer * ny + j) * nx + i] = 60 * Math.max(0, Math.min(1, 0.5 - d / cell));
    }
  }
}

/** Adds the hairs. Runs on one thread: a fixed order keeps the float sums the same. */
export function addHairs(
  grid: Grid,
  count: number,
  knots: Float32Array,
  hairs: Float32Array,
  weight: number,
): void {
  const { lo, cell, nx, ny, nz, density } = grid;
  const k0 = weight / (cell * cell * cell);
  for (let h = 0; h < count; h++) {
    const q = h * KNOT_FLOATS;
    const len = Math.hypot(
      knots[q + 3]! - knots[q]!,
      knots[q + 4]! - knots[q + 1]!,
      knots[q + 5]! - knots[q + 2]!,
    );
    const w = hairs[h * HAIR_FLOATS + 6]!;
    for (let k = 0; k < KNOTS; k++) {
      const i = Math.floor((knots[q + k * 3]! - lo[0]) / cell);
      const j = Math.floor((knots[q + k * 3 + 1]! - lo[1]) / cell);
      const l = Math.floor((knots[q + k * 3 + 2]! - lo[2]) / cell);
      if (i < 0 || j < 0 || l < 0 || i >= nx || j >= ny || l >= nz) continue;
      density[(l * ny + j) * nx + i]! += k0 * w * len * (1 - (k / KNOTS) * 0.7);
    }
  }
}

/** Light left after crossing the grid from a point along a direction. */
export function transmittance(
  grid: Grid,
  x: number,
  y: number,
  z: number,
  dx: number,
  dy: number,
  dz: number,
  from: number,
  reach: number,
  stride: number,
): number {
  const { cell, nx, ny, nz, density } = grid;
  const inv = 1 / cell;
  const s = cell * stride;
  let px = (x + dx * from - grid.lo[0]) * inv;
  let py = (y + dy * from - grid.lo[1]) * inv;
  let pz = (z + dz * from - grid.lo[2]) * inv;
  const ex = dx * stride;
  const ey = dy * stride;
  const ez = dz * stride;
  const steps = Math.ceil(reach / s);
  let tau = 0;
  for (let i = 0; i < steps; i++) {
    const ix = Math.floor(px);
    const iy = Math.floor(py);
    const iz = Math.floor(pz);
    if (ix >= 0 && iy >= 0 && iz >= 0 && ix < nx && iy < ny && iz < nz) {
      tau += density[(iz * ny + iy) * nx + ix]! * s;
      if (tau > 7) return 0;
    }
    px += ex;
    py += ey;
    pz += ez;
  }
  return Math.exp(-tau);
}

/** Lights one layer of cells; cells that hold nothing and touch nothing are skipped. */
export function lightLayer(grid: Grid, lights: Lights, layer: number): void {
  const { lo, cell, nx, ny, nz, density, light } = grid;
  const sky = fibonacci(24);
  const key = areaDirections(lights.key.dir, lights.key.spread, 5);
  const rim = areaDirections(lights.rim.dir, lights.rim.spread, 4);
  const rgb = new Float64Array(3);
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) {
      let near = 0;
      for (let c = Math.max(0, layer - 2); c <= Math.min(nz - 1, layer + 2) && near === 0; c++) {
        for (let b = Math.max(0, j - 2); b <= Math.min(ny - 1, j + 2) && near === 0; b++) {
          for (let a = Math.max(0, i - 2); a <= Math.min(nx - 1, i + 2); a++)
            near += density[(c * ny + b) * nx + a]!;
        }
      }
      if (near === 0 || density[(layer * ny + j) * nx + i]! > 59) continue;
      const x = lo[0] + (i + 0.5) * cell;
      const y = lo[1] + (j + 0.5) * cell;
      const z = lo[2] + (layer + 0.5) * cell;
      const at = ((layer * ny + j) * nx + i) * LIGHT_FLOATS;
      let sum = 0;
      for (const d of key) sum += transmittance(grid, x, y, z, d[0], d[1], d[2], cell * 0.5, 3, 1);
      light[at] = sum / key.length;
      sum = 0;
      for (const d of rim) sum += transmittance(grid, x, y, z, d[0], d[1], d[2], cell * 0.5, 3, 1);
      light[at + 1] = sum / rim.length;
      for (const d of sky) {
        const t = transmittance(grid, x, y, z, d[0], d[1], d[2], cell * 0.6, 1.2, 1.5);
        lights.sky(d[0], d[1], d[2], rgb);
        for (let c = 0; c < 3; c++) light[at + 2 + c]! += (rgb[c]! * t) / sky.length;
      }
    }
  }
}

/** Reads the light at a point, blended between cells. */
export function sampleLight(grid: Grid, x: number, y: number, z: number, out: Float64Array): void {
  const { cell, nx, ny, nz, light } = grid;
  const fx = Math.max(0, Math.min(nx - 1.001, (x - grid.lo[0]) / cell - 0.5));
  const fy = Math.max(0, Math.min(ny - 1.001, (y - grid.lo[1]) / cell - 0.5));
  const fz = Math.max(0, Math.min(nz - 1.001, (z - grid.lo[2]) / cell - 0.5));
  const i = Math.floor(fx);
  const j = Math.floor(fy);
  const k = Math.floor(fz);
  for (let c = 0; c < LIGHT_FLOATS; c++) out[c] = 0;
  for (let corner = 0; corner < 8; corner++) {
    const a = corner & 1;
    const b = (corner >> 1) & 1;
    const d = corner >> 2;
    const w = (a ? fx - i : 1 - fx + i) * (b ? fy - j : 1 - fy + j) * (d ? fz - k : 1 - fz + k);
    const at = (((k + d) * ny + j + b) * nx + i + a) * LIGHT_FLOATS;
    for (let c = 0; c < LIGHT_FLOATS; c++) out[c]! += w * light[at + c]!;
  }
}
