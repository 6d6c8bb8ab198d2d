// Brings a subject's colours nearer to those of the background it is set on; the arithmetic is in the graphs of
// models/bake/builtin_match.py.
import type { Resize, Tools } from '../stage.ts';
import type { Picture, Plane } from './picture.ts';
import { alphaPlane, emptyPlane, withAlpha } from './picture.ts';
import { runTiled, toPlane, toTensor } from './run-tiled.ts';

export const matchHelpers = ['rim', 'lab-statistics', 'lab-shift'] as const;

/** How far towards the background, 0–1: all the way a subject would drown in it. */
const STRENGTH = 0.45;
/** A spread may grow or shrink by this factor at most. */
const LARGEST_SPREAD_CHANGE = 1.25;
/** Statistics are taken on a copy of about this size. */
const STATISTICS_SIDE = 256;

export type MatchTools = Pick<Tools, 'model' | 'tile' | 'signal'> & { readonly resize: Resize };

/** @param background of any size, opaque */
export async function matchColours(
  subject: Picture,
  background: Picture,
  tools: MatchTools,
): Promise<Picture> {
  const alpha = alphaPlane(subject);
  if (!alpha || subject.grey) return subject;
  const small = await shrink(subject, tools.resize);
  const { weight } = await tools
    .model('rim')
    .run({ matte: toTensor({ ...alphaPlane(small)!, data: small.alpha!.slice() }) }, tools.signal);
  const from = await statistics(withAlpha(small, undefined), toPlane(weight!), tools);
  const scene = await shrink(background, tools.resize);
  const everywhere = emptyPlane(scene.width, scene.height, 1);
  everywhere.data.fill(255);
  const to = await statistics({ ...scene, data: scene.data.slice() }, everywhere, tools);
  const slope = new Float32Array(3);
  const offset = new Float32Array(3);
  for (let channel = 0; channel < 3; channel++) {
    const change = clamp(
      to[channel + 3]! / Math.max(from[channel + 3]!, 1),
      1 / LARGEST_SPREAD_CHANGE,
      LARGEST_SPREAD_CHANGE,
    );
    slope[channel] = 1 + STRENGTH * (change - 1);
    const mean = from[channel]! + STRENGTH * (to[channel]! - from[channel]!);
    offset[channel] = mean - slope[channel]! * from[channel]!;
  }
  const constants = { slope: { dims: [3], data: slope }, offset: { dims: [3], data: offset } };
  const shifted = await runTiled(
    tools.model('lab-shift'),
    { inputs: { image: withAlpha(subject, undefined) }, constants },
    tools,
  );
  return withAlpha(shifted.image_out!, alpha);
}

async function shrink(picture: Picture, resize: Resize): Promise<Picture> {
  const factor = Math.min(1, STATISTICS_SIDE / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * factor));
  const height = Math.max(1, Math.round(picture.height * factor));
  return await resize(picture, width, height, 'linear');
}

async function statistics(image: Plane, weight: Plane, tools: MatchTools): Promise<Float32Array> {
  const inputs = { image: toTensor({ ...image, data: image.data.slice() }), weight: toTensor(weight) };
  return (await tools.model('lab-statistics').run(inputs, tools.signal)).statistics!.data as Float32Array;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
