// Owns: the robot: a wind-up tin toy as a distance function, each part with its material.

import { cylinder, roundBox, smoothMin, sphere, taperedCapsule, torus } from './sdf.ts';

export const MATERIAL = {
  paint: 0,
  red: 1,
  cream: 2,
  chrome: 3,
  eye: 4,
  dark: 5,
  amber: 6,
  brass: 7,
  green: 8,
  dial: 9,
} as const;

let best = 9;
let kind = 0;

function put(d: number, material: number): void {
  if (d < best) {
    best = d;
    kind = material;
  }
}

// The whole toy stands turned a little to its left.
const TURN = 0.38;
const ct = Math.cos(TURN);
const st = Math.sin(TURN);
// The head looks back towards the camera and up.
const ch = Math.cos(-0.22);
const sh = Math.sin(-0.22);

function head(x0: number, y: number, z0: number): void {
  const far = Math.sqrt(x0 * x0 + (y - 2.0) ** 2 + z0 * z0) - 0.86;
  if (far > best) return;
  if (far > 0.3) {
    put(far, MATERIAL.paint);
    return;
  }
  const x = ch * x0 - sh * z0;
  const z = sh * x0 + ch * z0;
  const ax = Math.abs(x);
  put(cylinder(x, y - 1.57, z, 0.17, 0.1, 0.02) - 0.012 * Math.sin(y * 120), MATERIAL.chrome);
  put(roundBox(x, y - 1.92, z, 0.46, 0.3, 0.34, 0.13), MATERIAL.paint);
  put(roundBox(x, y - 1.645, z, 0.36, 0.025, 0.27, 0.02), MATERIAL.red);
  // The face: a cream plate, ringed eyes, a slotted mouth.
  put(roundBox(x, y - 1.93, z - 0.335, 0.35, 0.2, 0.03, 0.03), MATERIAL.cream);
  put(torus(ax - 0.165, z - 0.37, y - 1.985, 0.108, 0.024), MATERIAL.chrome);
  put(sphere(ax - 0.165, y - 1.985, z - 0.335, 0.1), MATERIAL.eye);
  put(roundBox(x, y - 1.8, z - 0.36, 0.17, 0.035, 0.02, 0.018), MATERIAL.dark);
  const slot = Math.abs(((x + 5.025) % 0.05) - 0.025);
  if (ax < 0.165)
    put(
      Math.max(roundBox(x, y - 1.8, z - 0.372, 0.165, 0.038, 0.016, 0.01), 0.009 - slot) * 0.9,
      MATERIAL.chrome,
    );
  // Ears like knobs.
  put(cylinder(y - 1.93, ax - 0.48, z, 0.13, 0.035, 0.015), MATERIAL.red);
  put(cylinder(y - 1.93, ax - 0.54, z, 0.075, 0.045, 0.02), MATERIAL.chrome);
  put(taperedCapsule(ax, y, z, 0.57, 1.93, 0, 0.66, 1.93, 0, 0.03, 0.012), MATERIAL.chrome);
  // The aerial.
  put(cylinder(x, y - 2.23, z, 0.09, 0.035, 0.02), MATERIAL.red);
  put(taperedCapsule(x, y, z, 0, 2.22, 0, 0, 2.48, 0, 0.02, 0.013), MATERIAL.chrome);
  put(sphere(x, y - 2.53, z, 0.065), MATERIAL.red);
  put(torus(x, y - 2.36, z, 0.06, 0.012), MATERIAL.chrome);
  for (const ry of [-0.2, 0.2]) put(sphere(ax - 0.4, y - 1.92 - ry, z - 0.3, 0.016), MATERIAL.brass);
}

