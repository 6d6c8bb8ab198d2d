// Owns: the four sweeps: which paper, where the lamps stand. Units are metres; the eye is
// at z = 0, the wall behind at -wall.

import { smoothstep, type Vec } from '../samples/vector.ts';
import { hex } from './color.ts';
import { type Cove, paintCove } from './cove.ts';

const BASE: Cove = {
  eye: 0.8,
  focal: 1.25,
  wall: 5.6,
  bend: 1.3,
  floorColor: [0.8, 0.8, 0.8],
  wallColor: [0.8, 0.8, 0.8],
  seam: 0.9,
  boxes: [],
  spots: [],
  ambient: [0.3, 0.3, 0.3],
  curve: 'film',
  dip: 0.12,
  gain: 1,
};

export const paintWhiteSweep = paintCove({
  ...BASE,
  curve: 'print',
  floorColor: [0.885, 0.885, 0.885],
  wallColor: [0.9, 0.9, 0.9],
  boxes: [
    { at: [-2.6, 3.6, -1.4], aim: [0, 0.6, -3.6], wide: 2.6, tall: 2.2, color: [2.6, 2.6, 2.61] },
    { at: [2.6, 3.6, -1.4], aim: [0, 0.6, -3.6], wide: 2.6, tall: 2.2, color: [2.4, 2.4, 2.41] },
    { at: [0, 4.4, -2.4], aim: [0, 1.0, -5.6], wide: 5, tall: 2, color: [3.6, 3.6, 3.6] },
  ],
  ambient: [0.8, 0.8, 0.802],
  bend: 1.6,
  dip: 0.08,
});

export const paintGreyStudio = paintCove({
  ...BASE,
  floorColor: hex('c2c3c5'),
  wallColor: hex('bdbfc2'),
  boxes: [{ at: [-2.2, 3.4, -0.8], aim: [0, 0.2, -3.2], wide: 2, tall: 2, color: [15, 14.9, 14.7] }],
  spots: [{ at: [0.5, 3.6, -1.2], aim: [0.1, 1.05, -5.2], reach: 0.3, color: [15, 15, 14.8] }],
  ambient: [0.46, 0.464, 0.472],
});

export const paintDarkStudio = paintCove({
  ...BASE,
  floorColor: hex('525255'),
  wallColor: hex('48494e'),
  boxes: [{ at: [-0.9, 3.2, -2], aim: [0, 0, -2.5], wide: 1.4, tall: 1.2, color: [12, 11.9, 11.8] }],
  spots: [{ at: [0, 0.7, -2.4], aim: [0, 1.2, -5.6], reach: 0.42, color: [23, 23.3, 24.2] }],
  ambient: [0.12, 0.122, 0.13],
});

/** Late light through a window with one crossbar, very soft, aslant on the wall. */
function windowLight(p: Vec): number {
  // Where the light came through, a metre before the wall, sheared by the sun's slant.
  const x = p[0] + 0.34 * p[1] + (p[2] + 5.6) * 0.25;
  const y = p[1] + (p[2] + 5.6) * 0.5;
  const pane = (t: number, a: number, b: number, soft: number): number =>
    smoothstep(a - soft, a + soft, t) * smoothstep(b + soft, b - soft, t);
  const wide = pane(x, -1.15, 0.14, 0.2) + pane(x, 0.3, 1.7, 0.22);
  const tall = pane(y, -0.6, 1.3, 0.24) + pane(y, 1.48, 3.4, 0.26);
  return 0.74 + 0.36 * wide * tall;
}

export const paintPastelStudio = paintCove({
  ...BASE,
  curve: 'print',
  bend: 0.12,
  seam: 0.07,
  floorColor: hex('fbdfd3'),
  wallColor: hex('f4bfb4'),
  boxes: [{ at: [-2.2, 3, -0.8], aim: [0, 0.6, -4.4], wide: 1.6, tall: 1.6, color: [8.8, 8.4, 8.1] }],
  ambient: [0.62, 0.6, 0.59],
  gobo: windowLight,
  dip: 0.16,
});
