// Owns: wood as the lens sees it: boards, growth rings and pores, each scale fading out as
// the blur grows past it, which costs less than averaging many sharp samples.

import { hash3, valueNoise } from '../samples/noise.ts';

/** Noise about 0 that is stretched along `a`; fades when finer than the blur. */
function fibre(
  a: number,
  b: number,
  fa: number,
  fb: number,
  blurA: number,
  blurB: number,
  seed: number,
): number {
  const fade = Math.exp(-((fa * blurA) ** 2 + (fb * blurB) ** 2) * 2);
  return fade < 0.01 ? 0 : (valueNoise(a * fa, b * fb, 0.5, seed) - 0.5) * fade;
}

/** a runs along the boards, b across them; width is one board's. */
export function boards(
  a: number,
  b: number,
  blurA: number,
  blurB: number,
  plan: { width: number; length: number; contrast: number; gap: number },
  seed: number,
): [number, number, number] {
  const row = Math.floor(b / plan.width);
  const across = b / plan.width - row;
  const shift = hash3(row, 0, 0, seed) * plan.length;
  const piece = Math.floor((a + shift) / plan.length);
  const tone = (i: number, j: number): number => hash3(i, j, 1, seed) - 0.5;
  // Neighbouring boards' tones blend where the blur reaches over the joint.
  const near = across < 0.5 ? row - 1 : row + 1;
  const edge = Math.min(across, 1 - across) * plan.width;
  const mine = 1 - 0.5 * Math.exp(-edge / (blurB + 1e-4));
  const other = Math.floor((a + hash3(near, 0, 0, seed) * plan.length) / plan.length);
  const board = tone(row, piece) * mine + tone(near, other) * (1 - mine);
  const wander = 0.3 * valueNoise(a * 1.1, b * 3, row, seed + 5);
  const shiftB = b + wander * plan.width;
  const fine =
    1.1 * fibre(a, shiftB, 0.9, 22, blurA, blurB, seed + 1 + row) +
    0.8 * fibre(a, shiftB, 1.6, 60, blurA, blurB, seed + 2 + row) +
    0.5 * fibre(a, shiftB, 4, 160, blurA, blurB, seed + 3);
  const w = plan.gap;
  const joint = (w / Math.hypot(w, blurB)) * Math.exp(-((edge / Math.hypot(w, blurB)) ** 2));
  const k = (1 + plan.contrast * (0.5 * board + 0.55 * fine)) * (1 - 0.62 * joint);
  const red = 1 + plan.contrast * 0.12 * (board + fine);
  return [k * red, k, k / red];
}
