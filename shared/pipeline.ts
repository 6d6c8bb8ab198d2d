// Start reading here: the stages of the pipeline, in order. This list alone decides what follows what.
import type { EffectsOptions } from '../functions/effects/stage.ts';
import { effects } from '../functions/effects/stage.ts';
import { segment } from '../functions/segment/stage.ts';
import { planUpscale, upscale } from '../functions/upscale/stage.ts';
import type { StageName } from './card.ts';
import type { ImageLimits } from './image/limits.ts';
import { checkOutput } from './image/limits.ts';
import type { Picture, Plane } from './image/picture.ts';
import type { JobOptions } from './job.ts';
import { scales } from './job.ts';
import type { StageResult, Tools } from './stage.ts';

/** A caller's options with the models chosen. */
export interface Job extends Omit<JobOptions, 'model' | 'upscaler' | 'effects'> {
  readonly model: string;
  readonly upscaler: string;
  readonly effects: EffectsOptions['effects'];
  /** What is to be said where the upscaler cannot do all that was asked of it. */
  readonly upscaler_note?: string;
  /** Given instead of the segmentation model's: one channel of 0–255, of the photo's proportions. */
  readonly mask?: Plane;
}

export interface PipelineStage {
  readonly name: StageName;
  /** False when the job asks nothing of it. */
  wanted(options: Pick<Job, 'scale' | 'effects'>): boolean;
  /** The options that change what it makes; its models aside. */
  readonly reads: readonly (keyof JobOptions)[];
  run(image: Picture, job: Job, tools: Tools): Promise<StageResult>;
  /** A corrected mask is for it. */
  readonly takesMask?: boolean;
  /** Which of its pictures the next stage gets; where there is none, what it got itself. */
  readonly handsOn?: string;
  /** The models it needs for a job. */
  models(job: Job): readonly string[];
  /** Helper graphs it may need. */
  readonly helpers: readonly string[];
}

/** Part of every cache key: raise it when the code of a stage makes other pixels of the same photo. */
export const PIPELINE_VERSION = 1;

export const pipeline: readonly PipelineStage[] = [
  {
    name: 'upscale',
    wanted: ({ scale }) => scale !== 1,
    reads: ['scale', 'max_dimension', 'denoise'],
    async run(image, job, tools) {
      const result = await upscale(image, { ...job, maxDimension: job.max_dimension }, tools);
      const { pictures, notes = [] } = result;
      // Where nothing was enlarged there is nothing to explain.
      const explained = job.upscaler_note !== undefined && pictures.upscaled !== undefined;
      return explained ? { ...result, notes: [...notes, job.upscaler_note!] } : result;
    },
    handsOn: 'upscaled',
    models: (job) => [job.upscaler],
    helpers: ['bleed', 'halve', 'neutral'],
  },
  {
    name: 'segment',
    wanted: () => true,
    reads: ['smoothing', 'refine'],
    run: segment,
    takesMask: true,
    handsOn: 'cutout',
    models: (job) => (job.mask ? [] : [job.model]),
    helpers: ['flatten', 'refine-wide', 'refine-fine', 'matte', 'box'],
  },
  {
    name: 'effects',
    wanted: (options) => options.effects.length > 0,
    reads: ['effects', 'effect_options', 'print'],
    run: effects,
    models: (job) => job.effects,
    helpers: ['bleed', 'hide'],
  },
];

/** The stages that a job goes through, in order. */
export function routeOf(options: Pick<Job, 'scale' | 'effects'>): StageName[] {
  return pipeline.filter((stage) => stage.wanted(options)).map(({ name }) => name);
}

/** Is the result of a permitted size? Known from the photo's, before any work. @throws OUTPUT_TOO_LARGE */
export function checkResult(
  photo: { readonly width: number; readonly height: number },
  options: Pick<JobOptions, 'scale' | 'max_dimension'>,
  limits: ImageLimits,
): void {
  const plan = planUpscale(photo, { scale: options.scale, maxDimension: options.max_dimension });
  checkOutput(plan.input, plan.skipped ? 1 : options.scale, scales, limits);
}
