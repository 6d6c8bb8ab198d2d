// Owns: the room behind the fox: a bright window, a painted wall, shelves with books and
// pots, a lamp and a string of small lights, all far out of focus.

import { Backdrop } from './backdrop.ts';
import { fbm, Random } from './noise.ts';
import type { Vec } from './vector.ts';

const SPINES: Vec[] = [
  [0.5, 0.45, 0.36],
  [0.05, 0.09, 0.15],
  [0.16, 0.2, 0.13],
  [0.36, 0.15, 0.13],
  [0.42, 0.34, 0.14],
  [0.09, 0.17, 0.18],
  [0.55, 0.52, 0.47],
  [0.2, 0.06, 0.07],
];

function shelf(b: Backdrop, random: Random, v: number, from: number): void {
  b.rect(from - 0.02, v, 1.1, v + 0.022, [0.16, 0.09, 0.05]);
  b.rect(from - 0.02, v + 0.022, 1.1, v + 0.055, [0.035, 0.05, 0.055], 0.7);
  let u = from + 0.01;
  while (u < 1.02) {
    const w = random.range(0.016, 0.042);
    const h = random.range(0.1, 0.17);
    const c = SPINES[Math.floor(random.next() * SPINES.length)]!;
    b.rect(u, v - h, u + w, v, c);
    b.rect(u + w * 0.25, v - h * 0.8, u + w * 0.75, v - h * 0.7, [c[0] + 0.2, c[1] + 0.18, c[2] + 0.1]);
    u += w + 0.002;
    if (random.next() < 0.12) u += random.range(0.03, 0.08);
  }
}

export function paintRoom(width: number, height: number): Backdrop {
  const b = new Backdrop(width, height);
  const random = new Random(4);
  b.fill((u, v, out) => {
    const glow = Math.exp(-((u - 0.12) ** 2 + (v - 0.4) ** 2) * 4.5);
    const plaster = 0.9 + 0.2 * fbm(u * 6, v * 6, 0, 3, 8);
    out[0] = plaster * (0.05 + 0.16 * glow);
    out[1] = plaster * (0.088 + 0.18 * glow);
    out[2] = plaster * (0.1 + 0.18 * glow);
  });
  // The window, over-exposed as windows are, with a hint of the garden and a curtain.
  b.rect(-0.1, 0.02, 0.3, 0.86, [0.62, 0.6, 0.55]);
  for (let row = 0; row < 3; row++) {
    for (let col = 0; col < 2; col++) {
      const u = -0.1 + col * 0.2;
      const v = 0.05 + row * 0.265;
      b.rect(u, v, u + 0.175, v + 0.24, [2.1, 2.35, 2.6]);
      if (row > 0) b.ellipse(u + 0.07, v + 0.2, 0.12, 0.13 + 0.05 * row, [0.85, 1.2, 0.62], 0.65, 0.5);
    }
  }
  for (let i = 0; i < 9; i++) {
    const u = 0.26 + i * 0.014;
    b.rect(u, 0, u + 0.011, 0.95, [0.75 - 0.03 * i, 0.73 - 0.03 * i, 0.68 - 0.03 * i], 0.75);
  }
  b.rect(-0.1, 0.86, 0.34, 0.9, [0.7, 0.68, 0.62]);
  // A framed picture, the shelves, and things on them.
  b.rect(0.44, 0.06, 0.6, 0.27, [0.05, 0.035, 0.025]);
  b.rect(0.452, 0.072, 0.588, 0.258, [0.42, 0.4, 0.35]);
  b.ellipse(0.52, 0.19, 0.05, 0.04, [0.3, 0.18, 0.1], 0.9, 0.3);
  shelf(b, random, 0.3, 0.72);
  shelf(b, random, 0.54, 0.72);
  shelf(b, random, 0.78, 0.72);
  for (let i = 0; i < 60; i++) {
    const a = random.next() * 6.283;
    const r = Math.sqrt(random.next());
    const shade = random.range(0.5, 1.4);
    b.ellipse(
      0.7 + 0.09 * r * Math.cos(a),
      0.47 + 0.12 * r * Math.sin(a),
      0.024,
      0.012 + 0.02 * random.next(),
      [0.05 * shade, 0.095 * shade, 0.05 * shade],
      0.8,
      0.4,
    );
  }
  b.rect(0.665, 0.55, 0.735, 0.62, [0.42, 0.17, 0.09]);
  // A sideboard below, and a lamp's warm pool.
  b.rect(0.34, 0.9, 1.1, 1.3, [0.085, 0.05, 0.03]);
  b.rect(0.34, 0.885, 1.1, 0.905, [0.26, 0.17, 0.1]);
  b.ellipse(0.93, 0.2, 0.2, 0.22, [1.0, 0.55, 0.22], 0.35, 1);
  b.discBlur(0.026);
  b.discBlur(0.012);
  // Small lamps stay as discs: each is the image of the lens opening.
  for (let i = 0; i < 26; i++) {
    const t = i / 25;
    const u = 0.36 + 0.68 * t + random.range(-0.012, 0.012);
    const v = 0.06 + 0.1 * Math.sin(t * 3.4 + 0.4) ** 2 + 0.13 * t + random.range(-0.02, 0.02);
    const k = random.range(0.6, 1.25);
    const r = 0.019 + random.range(-0.002, 0.002);
    b.ellipse(u, v, r, r, [1.75 * k, 1.0 * k, 0.42 * k], 0.5, 0.09, 0.45);
  }
  return b;
}
