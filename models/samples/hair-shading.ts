// Owns: the colour of hair under the scene's lights, knot by knot, and where each knot falls
// in the frame. The shading is Kajiya & Kay's (SIGGRAPH 1989): light on a thread depends on
// the angle between light and thread, with one bright lobe along the cone of reflection.

import { type Camera, project } from './camera.ts';
import { type Grid, LIGHT_FLOATS, type Lights, sampleLight } from './light-volume.ts';
import { HAIR_FLOATS, HAIRS_PER_CHUNK, KNOT_FLOATS, KNOTS } from './strands.ts';

/** Per drawn knot: x, y, depth, width in pixels, then red, green, blue. */
export const DRAWN_FLOATS = 7;

/** Light that hairs hand on to one another: partings in a coat are never quite black. */
const SCATTERED = 0.06;

export function shadeChunk(
  cam: Camera,
  lights: Lights,
  grid: Grid,
  chunk: number,
  count: number,
  knots: Float32Array,
  hairs: Float32Array,
  drawn: Float32Array,
): void {
  const px = new Float64Array(3);
  const lit = new Float64Array(LIGHT_FLOATS);
  const end = Math.min(count, (chunk + 1) * HAIRS_PER_CHUNK);
  for (let h = chunk * HAIRS_PER_CHUNK; h < end; h++) {
    const q = h * HAIR_FLOATS;
    const solid = hairs[q + 11]! > 0;
    for (let k = 0; k < KNOTS; k++) {
      const at = h * KNOT_FLOATS + k * 3;
      const next = k < KNOTS - 1 ? at : at - 3;
      const x = knots[at]!;
      const y = knots[at + 1]!;
      const z = knots[at + 2]!;
      let tx = knots[next + 3]! - knots[next]!;
      let ty = knots[next + 4]! - knots[next + 1]!;
      let tz = knots[next + 5]! - knots[next + 2]!;
      const tn = 1 / (Math.sqrt(tx * tx + ty * ty + tz * tz) || 1);
      tx *= tn;
      ty *= tn;
      tz *= tn;
      let vx = cam.eye[0] - x;
      let vy = cam.eye[1] - y;
      let vz = cam.eye[2] - z;
      const vn = 1 / Math.sqrt(vx * vx + vy * vy + vz * vz);
      vx *= vn;
      vy *= vn;
      vz *= vn;
      sampleLight(grid, x, y, z, lit);
      // Threads stand clear of the coat even where their middle line grazes it.
      if (solid) for (let c = 0; c < LIGHT_FLOATS; c++) if (c !== 1) lit[c] = Math.max(lit[c]!, 0.45);
      const t = k / (KNOTS - 1);
      const deep = solid ? 1 : 0.4 + 0.6 * t;
      const tv = tx * vx + ty * vy + tz * vz;
      const sinTV = Math.sqrt(Math.max(0, 1 - tv * tv));
      const out = h * KNOTS * DRAWN_FLOATS + k * DRAWN_FLOATS;
      let r = lit[2]! + SCATTERED;
      let g = lit[3]! + SCATTERED;
      let b = lit[4]! + SCATTERED;
      let shine = 0;
      let shineR = 0;
      let shineG = 0;
      let shineB = 0;
      for (let l = 0; l < 2; l++) {
        const light = l === 0 ? lights.key : lights.rim;
        const [lx, ly, lz] = light.dir;
        const tl = tx * lx + ty * ly + tz * lz;
        const sinTL = Math.sqrt(Math.max(0, 1 - tl * tl));
        const nl = hairs[q + 8]! * lx + hairs[q + 9]! * ly + hairs[q + 10]! * lz;
        const wrap = Math.max(0, (nl + 0.55) / 1.55);
        // Fur lit from behind glows: hairs pass light on, forwards above all.
        const through = l === 1 ? 0.75 + 1.1 * Math.max(0, -(lx * vx + ly * vy + lz * vz)) : 0;
        const body = (0.35 + 0.65 * sinTL) * (l === 0 ? 0.15 + 0.85 * wrap : 0.3 + 0.7 * through) * lit[l]!;
        r += light.color[0] * body;
        g += light.color[1] * body;
        b += light.color[2] * body;
        const lobe = sinTL * sinTV - tl * tv;
        if (lobe > 0) {
          shine = lobe ** 28 * lit[l]! * (0.25 + 0.75 * wrap) * (0.2 + 0.8 * t);
          shineR += light.color[0] * shine;
          shineG += light.color[1] * shine;
          shineB += light.color[2] * shine;
        }
      }
      const gloss = 0.05;
      drawn[out + 4] = (hairs[q]! + (hairs[q + 3]! - hairs[q]!) * t) * deep * r + gloss * shineR;
      drawn[out + 5] = (hairs[q + 1]! + (hairs[q + 4]! - hairs[q + 1]!) * t) * deep * g + gloss * shineG;
      drawn[out + 6] = (hairs[q + 2]! + (hairs[q + 5]! - hairs[q + 2]!) * t) * deep * b + gloss * shineB;
      project(cam, x, y, z, px);
      drawn[out] = px[0]!;
      drawn[out + 1] = px[1]!;
      drawn[out + 2] = px[2]!;
      // Hair keeps its width for most of its length, then tapers to a point.
      drawn[out + 3] = ((hairs[q + 6]! + (hairs[q + 7]! - hairs[q + 6]!) * t * t) * cam.focal) / px[2]!;
    }
  }
}
