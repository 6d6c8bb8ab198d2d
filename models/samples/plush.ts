// Owns: what a furry toy is to the renderer: a skin, the hard parts sewn on to it, how its
// fur is combed and coloured at each point, and its loose threads (whiskers, stitches).

import type { Distance } from './sdf.ts';
import type { Vec } from './vector.ts';

/** The fur at one point of the skin; one object is reused for every root. */
export type Groom = {
  length: number;
  /** Which way the fur is combed; need not be tangent. */
  comb: [number, number, number];
  /** 0 stands up along the normal, 1 lies along the comb. */
  lean: number;
  /** How far hairs are drawn towards the middle of their lock, 0 to 1. */
  clump: number;
  clumpSize: number;
  curl: number;
  width: number;
  root: [number, number, number];
  tip: [number, number, number];
};

export type Solid = {
  albedo: Vec;
  gloss: number;
  /** "thread" is embroidered, "satin" woven, "glass" a polished eye. */
  kind: 'glass' | 'thread' | 'satin';
};

export type Thread = {
  points: Vec[];
  width: number;
  tipWidth: number;
  color: Vec;
};

export type Plush = {
  lo: Vec;
  hi: Vec;
  skin: Distance;
  solid: Distance;
  solidAt(x: number, y: number, z: number): Solid;
  groom(x: number, y: number, z: number, nx: number, ny: number, nz: number, out: Groom): void;
  threads: Thread[];
};

export function newGroom(): Groom {
  return {
    length: 0.1,
    comb: [0, -1, 0],
    lean: 0.5,
    clump: 0.4,
    clumpSize: 0.06,
    curl: 0,
    width: 0.0026,
    root: [0.3, 0.3, 0.3],
    tip: [0.6, 0.6, 0.6],
  };
}

export function setColor(g: Groom, root: Vec, tip: Vec, t: number): void {
  for (let i = 0; i < 3; i++) {
    g.root[i]! += (root[i]! - g.root[i]!) * t;
    g.tip[i]! += (tip[i]! - g.tip[i]!) * t;
  }
}
