// Owns: plants for the rooms: leaves on stems, as flat balls turned this way and that.

import type { Random } from '../samples/noise.ts';
import type { Vec } from '../samples/vector.ts';
import { type Solid, solid } from './solids.ts';

/** Long leaves rising from a pot and falling outward. */
export function bush(at: Vec, wide: number, tall: number, count: number, leaf: Vec, random: Random): Solid[] {
  const out: Solid[] = [];
  for (let i = 0; i < count; i++) {
    const turn = random.next() * 6.283;
    const rise = Math.sqrt(random.next());
    const reach = wide * (0.25 + 0.75 * random.next()) * Math.sin(0.5 + rise * 2.2);
    const p: Vec = [
      at[0] + Math.sin(turn) * reach,
      at[1] + tall * rise,
      at[2] + Math.cos(turn) * reach * 0.7,
    ];
    const k = random.range(0.55, 1.35);
    const yellow = random.range(0.8, 1.3);
    const color: Vec = [leaf[0] * k * yellow, leaf[1] * k, leaf[2] * k];
    const size = wide * random.range(0.26, 0.44);
    const lean = random.range(-0.9, 0.3);
    out.push(
      solid('ball', p, [size * 0.42, size * 0.05, size], { color, gloss: 0.5, rough: 0.3 }, turn, lean),
    );
  }
  return out;
}
