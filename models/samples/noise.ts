// Owns: every random number in the renderer. All of them come from integer hashes of a
// seed or a lattice point, never from Math.random, so that a picture is the same for any
// number of threads. Value noise and its octave sum follow Perlin, "An Image Synthesizer"
// (SIGGRAPH 1985), with hashed values in place of gradients.

function scramble(h: number): number {
  let x = h | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A number in [0, 1) for an integer lattice point. */
export function hash3(x: number, y: number, z: number, seed: number): number {
  const h = Math.imul(x, 0x8da6b343) ^ Math.imul(y, 0xd8163841) ^ Math.imul(z, 0xcb1ab31f);
  return scramble(h ^ Math.imul(seed, 0x9e3779b1)) / 4294967296;
}

export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = scramble(seed + 0x6d2b79f5);
  }

  /** Uniform in [0, 1); the mulberry32 step. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  range(a: number, b: number): number {
    return a + (b - a) * this.next();
  }

  /** Roughly normal, mean 0 and deviation 1; four uniforms are plenty for a picture. */
  normal(): number {
    return (this.next() + this.next() + this.next() + this.next() - 2) * 1.732;
  }
}

export function valueNoise(x: number, y: number, z: number, seed: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const iz = Math.floor(z);
  const fx = x - ix;
  const fy = y - iy;
  const fz = z - iz;
  const u = fx * fx * (3 - 2 * fx);
  const v = fy * fy * (3 - 2 * fy);
  const w = fz * fz * (3 - 2 * fz);
  const row = (j: number, k: number): number => {
    const a = hash3(ix, iy + j, iz + k, seed);
    return a + (hash3(ix + 1, iy + j, iz + k, seed) - a) * u;
  };
  const near = row(0, 0) + (row(1, 0) - row(0, 0)) * v;
  const far = row(0, 1) + (row(1, 1) - row(0, 1)) * v;
  return near + (far - near) * w;
}

/** Octaves of value noise, normalised to about [0, 1]. */
export function fbm(x: number, y: number, z: number, octaves: number, seed: number): number {
  let sum = 0;
  let weight = 0.5;
  let total = 0;
  let f = 1;
  for (let i = 0; i < octaves; i++) {
    sum += weight * valueNoise(x * f, y * f, z * f, seed + i);
    total += weight;
    weight *= 0.5;
    f *= 2.03;
  }
  return sum / total;
}
