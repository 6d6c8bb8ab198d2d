// Cuts the subject out: a mask by the model at its own size, then the matte and the cut-out at the photo's.
import type { Card } from '../../shared/card.ts';
import { CutlineError } from '../../shared/errors.ts';
import type { Box, Picture, Plane } from '../../shared/image/picture.ts';
import { alphaPlane, emptyPlane, unite } from '../../shared/image/picture.ts';
import { toPlane, toTensor } from '../../shared/image/run-tiled.ts';
import type { Stage, Tools } from '../../shared/stage.ts';
import type { RefineOptions } from './refine.ts';
import { composeCutout } from './refine.ts';

export interface SegmentOptions extends RefineOptions {
  /** A model's id. */
  readonly model: string;
  /** In its place: one channel of 0–255, of the photo's proportions and any size. */
  readonly mask?: Plane | undefined;
}

/** A mask of which less than this share is at least half there shows no subject: 0.05 % is a square of 2 % a side. */
const LEAST_SUBJECT_SHARE = 0.0005;

/** → {cutout}: straight alpha, no colour under alpha 0. @throws NO_SUBJECT */
export const segment: Stage<SegmentOptions> = async (image, options, tools) => {
  tools.progress('segment', 0);
  const mask = options.mask ?? (await predictMask(image, options, tools));
  const { solid } = await findBox(mask, tools);
  if (solid < mask.width * mask.height * LEAST_SUBJECT_SHARE) throw new CutlineError('NO_SUBJECT');
  const cutout = await composeCutout(image, mask, options, tools);
  const { box: subject } = await findBox(alphaPlane(cutout)!, tools);
  // The photo's own alpha may have left nothing of what the model found.
  if (!subject) throw new CutlineError('NO_SUBJECT');
  return { pictures: { cutout }, subject };
};

/** @returns the model's mask at the model's size, 0–255 */
async function predictMask(image: Picture, options: SegmentOptions, tools: Tools): Promise<Plane> {
  const model = tools.model(options.model);
  const { width, height } = inputSize(model.card, image);
  const small = await tools.resize(image, width, height, 'linear');
  const { mask } = await model.run({ image: toTensor(await flatten(small, image, tools)) }, tools.signal);
  return toPlane(mask!);
}

/** The model's one size, or of several the nearest in shape. */
function inputSize(card: Card, image: Picture): { width: number; height: number } {
  const shapes = card.shapes ?? [
    [Number(card.inputs.image!.shape[1]), Number(card.inputs.image!.shape[2])] as const,
  ];
  const stretch = ([height, width]: readonly [number, number]): number =>
    Math.abs(Math.log((width / height) * (image.height / image.width)));
  const [height, width] = shapes.reduce((best, shape) => (stretch(shape) < stretch(best) ? shape : best));
  return { width, height };
}

/** Bytes of its own, since a run takes them along; a transparent picture on middle grey. */
async function flatten(small: Picture, image: Picture, tools: Tools): Promise<Plane> {
  const alpha = alphaPlane(small);
  const data = small === image ? small.data.slice() : small.data;
  const colour = { width: small.width, height: small.height, channels: 3, data };
  if (!alpha) return colour;
  const inputs = { image: toTensor(colour), alpha: toTensor({ ...alpha, data: alpha.data.slice() }) };
  return toPlane((await tools.model('flatten').run(inputs, tools.signal)).image_out!);
}

/** So many pixels are looked at in one run, which bounds the memory it takes. */
const BAND_PIXELS = 4_000_000;

/** The box of what is visibly there, and how many pixels are at least half there. */
async function findBox(matte: Plane, tools: Tools): Promise<{ box: Box | undefined; solid: number }> {
  const rows = Math.max(1, Math.floor(BAND_PIXELS / matte.width));
  let box: Box | undefined;
  let solid = 0;
  for (let top = 0; top < matte.height; top += rows) {
    const height = Math.min(rows, matte.height - top);
    const band = emptyPlane(matte.width, height, 1);
    band.data.set(matte.data.subarray(top * matte.width, (top + height) * matte.width));
    const found = await tools.model('box').run({ matte: toTensor(band) }, tools.signal);
    const [left, first, right, past] = found.box!.data as Int32Array;
    if (right! > left!)
      box = unite(box, { left: left!, top: top + first!, width: right! - left!, height: past! - first! });
    solid += Number(found.solid!.data[0]);
  }
  return { box, solid };
}
