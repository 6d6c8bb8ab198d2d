// A subject whose truth is known: a furry disc drawn hair by hair, its colours, and a background of two.
import type { Picture, Plane } from '../image/picture.ts';
import { emptyPlane } from '../image/picture.ts';

export interface Truth {
  readonly photo: Picture;
  readonly alpha: Plane;
  /** The subject's own colour, everywhere. */
  readonly colour: Plane;
}

/** Mulberry32: the same numbers on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SUPERSAMPLING = 2;

/** Hairs of one to three pixels, up to a twelfth of the side long, all around a disc. */
export function furryDisc(side: number, seed: number): Plane {
  const random = seededRandom(seed);
  const fine = side * SUPERSAMPLING;
  const cover = new Uint8Array(fine * fine);
  const radius = fine * 0.32;
  stamp(cover, fine, fine / 2, fine / 2, radius);
  const unit = fine / 1600;
  for (let hair = 0; hair < side * 5; hair++) {
    const around = random() * 2 * Math.PI;
    let heading = around + (random() - 0.5) * 1.6;
    const bend = (random() - 0.5) * 0.08;
    const steps = Math.round((20 + random() * 50) * unit);
    const thickness = (0.7 + random() * 1.6) * unit;
    let x = fine / 2 + radius * 0.985 * Math.cos(around);
    let y = fine / 2 + radius * 0.985 * Math.sin(around);
    for (let step = 0; step < steps; step++) {
      heading += bend;
      x += Math.cos(heading) * 2;
      y += Math.sin(heading) * 2;
      stamp(cover, fine, x, y, thickness * (1 - step / steps));
    }
  }
  return shrink(cover, side);
}

/** The disc composed over blue on the left and green on the right. */
export function furryTruth(side: number, seed: number): Truth {
  const alpha = furryDisc(side, seed);
  const random = seededRandom(seed + 1);
  const colour = emptyPlane(side, side, 3);
  const photo: Picture = { width: side, height: side, channels: 3, data: new Uint8Array(side * side * 3) };
  for (let y = 0; y < side; y++) {
    const streak = (random() - 0.5) * 30;
    for (let x = 0; x < side; x++) {
      const at = y * side + x;
      const shade = 12 * Math.sin(x / 9 + y / 31) + streak;
      const background = x < side / 2 ? [90, 140, 230] : [40, 140, 64];
      const subject = [184 + shade, 122 + shade * 0.8, 66 + shade * 0.6];
      const a = alpha.data[at]! / 255;
      for (let channel = 0; channel < 3; channel++) {
        colour.data[at * 3 + channel] = Math.round(subject[channel]!);
        const noise = (random() - 0.5) * 4;
        photo.data[at * 3 + channel] = Math.max(
          0,
          Math.min(255, Math.round(a * subject[channel]! + (1 - a) * background[channel]! + noise)),
        );
      }
    }
  }
  return { photo, alpha, colour };
}

function stamp(cover: Uint8Array, side: number, x: number, y: number, radius: number): void {
  const reach = Math.max(0.5, radius);
  for (let py = Math.max(0, Math.floor(y - reach)); py <= Math.min(side - 1, y + reach); py++) {
    const half = Math.sqrt(Math.max(0, reach * reach - (py - y) ** 2));
    const from = Math.max(0, Math.round(x - half));
    const to = Math.min(side, Math.round(x + half) + 1);
    if (to > from) cover.fill(1, py * side + from, py * side + to);
  }
}

function shrink(cover: Uint8Array, side: number): Plane {
  const plane = emptyPlane(side, side, 1);
  const fine = side * SUPERSAMPLING;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = y * SUPERSAMPLING * fine + x * SUPERSAMPLING;
      const sum = cover[at]! + cover[at + 1]! + cover[at + fine]! + cover[at + fine + 1]!;
      plane.data[y * side + x] = Math.round((sum * 255) / 4);
    }
  }
  return plane;
}
