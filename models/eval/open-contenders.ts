// Opens the models of all contenders as the command line opens them: one set of models for each job.
import type { OpenModels, OpenModelsOptions } from '../../functions/local/open-models.ts';
import { openModels } from '../../functions/local/open-models.ts';
import type { Config } from '../../shared/config/parse-config.ts';
import { jobOptionsSchema } from '../../shared/job.ts';
import type { Job } from '../../shared/pipeline.ts';
import type { Registry } from '../registry.ts';
import type { Scale } from './arguments.ts';
import type { Contenders } from './contenders.ts';
import { BICUBIC } from './contenders.ts';

export interface OpenContenders {
  /** The set that holds a model, whether it segments or enlarges. */
  holding(id: string): OpenModels;
  readonly device: string;
  readonly count: number;
  close(): Promise<void>;
}

/** A job that makes nothing but a cut-out. Without refine the mask is not smoothed either. */
export function cutJob(model: string, upscaler: string, scale: Scale, refine: boolean): Job {
  return { ...jobOptionsSchema.parse({ scale, effects: [] }), model, upscaler, refine, smoothing: refine };
}

/** @throws MODEL_NOT_FOUND, MODEL_INVALID, CONFIG_INVALID */
export async function openContenders(
  { cuts, upscales }: Contenders,
  registry: Registry,
  config: Config,
  options: OpenModelsOptions,
): Promise<OpenContenders> {
  const models = [...new Set(cuts.map(({ model }) => model))];
  const enlarging = [
    ...cuts.flatMap(({ upscaler }) => (upscaler ? [upscaler.id] : [])),
    ...upscales.map(({ model }) => model),
  ];
  const upscalers = [...new Set(enlarging)].filter((id) => id !== BICUBIC);
  const scale = upscalers.length > 0 ? 2 : 1;
  const first = upscalers[0] ?? registry.find('upscale').card.id;
  // A set holds one model and one upscaler: with those that are left over goes the lightest model.
  const lightest = registry.list('segment').reduce((a, b) => (b.card.bytes < a.card.bytes ? b : a)).card.id;
  const wanted = [
    ...models.map((model) => ({ model, upscaler: first })),
    ...upscalers.slice(models.length > 0 ? 1 : 0).map((upscaler) => ({ model: lightest, upscaler })),
  ];
  const sets = new Map<string, OpenModels>();
  const opened: OpenModels[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((set) => set.close()));
  };
  try {
    for (const { model, upscaler } of wanted) {
      const set = await openModels(registry, cutJob(model, upscaler, scale, true), [], config, options);
      opened.push(set);
      for (const id of [model, upscaler]) if (!sets.has(id)) sets.set(id, set);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    holding: (id) => sets.get(id)!,
    device: opened[0]?.device ?? 'cpu',
    count: opened.length,
    close,
  };
}
