// Owns: wood as the lens sees it: boards, growth rings and pores, each scale fading out as
// the blur grows past it, which costs less than averaging many sharp samples.

import { hash3, valueNoise } from '../samples/noise.ts';
import { smoothstep } from '../samples/vector.ts';

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

type Plan = { width: number; length: number; contrast: number; gap: number };

/** Each board's own tone, averaged over the blur so that no joint stays sharp in it. */
function boardTone(a: number, b: number, blurA: number, blurB: number, plan: Plan, seed: number): number {
  let sum = 0;
  let total = 0;
  for (let k = -4; k <= 4; k++) {
    const row = Math.floor((b + (blurB * k) / 4.5) / plan.width);
    const along = a / plan.length + hash3(row, 0, 0, seed);
    // The nearest butt joint, with the boards before and after it.
    const joint = Math.round(along);
    const reach = blurA / plan.length + 1e-4;
    const after = smoothstep(-reach, reach, along - joint);
    const tone = (1 - after) * hash3(row, joint - 1, 1, seed) + after * hash3(row, joint, 1, seed) - 0.5;
    const w = Math.sqrt(1 - (k / 4.5) ** 2);
    sum += w * tone;
    total += w;
  }
  return sum / total;
}

/** a runs along the boards, b across them; width is one board's. */
export function boards(
  a: number,
  b: number,
  blurA: number,
  blurB: number,
  plan: Plan,
  seed: number,
): [number, number, number] {
  const row = Math.floor(b / plan.width);
  const across = b / plan.width - row;
  const edge = Math.min(across, 1 - across) * plan.width;
  const board = boardTone(a, b, blurA, blurB, plan, seed);
  const wander = 0.3 * valueNoise(a * 1.1, b * 3, row, seed + 5);
  const shiftB = b + wander * plan.width;
  const fine =
    1.1 * fibre(a, shiftB, 0.9, 22, blurA, blurB, seed + 1 + row) +
    0.8 * fibre(a, shiftB, 1.6, 60, blurA, blurB, seed + 2 + row) +
    0.5 * fibre(a, shiftB, 4, 160, blurA, blurB, seed + 3);
  const w = plan.gap;
  const joint = (w / Math.hypot(w, blurB)) * Math.exp(-((edge / Math.hypot(w, blurB)) ** 2));
  const k = (1 + plan.contrast * (0.42 * board + 0.6 * fine)) * (1 - 0.62 * joint);
  const red = 1 + plan.contrast * 0.12 * (board + fine);
  return [k * red, k, k / red];
}
