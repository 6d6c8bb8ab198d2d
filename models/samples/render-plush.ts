// Owns: the order in which a plush picture comes together.

import { BAND, FINE, sortPieces } from './hair-raster.ts';
import { DRAWN_FLOATS } from './hair-shading.ts';
import { addHairs, newGrid } from './light-volume.ts';
import type { PlushShared } from './plush-jobs.ts';
import type { PlushScene } from './plush-scene.ts';
import type { Pool } from './pool.ts';
import { HAIR_FLOATS, HAIRS_PER_CHUNK, KNOT_FLOATS, KNOTS, layThreads } from './strands.ts';
import { MAP, MAP_FLOATS } from './table.ts';

export type Rendered = { light: Float32Array; alpha: Float32Array };

function floats(n: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(n * 4));
}

export async function renderPlush(
  scene: PlushScene,
  width: number,
  height: number,
  draft: number,
  pool: Pool,
  say: (text: string) => void,
): Promise<Rendered> {
  const chunks = Math.max(1, Math.round((scene.hairs * draft) / HAIRS_PER_CHUNK));
  const grown = chunks * HAIRS_PER_CHUNK;
  const hairCount = grown + scene.plush.threads.length;
  const { lo, hi } = scene.plush;
  const d: PlushShared = {
    scene: scene.name,
    width,
    height,
    hairCount,
    tableSamples: draft < 1 ? 12 : 40,
    grid: newGrid(lo, hi, draft < 1 ? 0.024 : 0.018),
    knots: floats(hairCount * KNOT_FLOATS),
    hairs: floats(hairCount * HAIR_FLOATS),
    drawn: floats(hairCount * KNOTS * DRAWN_FLOATS),
    order: new Uint32Array(new SharedArrayBuffer(hairCount * (KNOTS - 1) * 4)),
    skin: floats(width * height * FINE * FINE * 4),
    layer: floats(width * height * 4),
    shadows: floats(MAP * MAP * MAP_FLOATS),
    picture: floats(width * height * 3),
  };
  say('growing fur');
  await pool.run('grow', chunks, d);
  layThreads(scene.plush, scene.camera.eye, grown, d.knots, d.hairs);
  say('lighting the coat');
  await pool.run('fill', d.grid.nz, d);
  // Fewer, equally thin hairs in a draft must shade each other as the full coat does.
  addHairs(d.grid, grown, d.knots, d.hairs, 0.16 / draft);
  await pool.run('light', d.grid.nz, d);
  await pool.run('shadow', MAP, d);
  say('tracing eyes, nose and skin');
  await pool.run('skin', height, d);
  say('drawing hairs');
  await pool.run('shade', Math.ceil(hairCount / HAIRS_PER_CHUNK), d);
  sortPieces(d.drawn, hairCount, d.order);
  await pool.run('raster', Math.ceil(height / BAND), d);
  say('painting the surroundings');
  const far = scene.backdrop(
    Math.round(width * scene.backdropScale),
    Math.round(height * scene.backdropScale),
  );
  far.enlarge(width, height, d.picture);
  await pool.run('table', height, d);
  const alpha = new Float32Array(width * height);
  for (let i = 0; i < width * height; i++) {
    alpha[i] = d.layer[i * 4 + 3]!;
    for (let c = 0; c < 3; c++)
      d.picture[i * 3 + c] = d.picture[i * 3 + c]! * (1 - alpha[i]!) + d.layer[i * 4 + c]!;
  }
  return { light: d.picture, alpha };
}
