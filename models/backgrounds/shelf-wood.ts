// Owns: the wooden table in front of warm shelves: books, pots, a plant and small lamps that
// the lens turns into discs.

import { Random } from '../samples/noise.ts';
import type { Vec } from '../samples/vector.ts';
import { bush } from './foliage.ts';
import { type Lens, photograph } from './lens.ts';
import type { Painter } from './picture.ts';
import { block, type Paint, type Solid, solid } from './solids.ts';
import { type Room, traceRoom, type View } from './trace.ts';
import { boards } from './wood.ts';

const VIEW: View = { eye: [0, 0.36, 0], focal: 2, eyeLine: 0.41 };
const LENS: Lens = { open: 0.105, focus: 1.55, slack: 0.09, least: 0.005, leastFloor: 0.02 };

const TABLE: Paint = { color: [0.47, 0.3, 0.18], gloss: 0.7, rough: 0.13, floor: true };
const BOARD: Paint = { color: [0.4, 0.24, 0.13] };
const WALL: Paint = { color: [0.5, 0.4, 0.3] };
const EDGE = -2.48;
const BACK = -4.6;
const FRONT = -4.25;

const SPINES: Vec[] = [
  [0.6, 0.53, 0.42],
  [0.09, 0.13, 0.17],
  [0.2, 0.23, 0.15],
  [0.46, 0.18, 0.11],
  [0.55, 0.38, 0.16],
  [0.68, 0.64, 0.56],
  [0.24, 0.09, 0.07],
  [0.33, 0.27, 0.22],
];

function books(from: number, to: number, y: number, random: Random): Solid[] {
  const out: Solid[] = [];
  for (let x = from; x < to; ) {
    const w = random.range(0.025, 0.055);
    const h = random.range(0.2, 0.3);
    const color = SPINES[Math.floor(random.next() * SPINES.length)]!;
    out.push(block([x, y, BACK + 0.06], [x + w, y + h, FRONT - random.range(0.02, 0.09)], { color }));
    x += w + 0.003;
  }
  return out;
}

function vase(x: number, y: number, r: number, tall: number, color: Vec): Solid[] {
  const paint: Paint = { color, gloss: 0.6, rough: 0.15 };
  return [
    solid('ball', [x, y + tall * 0.42, FRONT - 0.13], [r, tall * 0.42, r], paint),
    solid('drum', [x, y + tall * 0.8, FRONT - 0.13], [r * 0.36, tall * 0.2, r * 0.36], paint),
  ];
}

function lampOn(x: number, y: number): Solid[] {
  return [
    solid('drum', [x, y + 0.05, FRONT - 0.12], [0.03, 0.07, 0.03], { color: [0.5, 0.36, 0.2] }),
    solid('ball', [x, y + 0.2, FRONT - 0.12], [0.085, 0.085, 0.085], {
      color: [0.8, 0.7, 0.5],
      glow: [2.5, 1.45, 0.55],
    }),
  ];
}

function shelves(random: Random): Solid[] {
  const out: Solid[] = [block([-3, -1.2, BACK - 0.1], [3, 2.4, BACK], WALL)];
  for (const y of [-0.42, 0.03, 0.48, 0.93]) out.push(block([-3, y - 0.035, BACK], [3, y, FRONT], BOARD));
  for (const x of [-1.32, -0.42, 0.5, 1.4])
    out.push(block([x - 0.018, -1, BACK], [x + 0.018, 1.6, FRONT], BOARD));
  out.push(
    ...books(-1.28, -0.72, 0.03, random),
    ...vase(-0.56, 0.03, 0.085, 0.3, [0.64, 0.56, 0.46]),
    ...lampOn(-0.98, 0.48),
    ...books(-0.72, -0.46, 0.48, random),
    ...vase(-0.24, 0.03, 0.11, 0.22, [0.5, 0.22, 0.11]),
    ...books(-0.02, 0.46, 0.03, random),
    ...books(-0.38, -0.06, 0.48, random),
    ...vase(0.14, 0.48, 0.09, 0.34, [0.12, 0.16, 0.17]),
    ...vase(0.36, 0.48, 0.075, 0.2, [0.7, 0.63, 0.52]),
    ...lampOn(0.74, 0.03),
    ...books(0.94, 1.36, 0.03, random),
    ...books(1.0, 1.36, 0.48, random),
    ...books(-1.28, -0.9, 0.93, random),
    ...books(0.54, 0.9, 0.93, random),
    solid('drum', [0.74, 0.56, FRONT - 0.13], [0.08, 0.08, 0.08], { color: [0.66, 0.6, 0.52] }),
    ...bush([0.74, 0.62, FRONT - 0.1], 0.19, 0.26, 60, [0.1, 0.2, 0.05], random),
    ...bush([-0.22, 0.95, FRONT - 0.1], 0.24, 0.24, 60, [0.09, 0.18, 0.05], random),
  );
  for (let i = 0; i < 13; i++) {
    const x = -1.2 + i * 0.2 + random.range(-0.03, 0.03);
    const y = 0.9 - 0.05 * Math.sin(i * 1.7) - random.range(0, 0.03);
    const k = random.range(0.7, 1.3);
    out.push(
      solid('ball', [x, y, FRONT + 0.03], [0.011, 0.011, 0.011], {
        color: [0, 0, 0],
        glow: [26 * k, 13.5 * k, 4.4 * k],
      }),
    );
  }
  return out;
}

const ROOM = (): Room => ({
  solids: [block([-4, -0.09, EDGE], [4, 0, 1], TABLE), ...shelves(new Random(23))],
  lamps: [
    // A large soft window on the left, and a warm ceiling lamp over the shelves.
    { corner: [-2.6, 0.2, -0.6], u: [0, 0, -2.2], v: [0, 1.8, 0], color: [3.5, 3.25, 2.85] },
    { corner: [-1, 2.3, -3.2], u: [2, 0, 0], v: [0, 0, 0.7], color: [4.6, 3.5, 2.3] },
  ],
  outside: (_o, d) => (d[1] < -0.2 ? [0.05, 0.035, 0.025] : [0.3, 0.25, 0.19]),
  ambient: [0.22, 0.16, 0.1],
});

export const paintShelfWood: Painter = (size, say) => {
  const traced = traceRoom(ROOM(), VIEW, Math.round(size / 4), 44, say);
  const light = photograph(
    traced,
    VIEW,
    LENS,
    (x, z, bx, bz) =>
      boards(x + 20, z + 20, bx, bz, { width: 0.19, length: 2.6, contrast: 0.6, gap: 0.0028 }, 3),
    size,
  );
  for (let i = 0; i < light.length; i++) light[i]! *= 1.32;
  return { light, size, curve: 'film', grain: 0.6 };
};
