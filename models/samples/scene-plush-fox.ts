// Owns: the fox's picture: light, camera, table and room.

import { paintRoom } from './backdrop-room.ts';
import { fbm, valueNoise } from './noise.ts';
import { plushFox } from './plush-fox.ts';
import type { PlushScene } from './plush-scene.ts';
import { normalize, smoothstep } from './vector.ts';

export const scenePlushFox: PlushScene = {
  name: 'plush-fox',
  width: 1200,
  height: 1500,
  plush: plushFox,
  hairs: 780_000,
  camera: { eye: [0.35, 2.05, 8.2], target: [0.2, 1.2, 0], fov: 22.4, lens: 0.11, focus: 7.75 },
  lights: {
    key: { dir: normalize([-0.72, 0.72, 0.62]), color: [1.75, 1.68, 1.56], spread: 0.3 },
    rim: { dir: normalize([0.75, 0.62, -0.75]), color: [1.25, 0.95, 0.66], spread: 0.25 },
    sky(x, y, z, out) {
      const window = smoothstep(0.35, 0.8, -x * 0.85 + z * 0.2 + y * 0.25);
      const floor = smoothstep(0.1, -0.5, y);
      const lamp = smoothstep(0.6, 0.95, x * 0.8 + y * 0.3 - z * 0.3);
      // A white card in front, low and to the right, opens the shadows on the face.
      const card = 0.5 * smoothstep(0.2, 0.9, z * 0.85 + x * 0.3 - y * 0.15);
      out[0] = 0.3 + card + 0.95 * window + 0.1 * floor + 0.4 * lamp;
      out[1] = 0.31 + card * 0.97 + 1.0 * window + 0.02 * floor + 0.26 * lamp;
      out[2] = 0.33 + card * 0.9 + 1.08 * window - 0.08 * floor + 0.14 * lamp;
    },
  },
  table: {
    back: -3.2,
    front: 5,
    gloss: 0.55,
    shade(x, z, out) {
      // Oak boards run across the frame; grain is noise drawn out along them.
      const board = Math.floor(z / 0.62 + 40);
      const edge = Math.abs(z / 0.62 + 40 - board - 0.5) * 2;
      const gap = smoothstep(0.985, 0.997, edge);
      const own = valueNoise(board * 7.3, 0, 0, 3);
      const rings = fbm(x * 0.55 + board * 11, z * 4.5 + board * 3, 0, 3, 12);
      const grain = fbm(x * 2.2 + board * 5, z * 60, 0, 3, 14);
      const vein = 0.5 + 0.5 * Math.sin(rings * 34 + grain * 2.5);
      const pores = smoothstep(0.62, 0.8, valueNoise(x * 9 + board * 3, z * 190, 0, 17));
      const k = (0.56 + 0.26 * own + 0.26 * vein + 0.5 * (grain - 0.5) - 0.14 * pores) * (1 - 0.8 * gap);
      out[0] = 0.4 * k;
      out[1] = 0.255 * k;
      out[2] = 0.15 * k;
    },
  },
  backdrop: paintRoom,
  backdropScale: 0.5,
  grade: { exposure: 1.3, vignette: 0.42, noise: 2.6, saturation: 1.05 },
};
