// Owns: the four sweeps: which paper, where the lamps stand. Units are metres; the eye is
// at z = 0, the wall behind at -wall.

import { hex } from './color.ts';
import { type Cove, paintCove } from './cove.ts';

const BASE: Cove = {
  eye: 0.8,
  focal: 1.25,
  wall: 5,
  bend: 1.1,
  floorColor: [0.8, 0.8, 0.8],
  wallColor: [0.8, 0.8, 0.8],
  seam: 0.6,
  boxes: [],
  spots: [],
  ambient: [0.3, 0.3, 0.3],
  gain: 1,
};

export const paintWhiteSweep = paintCove({
  ...BASE,
  bend: 1.5,
  floorColor: [0.9, 0.9, 0.9],
  wallColor: [0.9, 0.9, 0.9],
  boxes: [
    { at: [-2.4, 3.4, -1.6], aim: [0, 0.3, -3.2], wide: 2.4, tall: 2, color: [22, 22, 22.2] },
    { at: [2.4, 3.4, -1.6], aim: [0, 0.3, -3.2], wide: 2.4, tall: 2, color: [20, 20, 20.2] },
    { at: [0, 3.6, -3.4], aim: [0, 1.4, -5], wide: 4, tall: 1, color: [13, 13, 13] },
  ],
  ambient: [1.2, 1.2, 1.21],
});

export const paintGreyStudio = paintCove({
  ...BASE,
  floorColor: hex('b9babc'),
  wallColor: hex('b6b8bb'),
  boxes: [{ at: [-2.2, 3.2, -1], aim: [0, 0.2, -3.2], wide: 1.8, tall: 1.8, color: [9, 8.9, 8.7] }],
  spots: [{ at: [0.3, 3.4, -1.8], aim: [0, 0.85, -5], inner: 0.02, outer: 0.62, color: [11, 11, 11] }],
  ambient: [0.33, 0.335, 0.345],
});

export const paintDarkStudio = paintCove({
  ...BASE,
  floorColor: hex('4a4a4d'),
  wallColor: hex('434448'),
  boxes: [{ at: [-1.2, 3.2, -1.7], aim: [0, 0, -2.6], wide: 1.4, tall: 1.2, color: [9, 8.7, 8.2] }],
  spots: [{ at: [0, 0.5, -2.6], aim: [0, 1.05, -5], inner: 0.0, outer: 0.72, color: [13, 13.4, 14.2] }],
  ambient: [0.14, 0.145, 0.16],
});

export const paintPastelStudio = paintCove({
  ...BASE,
  bend: 0.06,
  seam: 0.03,
  floorColor: hex('f3d3c8'),
  wallColor: hex('eab5ac'),
  boxes: [{ at: [-2.6, 3, -1.2], aim: [0, 0.5, -4], wide: 1.6, tall: 1.6, color: [15, 14.6, 14] }],
  spots: [],
  ambient: [0.5, 0.49, 0.49],
});
