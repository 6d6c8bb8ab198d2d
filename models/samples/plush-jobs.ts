// Owns: the pieces of a plush picture that threads share out, and the memory they share.

import { type Camera, makeCamera } from './camera.ts';
import { FINE, rasterBand } from './hair-raster.ts';
import { shadeChunk } from './hair-shading.ts';
import { fillSkin, type Grid, lightLayer } from './light-volume.ts';
import type { PlushScene } from './plush-scene.ts';
import { scenePlushBear } from './scene-plush-bear.ts';
import { scenePlushFox } from './scene-plush-fox.ts';
import { traceSkinRow } from './skin.ts';
import { growChunk } from './strands.ts';
import { paintTableRow, shadowRow } from './table.ts';

export const plushScenes: Record<string, PlushScene> = {
  [scenePlushFox.name]: scenePlushFox,
  [scenePlushBear.name]: scenePlushBear,
};

export type PlushShared = {
  scene: string;
  width: number;
  height: number;
  hairCount: number;
  tableSamples: number;
  grid: Grid;
  knots: Float32Array;
  hairs: Float32Array;
  drawn: Float32Array;
  order: Uint32Array;
  /** Fine rgb + depth under the fur. */
  skin: Float32Array;
  /** The subject alone, premultiplied RGBA. */
  layer: Float32Array;
  shadows: Float32Array;
  picture: Float32Array;
};

function open(d: PlushShared): { s: PlushScene; cam: Camera } {
  const s = plushScenes[d.scene];
  if (!s) throw new Error(`no scene called ${d.scene}`);
  return { s, cam: makeCamera(s.camera, d.width, d.height) };
}

export const plushJobs = {
  grow(chunk: number, d: PlushShared): void {
    const { s } = open(d);
    growChunk(s.plush, s.camera.eye, chunk, d.knots, d.hairs);
  },
  fill(layer: number, d: PlushShared): void {
    const { s } = open(d);
    fillSkin(d.grid, (x, y, z) => Math.min(s.plush.skin(x, y, z), s.plush.solid(x, y, z)), layer);
  },
  light(layer: number, d: PlushShared): void {
    lightLayer(d.grid, open(d).s.lights, layer);
  },
  shadow(row: number, d: PlushShared): void {
    shadowRow(d.grid, open(d).s.lights, row, d.shadows);
  },
  skin(row: number, d: PlushShared): void {
    const { s, cam } = open(d);
    for (let i = 0; i < FINE; i++) traceSkinRow(cam, s.plush, s.lights, d.grid, row * FINE + i, d.skin);
  },
  shade(chunk: number, d: PlushShared): void {
    const { s, cam } = open(d);
    shadeChunk(cam, s.lights, d.grid, chunk, d.hairCount, d.knots, d.hairs, d.drawn);
  },
  raster(band: number, d: PlushShared): void {
    rasterBand(band, d.width, d.height, d.order.length, d.drawn, d.order, d.skin, d.layer);
  },
  table(row: number, d: PlushShared): void {
    const { s, cam } = open(d);
    paintTableRow(cam, s.table, s.lights, d.shadows, row, d.tableSamples, d.picture);
  },
};
