// Owns: the pieces of a product picture that threads share out.

import type { Backdrop } from './backdrop.ts';
import { type Camera, type CameraPlan, makeCamera, pinholeRay, project } from './camera.ts';
import type { Grade } from './film.ts';
import { hash3 } from './noise.ts';
import { hitRobot, shadeRobot, shadeTable } from './product-shading.ts';
import { paintCloth } from './studio.ts';
import { smoothstep, type Vec } from './vector.ts';

export type ProductScene = {
  name: string;
  width: number;
  height: number;
  camera: CameraPlan;
  /** Where the table ends and the cloth begins, in z. */
  tableBack: number;
  backdrop: (width: number, height: number) => Backdrop;
  grade: Grade;
};

export const productScenes: Record<string, ProductScene> = {
  'toy-robot': {
    name: 'toy-robot',
    width: 1200,
    height: 1200,
    camera: { eye: [0, 1.95, 8.6], target: [0.03, 1.2, 0], fov: 21.6, lens: 0.09, focus: 8.3 },
    tableBack: -2.6,
    backdrop: paintCloth,
    grade: { exposure: 1.2, vignette: 0.35, noise: 2.2, saturation: 1.04 },
  },
};

export type ProductShared = {
  scene: string;
  width: number;
  height: number;
  /** 1 where a pixel needs many samples: an edge runs through it. */
  busy: Uint8Array;
  picture: Float32Array;
  alpha: Float32Array;
};

const light = new Float64Array(3);
const edge = new Float64Array(3);

/** Adds one sample of the pixel and returns 1 if it saw the robot. */
function sample(
  cam: Camera,
  scene: ProductScene,
  px: number,
  py: number,
  far: readonly number[],
  sum: Float64Array,
): number {
  const d = pinholeRay(cam, px, py);
  const t = hitRobot(cam.eye, d);
  if (t >= 0) {
    const p: Vec = [cam.eye[0] + d[0] * t, cam.eye[1] + d[1] * t, cam.eye[2] + d[2] * t];
    shadeRobot(p, d, 0, light);
    // The brightest glints are held back: one sample must not whiten a whole pixel.
    for (let c = 0; c < 3; c++) sum[c]! += Math.min(7, light[c]!);
    return 1;
  }
  // The table's far edge is the only hard line out of focus, so its blur is worked out
  // rather than sampled: how far the disc of confusion has come past the edge.
  project(cam, 0, 0, scene.tableBack, edge);
  const blur = cam.lens * cam.focal * Math.abs(1 / edge[2]! - 1 / cam.focus);
  const share = smoothstep(-1, 1, (py - edge[1]!) / blur);
  light.fill(0);
  if (share > 0) {
    const s = d[1] < -1e-3 ? -cam.eye[1] / d[1] : 1e3;
    const reach = Math.min(s, (scene.tableBack - cam.eye[2]) / d[2]);
    shadeTable(cam.eye[0] + d[0] * reach, cam.eye[2] + d[2] * reach, d, light);
  }
  for (let c = 0; c < 3; c++) sum[c]! += light[c]! * share + far[c]! * (1 - share);
  return 0;
}

function shootRow(row: number, d: ProductShared, samples: number, only: boolean): void {
  const scene = productScenes[d.scene]!;
  const cam = makeCamera(scene.camera, d.width, d.height);
  const sum = new Float64Array(3);
  const far = [0, 0, 0];
  for (let x = 0; x < d.width; x++) {
    const i = row * d.width + x;
    if (only && d.busy[i] === 0) continue;
    const before = only ? 4 : 0;
    // The first pass leaves the cloth's colour behind in alpha's neighbour pixels, so the
    // cloth itself is read from the untouched copy kept after the picture.
    const cloth = (d.width * d.height + i) * 3;
    for (let c = 0; c < 3; c++) far[c] = d.picture[cloth + c]!;
    sum.fill(0);
    let hits = 0;
    const turn = hash3(x, row, 0, 91);
    for (let s = 0; s < samples; s++) {
      const k = s + before;
      const jx = (k * 0.7548777 + turn) % 1;
      const jy = (k * 0.5698403 + hash3(x, row, 1, 91)) % 1;
      hits += sample(cam, scene, x + jx, row + jy, far, sum);
    }
    const all = before + samples;
    for (let c = 0; c < 3; c++) d.picture[i * 3 + c] = (d.picture[i * 3 + c]! * before + sum[c]!) / all;
    d.alpha[i] = (d.alpha[i]! * before + hits) / all;
  }
}

export const productJobs = {
  first(row: number, d: ProductShared): void {
    shootRow(row, d, 4, false);
  },
  refine(row: number, d: ProductShared): void {
    shootRow(row, d, 14, true);
  },
};
