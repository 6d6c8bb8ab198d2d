// Enlarges a photo: colour by the model, tile by tile, alpha as a plane of its own.
import { chain } from '../../shared/image/chain.ts';
import type { Picture, Plane } from '../../shared/image/picture.ts';
import { alphaPlane, withAlpha } from '../../shared/image/picture.ts';
import { runTiled } from '../../shared/image/run-tiled.ts';
import type { Model, Stage, Tools } from '../../shared/stage.ts';

export interface UpscaleOptions {
  readonly scale: 1 | 2 | 4;
  /** A model's id; its card says its own scale, 2 or 4. */
  readonly upscaler: string;
  /** Longest side of what the model gets; undefined for no limit. */
  readonly maxDimension?: number | undefined;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface UpscalePlan {
  /** What the model gets. */
  readonly input: Size;
  readonly output: Size;
  /** Why there is nothing to do; the photo then goes on as it is. */
  readonly skipped?: string;
}

/** What upscaling will do to a photo of this size, known before any work. */
export function planUpscale(
  photo: Size,
  options: Pick<UpscaleOptions, 'scale' | 'maxDimension'>,
): UpscalePlan {
  const { width, height } = photo;
  const shrink = Math.min(1, (options.maxDimension ?? Infinity) / Math.max(width, height));
  const input = {
    width: Math.max(1, Math.round(width * shrink)),
    height: Math.max(1, Math.round(height * shrink)),
  };
  const output = { width: input.width * options.scale, height: input.height * options.scale };
  if (options.scale === 1)
    return { input: photo, output: photo, skipped: 'upscaling was not asked for (scale 1)' };
  if (output.width * output.height >= width * height) return { input, output };
  const result = `${output.width}×${output.height}`;
  const skipped = `upscaling was skipped: limited to ${options.maxDimension} pixels it would give ${result}, fewer than the photo's ${width}×${height}`;
  return { input: photo, output: photo, skipped };
}

/** → {upscaled}, or no picture and a note where the plan says that it is skipped. */
export const upscale: Stage<UpscaleOptions> = async (image, options, tools) => {
  const plan = planUpscale(image, options);
  if (plan.skipped) return { pictures: {}, notes: [plan.skipped] };
  tools.progress('upscale', 0);
  const small = await tools.resize(image, plan.input.width, plan.input.height, 'cubic');
  const colour = await upscaleColour(await bleedOutward(small, tools), image.grey ?? false, options, tools);
  const alpha = alphaPlane(small);
  const upscaledAlpha = alpha && (await tools.resize(alpha, plan.output.width, plan.output.height, 'cubic'));
  const upscaled = { ...withAlpha(colour, upscaledAlpha), ...(image.grey && { grey: true }) };
  return { pictures: { upscaled } };
};

/** The colour of a picture, bled under its transparent pixels, so that the model draws no rim around them. */
async function bleedOutward(image: Picture, tools: Tools): Promise<Plane> {
  const alpha = alphaPlane(image);
  if (!alpha) return image;
  const colour = withAlpha(image, undefined);
  const bled = await runTiled(tools.model('bleed'), { inputs: { image: colour, alpha } }, tools);
  return bled.image_out!;
}

async function upscaleColour(
  colour: Plane,
  grey: boolean,
  options: UpscaleOptions,
  tools: Tools,
): Promise<Plane> {
  const model = tools.model(options.upscaler);
  const passes = options.scale > model.card.scale ? 2 : 1;
  let plane = colour;
  for (let pass = 0; pass < passes; pass++) {
    const onProgress = (fraction: number): void => tools.progress('upscale', (pass + fraction) / passes);
    const result = await runTiled(
      tileModel(model, grey, options, tools),
      { inputs: { image: plane }, onProgress },
      tools,
    );
    plane = result.image_out!;
  }
  return plane;
}

/** The model, with half the size after it where it enlarges too much, and greys kept neutral. */
function tileModel(model: Model, grey: boolean, options: UpscaleOptions, tools: Tools): Model {
  const steps = [{ model, ratio: model.card.scale as number }];
  if (options.scale < model.card.scale) steps.push({ model: tools.model('halve'), ratio: 0.5 });
  if (grey) steps.push({ model: tools.model('neutral'), ratio: 1 });
  return chain(steps);
}
