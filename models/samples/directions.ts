// Owns: bundles of directions to sample light along: a whole sphere, or one lamp's face.

import { Random } from './noise.ts';
import { add, cross, normalize, scale, type Vec } from './vector.ts';

/** Evenly spread unit vectors (a Fibonacci spiral). */
export function fibonacci(n: number): Vec[] {
  const out: Vec[] = [];
  for (let i = 0; i < n; i++) {
    const y = 1 - (2 * (i + 0.5)) / n;
    const r = Math.sqrt(1 - y * y);
    const a = i * 2.399963;
    out.push([Math.cos(a) * r, y, Math.sin(a) * r]);
  }
  return out;
}

/** Directions spread over a light of some size: what makes its shadows soft. */
export function areaDirections(dir: Vec, spread: number, n: number): Vec[] {
  const side = normalize(cross(dir, [0.3, 1, 0.2]));
  const up = cross(side, dir);
  const random = new Random(5);
  const out: Vec[] = [];
  for (let i = 0; i < n; i++) {
    const r = spread * Math.sqrt((i + 0.5) / n);
    const a = i * 2.399963 + random.next() * 0.3;
    out.push(normalize(add(dir, add(scale(side, Math.cos(a) * r), scale(up, Math.sin(a) * r)))));
  }
  return out;
}
