// Start reading here: the stages of the pipeline, in order. This list alone decides what follows what.
import type { EffectsOptions } from '../functions/effects/stage.ts';
import { effects } from '../functions/effects/stage.ts';
import { segment } from '../functions/segment/stage.ts';
import { upscale } from '../functions/upscale/stage.ts';
import type { StageName } from './card.ts';
import type { Picture } from './image/picture.ts';
import type { JobOptions } from './job.ts';
import type { StageResult, Tools } from './stage.ts';

/** A caller's options with the models chosen. */
export interface Job extends Omit<JobOptions, 'model' | 'upscaler' | 'effects'> {
  readonly model: string;
  readonly upscaler: string;
  readonly effects: EffectsOptions['effects'];
}

export interface PipelineStage {
  readonly name: StageName;
  /** False when the job asks nothing of it. */
  wanted(job: Job): boolean;
  run(image: Picture, job: Job, tools: Tools): Promise<StageResult>;
  /** Which of its pictures the next stage gets; where there is none, what it got itself. */
  readonly handsOn?: string;
  /** The models it needs for a job. */
  models(job: Job): readonly string[];
  /** Helper graphs it may need. */
  readonly helpers: readonly string[];
}

export const pipeline: readonly PipelineStage[] = [
  {
    name: 'upscale',
    wanted: (job) => job.scale !== 1,
    run: (image, job, tools) => upscale(image, { ...job, maxDimension: job.max_dimension }, tools),
    handsOn: 'upscaled',
    models: (job) => [job.upscaler],
    helpers: ['bleed', 'halve', 'neutral'],
  },
  {
    name: 'segment',
    wanted: () => true,
    run: segment,
    handsOn: 'cutout',
    models: (job) => [job.model],
    helpers: ['flatten', 'refine-wide', 'refine-fine', 'matte', 'box'],
  },
  {
    name: 'effects',
    wanted: (job) => job.effects.length > 0,
    run: effects,
    models: (job) => job.effects,
    helpers: ['bleed', 'hide'],
  },
];
