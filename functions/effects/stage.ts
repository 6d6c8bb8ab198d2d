// Makes the print looks of a cut-out.
import type { Box, Picture, Plane } from '../../shared/image/picture.ts';
import type { TileTools } from '../../shared/image/run-tiled.ts';
import { runTiled } from '../../shared/image/run-tiled.ts';
import { EFFECT_PREVIEW_PIXELS } from '../../shared/job.ts';
import type { Model, Stage, TileBudget, Tools } from '../../shared/stage.ts';
import { bleedAtEdges, lookOfSeen } from './by-sight.ts';
import type { LookOptions } from './looks.ts';
import { lookInputs } from './looks.ts';
import { putBack, subjectBox, take, wholeBox } from './subject.ts';

export interface EffectsOptions {
  /** Ids of effect graphs, in the order in which they are made. */
  readonly effects: readonly string[];
  /** Their parameters, where they differ from the defaults. */
  readonly effect_options?: LookOptions;
  /** At full size; else at about 0.8 megapixels. */
  readonly print: boolean;
}

/**
 * Of the budget's side, on a CPU: a filter is many small steps, which are worth sharing among threads only where each has
 * many samples (enhanced-bw of 768×1024 on 4 threads: in tiles of 384² 500 ms of the processor's time, in one tile 245).
 */
const TILE_FACTOR = 2;
const LARGEST_TILE = 1024;

/** → one picture an effect, under its id, with the cut-out's alpha. */
export const effects: Stage<EffectsOptions> = async (image, options, tools) => {
  tools.progress('effects', 0);
  const cutout = options.print ? image : await shrink(image, tools);
  const models = options.effects.map((id) => tools.model(id));
  const field = Math.max(1, ...models.map(({ card }) => card.field));
  // On a GPU every new size costs a search for algorithms, so that there only tiles are left out.
  const box = tools.tile.fixedShapes ? wholeBox(cutout) : subjectBox(cutout, field);
  const tiling = { signal: tools.signal, tile: filterTile(tools.tile) };
  const inputs = box && (await bleedOutward(cutout, box, tools.model('bleed'), tiling));
  const pictures: Record<string, Picture> = {};
  for (const [index, id] of options.effects.entries()) {
    const onProgress = (fraction: number): void =>
      tools.progress('effects', (index + fraction) / options.effects.length);
    const model = inputs?.alpha ? lookOfSeen(models[index]!, tools.model('hide'), box!) : models[index]!;
    const constants = lookInputs(id, options.effect_options?.[id]);
    const made = inputs && (await runTiled(model, { inputs, constants, onProgress }, tiling));
    if (!made) onProgress(1);
    pictures[id] = putBack(made?.image_out, box, cutout);
  }
  return { pictures };
};

/** Colour runs on under the edge first, so that no filter sees the black outside and draws a rim. */
async function bleedOutward(
  cutout: Picture,
  box: Box,
  bleed: Model,
  tiling: TileTools,
): Promise<{ readonly image: Plane; readonly alpha?: Plane }> {
  const { colour, alpha } = take(cutout, box);
  if (!alpha) return { image: colour };
  const { image_out: image } = await runTiled(
    bleedAtEdges(bleed),
    { inputs: { image: colour, alpha } },
    tiling,
  );
  return { image: image!, alpha };
}

/** What a stage's budget is for its filters. */
export function filterTile({ maxSide, fixedShapes }: TileBudget): TileBudget {
  return { maxSide: fixedShapes ? maxSide : Math.min(LARGEST_TILE, maxSide * TILE_FACTOR), fixedShapes };
}

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