function chest(x: number, y: number, z: number): void {
  put(roundBox(x, y - 1.14, z - 0.375, 0.4, 0.27, 0.025, 0.025), MATERIAL.cream);
  // The gauge.
  put(cylinder(x + 0.17, z - 0.4, y - 1.2, 0.145, 0.012, 0.008), MATERIAL.dial);
  put(torus(x + 0.17, z - 0.41, y - 1.2, 0.145, 0.022), MATERIAL.chrome);
  put(taperedCapsule(x, y, z, -0.17, 1.2, 0.42, -0.105, 1.28, 0.42, 0.012, 0.005), MATERIAL.red);
  put(sphere(x + 0.17, y - 1.2, z - 0.415, 0.022), MATERIAL.brass);
  // Three lamps, two knobs and a vent.
  put(sphere(x - 0.09, y - 1.3, z - 0.4, 0.042), MATERIAL.red);
  put(sphere(x - 0.2, y - 1.3, z - 0.4, 0.042), MATERIAL.amber);
  put(sphere(x - 0.31, y - 1.3, z - 0.4, 0.042), MATERIAL.green);
  for (const u of [0.09, 0.2, 0.31]) put(torus(x - u, z - 0.402, y - 1.3, 0.046, 0.01), MATERIAL.chrome);
  put(cylinder(x - 0.13, z - 0.42, y - 1.15, 0.06, 0.03, 0.012), MATERIAL.chrome);
  put(cylinder(x - 0.28, z - 0.42, y - 1.15, 0.06, 0.03, 0.012), MATERIAL.chrome);
  for (let i = 0; i < 4; i++)
    put(roundBox(x, y - 0.93 - i * 0.028, z - 0.402, 0.3, 0.008, 0.012, 0.008), MATERIAL.dark);
}

function body(x: number, y: number, z: number): void {
  const far = roundBox(x, y - 1.08, z, 0.74, 0.52, 0.52, 0.05);
  if (far > best) return;
  if (far > 0.3) {
    put(far, MATERIAL.paint);
    return;
  }
  const ax = Math.abs(x);
  const taper = 1 + 0.1 * (y - 1.08);
  put(roundBox(x / taper, y - 1.08, z / taper, 0.56, 0.43, 0.36, 0.1) * 0.95, MATERIAL.paint);
  put(roundBox(x, y - 0.67, z, 0.55, 0.04, 0.36, 0.035), MATERIAL.red);
  put(roundBox(x, y - 1.485, z, 0.36, 0.03, 0.26, 0.025), MATERIAL.red);
  if (roundBox(x, y - 1.12, z - 0.42, 0.42, 0.3, 0.09, 0) < best) chest(x, y, z);
  for (const ry of [-0.3, 0, 0.3])
    put(sphere(ax - 0.485, y - 1.1 - ry, z - 0.365 - 0.03 * ry, 0.019), MATERIAL.brass);
  // Shoulders.
  put(cylinder(y - 1.3, ax - 0.6, z, 0.15, 0.03, 0.015), MATERIAL.red);
  put(sphere(ax - 0.68, y - 1.3, z, 0.115), MATERIAL.chrome);
}

function ribbed(
  x: number,
  y: number,
  z: number,
  ax: number,
  ay: number,
  az: number,
  bx: number,
  by: number,
  bz: number,
  r: number,
): number {
  const dx = bx - ax;
  const dy = by - ay;
  const dz = bz - az;
  const l = Math.sqrt(dx * dx + dy * dy + dz * dz);
  const t = ((x - ax) * dx + (y - ay) * dy + (z - az) * dz) / l;
  return (taperedCapsule(x, y, z, ax, ay, az, bx, by, bz, r, r) - 0.011 * Math.sin(t * 110)) * 0.8;
}

function claw(x: number, y: number, z: number): void {
  // A C of red tin, open upwards.
  const ring = torus(x, z, y, 0.115, 0.038);
  const open = Math.max(ring, y - 0.05 + Math.abs(x) * 0.1);
  put(open, MATERIAL.red);
  put(sphere(Math.abs(x) - 0.104, y - 0.042, z, 0.039), MATERIAL.red);
}

