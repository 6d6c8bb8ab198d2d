// Owns: the living room: a tall window on the left with sun behind it, a sofa, a plant in a
// pot, a lamp and a boarded floor, seen from a pet's height.

import { fbm, Random } from '../samples/noise.ts';
import { smoothstep, type Vec } from '../samples/vector.ts';
import { bush } from './foliage.ts';
import { type Lens, photograph } from './lens.ts';
import type { Painter } from './picture.ts';
import { block, type Paint, type Solid, solid } from './solids.ts';
import { type Room, traceRoom, type View } from './trace.ts';
import { boards } from './wood.ts';

const VIEW: View = { eye: [0, 0.42, 4.2], focal: 2, eyeLine: 0.49 };
const LENS: Lens = { open: 0.115, focus: 2.05, slack: 0.07, least: 0.006, leastFloor: 0.018 };

const WALL: Paint = { color: [0.66, 0.6, 0.52] };
const FRAME: Paint = { color: [0.8, 0.79, 0.76] };
const FLOOR: Paint = { color: [0.4, 0.235, 0.125], gloss: 0.8, rough: 0.09, floor: true };
const SOFA: Paint = { color: [0.33, 0.36, 0.33] };
const OAK: Paint = { color: [0.42, 0.25, 0.13], gloss: 0.4, rough: 0.2 };

// The window's opening in the back wall at z = 0.
const LEFT = -1.02;
const RIGHT = -0.34;
const SILL = 0.3;
const HEAD = 2.1;

function shell(): Solid[] {
  const d = -0.18;
  const mid = (LEFT + RIGHT) / 2;
  return [
    block([-3, -0.1, -0.2], [3, 0, 6], FLOOR),
    block([-3, 0, d], [LEFT, 2.6, 0], WALL),
    block([RIGHT, 0, d], [3, 2.6, 0], WALL),
    block([LEFT, 0, d], [RIGHT, SILL, 0], WALL),
    block([LEFT, HEAD, d], [RIGHT, 2.6, 0], WALL),
    block([-1.9, 0, 0], [-1.8, 2.6, 6], WALL),
    block([2.3, 0, 0], [2.4, 2.6, 6], WALL),
    block([-3, 2.5, -0.2], [3, 2.6, 6], { color: [0.75, 0.74, 0.72] }),
    block([RIGHT, 0, 0], [2.3, 0.09, 0.015], FRAME),
    block([-1.8, 0, 0], [RIGHT, 0.09, 0.015], FRAME),
    block([LEFT - 0.06, SILL - 0.035, 0], [RIGHT + 0.06, SILL, 0.1], FRAME),
    block([LEFT - 0.05, SILL, -0.04], [LEFT + 0.03, HEAD, 0.02], FRAME),
    block([RIGHT - 0.03, SILL, -0.04], [RIGHT + 0.05, HEAD, 0.02], FRAME),
    block([mid - 0.022, SILL, -0.06], [mid + 0.022, HEAD, -0.02], FRAME),
    block([LEFT, 0.98, -0.06], [RIGHT, 1.02, -0.02], FRAME),
  ];
}

function sofa(): Solid[] {
  const x = 0.34;
  const cushion = (at: Vec, half: Vec, color: Vec, turn: number, lean: number): Solid =>
    solid('ball', at, half, { color }, turn, lean);
  return [
    block([x, 0.1, 0.12], [2.1, 0.29, 0.86], SOFA),
    solid('box', [x + 0.64, 0.35, 0.56], [0.5, 0.07, 0.33], SOFA),
    solid('box', [x + 1.66, 0.35, 0.56], [0.5, 0.07, 0.33], SOFA),
    solid('box', [x + 1.0, 0.53, 0.22], [0.98, 0.27, 0.1], SOFA, 0, -0.12),
    solid('box', [x + 0.06, 0.32, 0.48], [0.085, 0.22, 0.38], SOFA),
    solid('drum', [x + 0.06, 0.05, 0.78], [0.02, 0.05, 0.02], OAK),
    solid('drum', [x + 1.1, 0.05, 0.78], [0.02, 0.05, 0.02], OAK),
    cushion([x + 0.33, 0.57, 0.42], [0.2, 0.19, 0.085], [0.62, 0.3, 0.12], 0.25, -0.25),
    cushion([x + 0.6, 0.55, 0.42], [0.17, 0.17, 0.08], [0.72, 0.66, 0.55], -0.2, -0.25),
  ];
}

