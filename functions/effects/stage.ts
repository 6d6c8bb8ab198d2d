// Makes the print looks of a cut-out.
import { chain } from '../../shared/image/chain.ts';
import type { Picture } from '../../shared/image/picture.ts';
import { alphaPlane, withAlpha } from '../../shared/image/picture.ts';
import { runTiled } from '../../shared/image/run-tiled.ts';
import { EFFECT_PREVIEW_PIXELS } from '../../shared/job.ts';
import type { Stage, Tools } from '../../shared/stage.ts';
import type { LookOptions } from './looks.ts';
import { lookInputs } from './looks.ts';

export interface EffectsOptions {
  /** Ids of effect graphs, in the order in which they are made. */
  readonly effects: readonly string[];
  /** Their parameters, where they differ from the defaults. */
  readonly effect_options?: LookOptions;
  /** At full size; else at about 0.8 megapixels. */
  readonly print: boolean;
}

/** → one picture an effect, under its id, with the cut-out's alpha. */
export const effects: Stage<EffectsOptions> = async (image, options, tools) => {
  tools.progress('effects', 0);
  const cutout = options.print ? image : await shrink(image, tools);
  const alpha = alphaPlane(cutout);
  const colour = withAlpha(cutout, undefined);
  // Colour runs on under the edge first, so that no filter sees the black outside and draws a rim.
  const bled = alpha && (await runTiled(tools.model('bleed'), { inputs: { image: colour, alpha } }, tools));
  const inputs = { image: bled?.image_out ?? colour, ...(alpha && { alpha }) };
  const pictures: Record<string, Picture> = {};
  for (const [index, id] of options.effects.entries()) {
    const steps = [{ model: tools.model(id), ratio: 1 }];
    if (alpha) steps.push({ model: tools.model('hide'), ratio: 1 });
    const onProgress = (fraction: number): void =>
      tools.progress('effects', (index + fraction) / options.effects.length);
    const result = await runTiled(
      chain(steps),
      { inputs, constants: lookInputs(id, options.effect_options?.[id]), onProgress },
      tools,
    );
    pictures[id] = withAlpha(result.image_out!, alpha);
  }
  return { pictures };
};

async function shrink(image: Picture, tools: Tools): Promise<Picture> {
  const factor = Math.sqrt(EFFECT_PREVIEW_PIXELS / (image.width * image.height));
  if (factor >= 1) return image;
  return await tools.resize(
    image,
    Math.max(1, Math.round(image.width * factor)),
    Math.max(1, Math.round(image.height * factor)),
    'cubic',
  );
}
