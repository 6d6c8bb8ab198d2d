// From the model's mask to the cut-out at the photo's size, along the photo's own edges. The arithmetic is in the
// graphs refine-wide and refine-fine (models/bake/builtin_refine.py); here the bytes are brought to them.
import type { Picture, Plane } from '../../shared/image/picture.ts';
import { alphaPlane, release, withAlpha } from '../../shared/image/picture.ts';
import { runTiled, toTensor } from '../../shared/image/run-tiled.ts';
import type { Tensor, Tools } from '../../shared/stage.ts';

export interface RefineOptions {
  /** Gaussian on the edge of the matte, where it follows the mask alone. */
  readonly smoothing: boolean;
  /** Follow the photo's edges and estimate the subject's own colour; else only the mask counts. */
  readonly refine: boolean;
}

/**
 * The wide pass compares the mask with the photo, so the photo must not be sharper than the mask really is, and
 * networks draw softer edges than their size allows. Measured on hair of known truth, with masks of 320 and 1024
 * pixels as they should be and blurred: half to two thirds of the mask's side loses nothing on sharp ones; the whole
 * side triples the error on soft ones.
 */
const SHARE_OF_MASK = 0.65;
const LARGEST_GUIDE = 512;
const SHARE_OF_PHOTO = 0.8;
/** The graph needs multiples of 4; of 16 there are few, and on a GPU every new shape is searched anew. */
const GUIDE_MULTIPLE = 16;

/** @param mask at the model's size, 0–255 @returns straight alpha, no colour under alpha 0 */
export async function composeCutout(
  image: Picture,
  mask: Plane,
  options: RefineOptions,
  tools: Tools,
): Promise<Picture> {
  tools.progress('refine', 0);
  const guide = options.refine ? await guideMaps(image, mask, tools) : undefined;
  const own = alphaPlane(image);
  const fullMask = await tools.resize(mask, image.width, image.height, 'cubic');
  const run = {
    inputs: { image, mask: fullMask, ...(own && { alpha: own }) },
    constants: {
      smoothing: { dims: [1], data: Float32Array.of(options.smoothing ? 1 : 0) },
      ...(!own && { alpha: { dims: [1, 1, 1, 1], data: Uint8Array.of(255) } }),
      ...(guide && { maps: guide, size: { dims: [2], data: Int32Array.of(image.width, image.height) } }),
    },
    onProgress: (fraction: number) => tools.progress('refine', fraction),
  };
  const { cutout, matte } = await runTiled(tools.model(guide ? 'refine-fine' : 'matte'), run, tools);
  if (fullMask !== mask) release(fullMask.data);
  return { ...withAlpha(cutout!, matte), ...(image.grey && { grey: true }) };
}

/** How alpha and colours follow the photo, at a quarter of the guide's size: float32 [1, 13, h, w]. */
async function guideMaps(image: Picture, mask: Plane, tools: Tools): Promise<Tensor> {
  const { width, height } = guideSize(image, mask);
  const guide = await tools.resize(withAlpha(image, undefined), width, height, 'linear');
  const guideMask = await tools.resize(mask, width, height, 'cubic');
  const inputs = { image: ownTensor(guide, image), mask: ownTensor(guideMask, mask) };
  return (await tools.model('refine-wide').run(inputs, tools.signal)).maps!;
}

function guideSize(image: Picture, mask: Plane): { width: number; height: number } {
  const long = Math.max(image.width, image.height);
  const side = Math.min(
    LARGEST_GUIDE,
    SHARE_OF_MASK * Math.max(mask.width, mask.height),
    SHARE_OF_PHOTO * long,
  );
  const fitted = (length: number): number =>
    Math.max(1, Math.round(((length / long) * side) / GUIDE_MULTIPLE)) * GUIDE_MULTIPLE;
  return { width: fitted(image.width), height: fitted(image.height) };
}

/** A run takes the bytes along: those of a picture that is still needed are copied. */
function ownTensor(plane: Plane, original: Plane): Tensor {
  return toTensor(plane.data === original.data ? { ...plane, data: plane.data.slice() } : plane);
}
