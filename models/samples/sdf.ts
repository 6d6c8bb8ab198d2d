// Owns: signed-distance primitives and the ways to combine, march and differentiate them.
// Primitives, the polynomial smooth minimum and the ellipsoid bound are Inigo Quilez's
// (iquilezles.org, "distance functions" and "smooth minimum").

export type Distance = (x: number, y: number, z: number) => number;

export function smoothMin(a: number, b: number, k: number): number {
  const h = Math.max(k - Math.abs(a - b), 0) / k;
  return Math.min(a, b) - h * h * k * 0.25;
}

export function smoothMax(a: number, b: number, k: number): number {
  return -smoothMin(-a, -b, k);
}

export function sphere(x: number, y: number, z: number, r: number): number {
  return Math.sqrt(x * x + y * y + z * z) - r;
}

export function ellipsoid(x: number, y: number, z: number, a: number, b: number, c: number): number {
  const px = x / a;
  const py = y / b;
  const pz = z / c;
  const k0 = Math.sqrt(px * px + py * py + pz * pz);
  const qx = px / a;
  const qy = py / b;
  const qz = pz / c;
  const k1 = Math.sqrt(qx * qx + qy * qy + qz * qz);
  return k1 > 1e-9 ? (k0 * (k0 - 1)) / k1 : -Math.min(a, b, c);
}

export function roundBox(
  x: number,
  y: number,
  z: number,
  a: number,
  b: number,
  c: number,
  r: number,
): number {
  const qx = Math.abs(x) - a + r;
  const qy = Math.abs(y) - b + r;
  const qz = Math.abs(z) - c + r;
  const ox = Math.max(qx, 0);
  const oy = Math.max(qy, 0);
  const oz = Math.max(qz, 0);
  return Math.sqrt(ox * ox + oy * oy + oz * oz) + Math.min(Math.max(qx, qy, qz), 0) - r;
}

/** A cylinder along y with rounded rims. */
export function cylinder(x: number, y: number, z: number, radius: number, half: number, r: number): number {
  const d = Math.sqrt(x * x + z * z) - radius + r;
  const e = Math.abs(y) - half + r;
  const od = Math.max(d, 0);
  const oe = Math.max(e, 0);
  return Math.min(Math.max(d, e), 0) + Math.sqrt(od * od + oe * oe) - r;
}

export function torus(x: number, y: number, z: number, major: number, minor: number): number {
  const q = Math.sqrt(x * x + z * z) - major;
  return Math.sqrt(q * q + y * y) - minor;
}

/** A capsule whose radius runs linearly from r0 at a to r1 at b. */
export function taperedCapsule(
  x: number,
  y: number,
  z: number,
  ax: number,
  ay: number,
  az: number,
  bx: number,
  by: number,
  bz: number,
  r0: number,
  r1: number,
): number {
  const ex = bx - ax;
  const ey = by - ay;
  const ez = bz - az;
  const px = x - ax;
  const py = y - ay;
  const pz = z - az;
  let t = (px * ex + py * ey + pz * ez) / (ex * ex + ey * ey + ez * ez);
  t = Math.max(0, Math.min(1, t));
  const dx = px - ex * t;
  const dy = py - ey * t;
  const dz = pz - ez * t;
  return Math.sqrt(dx * dx + dy * dy + dz * dz) - (r0 + (r1 - r0) * t);
}

/** Writes the unit gradient into out and returns the distance (Quilez's tetrahedron). */
export function gradient(f: Distance, x: number, y: number, z: number, e: number, out: Float64Array): number {
  const a = f(x + e, y - e, z - e);
  const b = f(x - e, y - e, z + e);
  const c = f(x - e, y + e, z - e);
  const d = f(x + e, y + e, z + e);
  const gx = a - b - c + d;
  const gy = -a - b + c + d;
  const gz = -a + b - c + d;
  const n = Math.sqrt(gx * gx + gy * gy + gz * gz) || 1;
  out[0] = gx / n;
  out[1] = gy / n;
  out[2] = gz / n;
  return (a + b + c + d) / 4;
}

/** Sphere tracing (Hart 1996). Returns the ray parameter of the hit, or -1. */
export function march(
  f: Distance,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  from: number,
  to: number,
  precision: number,
  relax: number,
): number {
  let t = from;
  for (let i = 0; i < 160 && t < to; i++) {
    const d = f(ox + dx * t, oy + dy * t, oz + dz * t);
    if (d < precision) return t;
    t += d * relax;
  }
  return -1;
}

/** The part of a ray inside an axis-aligned box, or false; bounds come back in out. */
export function clipToBox(
  o: readonly number[],
  d: readonly number[],
  lo: readonly number[],
  hi: readonly number[],
  out: Float64Array,
): boolean {
  let near = 0;
  let far = 1e9;
  for (let i = 0; i < 3; i++) {
    const inv = 1 / (d[i] || 1e-12);
    const a = (lo[i]! - o[i]!) * inv;
    const b = (hi[i]! - o[i]!) * inv;
    near = Math.max(near, Math.min(a, b));
    far = Math.min(far, Math.max(a, b));
  }
  out[0] = near;
  out[1] = far;
  return near < far;
}
