// Owns: the camera: where a point falls in the frame, and the ray through a pixel with or
// without a lens. Depth of field is the thin-lens model of Cook, Porter & Carpenter (1984).

import { add, cross, dot, normalize, scale, sub, type Vec } from './vector.ts';

export type Camera = {
  eye: Vec;
  right: Vec;
  up: Vec;
  forward: Vec;
  /** Pixels per unit of slope. */
  focal: number;
  width: number;
  height: number;
  lens: number;
  focus: number;
};

export type CameraPlan = {
  eye: Vec;
  target: Vec;
  /** Vertical field of view in degrees. */
  fov: number;
  lens: number;
  focus: number;
};

export function makeCamera(plan: CameraPlan, width: number, height: number): Camera {
  const forward = normalize(sub(plan.target, plan.eye));
  const right = normalize(cross(forward, [0, 1, 0]));
  const up = cross(right, forward);
  const focal = height / (2 * Math.tan((plan.fov * Math.PI) / 360));
  return { eye: plan.eye, right, up, forward, focal, width, height, lens: plan.lens, focus: plan.focus };
}

/** Writes x and y in pixels and the depth along the view axis. */
export function project(cam: Camera, x: number, y: number, z: number, out: Float64Array): void {
  const px = x - cam.eye[0];
  const py = y - cam.eye[1];
  const pz = z - cam.eye[2];
  const depth = px * cam.forward[0] + py * cam.forward[1] + pz * cam.forward[2];
  const s = cam.focal / depth;
  out[0] = cam.width / 2 + (px * cam.right[0] + py * cam.right[1] + pz * cam.right[2]) * s;
  out[1] = cam.height / 2 - (px * cam.up[0] + py * cam.up[1] + pz * cam.up[2]) * s;
  out[2] = depth;
}

export function pinholeRay(cam: Camera, px: number, py: number): Vec {
  const sx = (px - cam.width / 2) / cam.focal;
  const sy = (cam.height / 2 - py) / cam.focal;
  return normalize(add(cam.forward, add(scale(cam.right, sx), scale(cam.up, sy))));
}

/** A ray from the lens point (u, v), each in the unit disc, through the plane in focus. */
export function lensRay(
  cam: Camera,
  px: number,
  py: number,
  u: number,
  v: number,
): { origin: Vec; dir: Vec } {
  const d = pinholeRay(cam, px, py);
  const at = add(cam.eye, scale(d, cam.focus / dot(d, cam.forward)));
  const origin = add(cam.eye, add(scale(cam.right, u * cam.lens), scale(cam.up, v * cam.lens)));
  return { origin, dir: normalize(sub(at, origin)) };
}