function things(random: Random): Solid[] {
  const pot: Paint = { color: [0.68, 0.64, 0.58] };
  return [
    solid('drum', [0.06, 0.15, 0.34], [0.12, 0.15, 0.12], pot),
    solid('drum', [0.06, 0.45, 0.34], [0.012, 0.22, 0.012], { color: [0.16, 0.1, 0.05] }),
    ...bush([0.06, 0.42, 0.34], 0.34, 0.72, 110, [0.1, 0.2, 0.055], random),
    block([0.66, 0.98, 0], [1.16, 1.5, 0.02], OAK),
    block([0.69, 1.01, 0.02], [1.13, 1.47, 0.024], { color: [0.76, 0.73, 0.66] }),
    solid('ball', [0.88, 1.18, 0.022], [0.13, 0.13, 0.01], { color: [0.62, 0.3, 0.16] }),
    // A rug under the sofa's front, a basket on the left.
    block([0.15, 0, 0.55], [2.2, 0.012, 1.35], { color: [0.62, 0.56, 0.47] }),
    solid('drum', [-1.0, 0.13, 0.5], [0.17, 0.13, 0.17], { color: [0.42, 0.27, 0.14] }),
    solid('ball', [-1.0, 0.27, 0.5], [0.16, 0.07, 0.16], { color: [0.7, 0.66, 0.6] }),
  ];
}

function outdoors(o: Vec, d: Vec, direct: boolean): Vec {
  // Behind the eye the rest of the room, as bright as its walls.
  if (d[2] >= 0) return [0.3, 0.275, 0.24];
  if (!direct) return [0, 0, 0];
  const t = (-3 - o[2]) / d[2];
  const x = o[0] + d[0] * t;
  const y = o[1] + d[1] * t;
  // Trees a street away: green below, sky between and above.
  const crown = fbm(x * 1.7 + 2, y * 1.7, 0, 3, 5) + 0.35 * Math.exp(-((y - 0.5) ** 2) * 1.4) - 0.12 * y;
  const tree = smoothstep(0.46, 0.72, crown);
  return [1.75 - 1.2 * tree, 1.85 - 1.0 * tree, 1.85 - 1.5 * tree];
}

const ROOM = (): Room => ({
  solids: [...shell(), ...sofa(), ...things(new Random(17))],
  lamps: [
    { corner: [LEFT, SILL, -0.01], u: [RIGHT - LEFT, 0, 0], v: [0, HEAD - SILL, 0], color: [5.2, 5.3, 5.4] },
    // The other windows of the room, behind the eye on the left.
    { corner: [-1.7, 0.4, 3.6], u: [0, 0, -1.5], v: [0, 1.7, 0], color: [3.4, 3.3, 3.15] },
  ],
  sun: { dir: [-0.36, 0.5, -0.66], color: [3.6, 2.9, 2.0], spread: 0.035 },
  outside: outdoors,
  ambient: [0.34, 0.3, 0.25],
});

export const paintLivingRoom: Painter = (size, say) => {
  const traced = traceRoom(ROOM(), VIEW, Math.round(size / 4), 40, say);
  const light = photograph(
    traced,
    VIEW,
    LENS,
    (x, z, bx, bz) =>
      boards(z + 20, x + 20, bz, bx, { width: 0.125, length: 1.4, contrast: 0.36, gap: 0.0022 }, 7),
    size,
  );
  for (let i = 0; i < light.length; i++) light[i]! *= 1.3;
  return { light, size, curve: 'film', grain: 0.6 };
};