function arms(x: number, y: number, z: number): void {
  // Its right arm hangs; its left is raised to wave.
  const right = taperedCapsule(x, y, z, -0.72, 1.28, 0, -0.9, 0.55, 0.22, 0.2, 0.26);
  if (right < best) {
    if (right > 0.2) put(right, MATERIAL.chrome);
    else {
      put(ribbed(x, y, z, -0.72, 1.28, 0, -0.87, 0.98, 0.04, 0.082), MATERIAL.chrome);
      put(ribbed(x, y, z, -0.87, 0.98, 0.04, -0.86, 0.74, 0.16, 0.078), MATERIAL.chrome);
      put(sphere(x + 0.87, y - 0.98, z - 0.04, 0.1), MATERIAL.brass);
      put(taperedCapsule(x, y, z, -0.862, 0.79, 0.135, -0.86, 0.7, 0.18, 0.115, 0.12), MATERIAL.paint);
      const u = x + 0.86;
      const v = y - 0.535;
      const w = z - 0.25;
      claw(u, -(v * 0.9 - w * 0.42), w * 0.9 + v * 0.42);
    }
  }
  const left = taperedCapsule(x, y, z, 0.72, 1.28, 0, 1.08, 1.85, 0.2, 0.2, 0.26);
  if (left < best) {
    if (left > 0.2) put(left, MATERIAL.chrome);
    else {
      put(ribbed(x, y, z, 0.72, 1.28, 0, 0.96, 1.17, 0.06, 0.082), MATERIAL.chrome);
      put(ribbed(x, y, z, 0.96, 1.17, 0.06, 1.03, 1.45, 0.14, 0.078), MATERIAL.chrome);
      put(sphere(x - 0.96, y - 1.17, z - 0.06, 0.104), MATERIAL.brass);
      put(taperedCapsule(x, y, z, 1.02, 1.4, 0.125, 1.04, 1.5, 0.15, 0.115, 0.12), MATERIAL.paint);
      claw(x - 1.07, y - 1.7, z - 0.19);
    }
  }
}

function legs(x: number, y: number, z: number): void {
  if (y - 0.75 > best) return;
  const ax = Math.abs(x) - 0.27;
  put(ribbed(ax, y, z, 0, 0.3, 0, 0, 0.66, 0, 0.125), MATERIAL.chrome);
  put(cylinder(ax, y - 0.28, z, 0.17, 0.03, 0.02), MATERIAL.brass);
  const shoe = smoothMin(
    roundBox(ax, y - 0.13, z - 0.07, 0.215, 0.085, 0.34, 0.075),
    roundBox(ax, y - 0.17, z + 0.06, 0.18, 0.12, 0.2, 0.09),
    0.08,
  );
  put(shoe, MATERIAL.red);
  put(roundBox(ax, y - 0.03, z - 0.07, 0.225, 0.03, 0.35, 0.025), MATERIAL.dark);
}

function evaluate(wx: number, y: number, wz: number): void {
  const x = ct * wx - st * wz;
  const z = st * wx + ct * wz;
  best = 1e9;
  kind = 0;
  body(x, y, z);
  legs(x, y, z);
  arms(x, y, z);
  head(x, y, z);
}

export function robot(x: number, y: number, z: number): number {
  evaluate(x, y, z);
  return best;
}

export function robotMaterial(x: number, y: number, z: number): number {
  evaluate(x, y, z);
  return kind;
}

/** How far a point is from the axis of the eye it lies on. */
export function eyeRadius(wx: number, y: number, wz: number): number {
  const x = ch * (ct * wx - st * wz) - sh * (st * wx + ct * wz);
  return Math.sqrt((Math.abs(x) - 0.165) ** 2 + (y - 1.985) ** 2);
}

/** The point in the robot's own frame, for markings painted on it. */
export function toRobot(x: number, z: number): { x: number; z: number } {
  return { x: ct * x - st * z, z: st * x + ct * z };
}

export const ROBOT_LO = [-1.25, 0, -0.95] as const;
export const ROBOT_HI = [1.35, 2.62, 0.95] as const;
