// Opens the models that a job needs, in one engine.
import { availableParallelism } from 'node:os';
import type { Registry } from '../../models/registry.ts';
import type { Config } from '../../shared/config/parse-config.ts';
import { CutlineError } from '../../shared/errors.ts';
import { observeMachine, tileBudget } from '../../shared/inference/device.ts';
import { createEngine } from '../../shared/inference/engine.ts';
import { readGpuMemory } from '../../shared/inference/gpu-memory.ts';
import type { Job } from '../../shared/pipeline.ts';
import { pipeline } from '../../shared/pipeline.ts';
import type { Model, TileBudget } from '../../shared/stage.ts';

export interface OpenModels {
  model(id: string): Model;
  readonly device: string;
  tile(): TileBudget;
  close(): Promise<void>;
}

export interface OpenModelsOptions {
  onFallback(reason: string): void;
  onStuck(error: CutlineError): void;
}

/** Loads and warms every model and helper graph of the stages that the job wants, and the further helpers named. @throws MODEL_NOT_FOUND, MODEL_INVALID, CONFIG_INVALID */
export async function openModels(
  registry: Registry,
  job: Job,
  helpers: readonly string[],
  config: Config,
  options: OpenModelsOptions,
): Promise<OpenModels> {
  const stages = pipeline.filter((stage) => stage.wanted(job));
  const entries = [
    ...stages.flatMap((stage) => stage.models(job).map((id) => registry.find(stage.name, id))),
    ...new Set([...stages.flatMap((stage) => stage.helpers), ...helpers].map((id) => registry.helper(id))),
  ];
  const engine = createEngine({
    device: config.device,
    threads: config.threads ?? availableParallelism(),
    profileDir: config.profileDir,
    queueLimit: config.runQueue,
    runLimitMs: config.runLimitMs,
    ...options,
  });
  try {
    const opened = await engine.loadAll(entries, { onOpened() {}, onWarming() {} });
    const models = new Map(opened.map((model): [string, Model] => [model.card.id, model]));
    const device = engine.device ?? 'cpu';
    const gpuMemoryMb = device === 'cpu' ? null : ((await readGpuMemory())?.totalMb ?? null);
    return {
      model(id) {
        const model = models.get(id);
        if (model) return model;
        throw new CutlineError('MODEL_NOT_FOUND', {
          fields: { stage: 'loaded', model: id, available: [...models.keys()] },
        });
      },
      device,
      tile: () => tileBudget(device, observeMachine(gpuMemoryMb)),
      close: () => engine.close(),
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
