// Owns: the bear's picture: afternoon sun from behind, a garden, a weathered table.

import { paintGarden } from './backdrop-garden.ts';
import { fbm, valueNoise } from './noise.ts';
import { plushBear } from './plush-bear.ts';
import type { PlushScene } from './plush-scene.ts';
import { normalize, smoothstep } from './vector.ts';

export const scenePlushBear: PlushScene = {
  name: 'plush-bear',
  width: 1400,
  height: 1050,
  plush: plushBear,
  hairs: 700_000,
  camera: { eye: [-0.5, 1.85, 8.4], target: [0.1, 1.12, 0], fov: 22.3, lens: 0.12, focus: 7.7 },
  lights: {
    key: { dir: normalize([-0.55, 0.8, 0.7]), color: [1.45, 1.41, 1.3], spread: 0.45 },
    rim: { dir: normalize([0.62, 0.75, -0.7]), color: [4.0, 3.3, 2.15], spread: 0.12 },
    sky(x, y, z, out) {
      const up = smoothstep(-0.2, 0.9, y);
      const low = smoothstep(0.2, -0.6, y);
      const front = smoothstep(0, 1, z * 0.7 - x * 0.5 + y * 0.2);
      out[0] = 0.2 + 0.4 * up + 0.3 * front + 0.06 * low;
      out[1] = 0.22 + 0.43 * up + 0.3 * front + 0.04 * low;
      out[2] = 0.18 + 0.5 * up + 0.31 * front - 0.04 * low;
    },
  },
  table: {
    back: -2.2,
    front: 5,
    gloss: 0.25,
    shade(x, z, out) {
      // Silvered garden planks.
      const board = Math.floor(z / 0.78 + 40);
      const edge = Math.abs(z / 0.78 + 40 - board - 0.5) * 2;
      const gap = smoothstep(0.968, 0.985, edge);
      const own = valueNoise(board * 5.7, 0, 0, 3);
      const grain = fbm(x * 1.6 + board * 5, z * 48, 0, 4, 24);
      const rings = fbm(x * 0.5 + board * 9, z * 5, 0, 3, 22);
      const vein = 0.5 + 0.5 * Math.sin(rings * 40 + grain * 3);
      const k = (0.6 + 0.2 * own + 0.2 * vein + 0.5 * (grain - 0.5)) * (1 - 0.85 * gap);
      out[0] = 0.3 * k;
      out[1] = 0.265 * k;
      out[2] = 0.225 * k;
    },
  },
  backdrop: paintGarden,
  backdropScale: 0.5,
  grade: { exposure: 1.15, vignette: 0.35, noise: 2.6, saturation: 1.06 },
};
