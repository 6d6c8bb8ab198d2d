// The models of a service: opened and warmed phase by phase, the first of each stage before ready, the others after.
import { availableParallelism } from 'node:os';
import { chooseSegmenter, chooseUpscaler } from '../../models/choose.ts';
import type { ModelEntry, Registry } from '../../models/registry.ts';
import type { Card, StageName } from '../card.ts';
import { CutlineError, toCutlineError } from '../errors.ts';
import type { JobOptions } from '../job.ts';
import type { Job } from '../pipeline.ts';
import { pipeline } from '../pipeline.ts';
import type { ServedModels } from '../run-stage.ts';
import type { Model } from '../stage.ts';
import type { Phase } from '../stage-runner.ts';
import type { DevicePreference } from './device.ts';
import { observeMachine, tileBudget } from './device.ts';
import { createEngine } from './engine.ts';
import type { GpuMemory } from './gpu-memory.ts';
import { readGpuMemory } from './gpu-memory.ts';
import type { EngineThread } from './start-thread.ts';

export interface ServedModelsOptions {
  readonly stages: readonly StageName[];
  readonly registry: Registry;
  /** Ids or aliases a stage is to serve, the default first; none named: all that are there. */
  readonly named: Readonly<Partial<Record<StageName, readonly string[]>>>;
  readonly device: DevicePreference;
  readonly threads: number | undefined;
  readonly profileDir?: string | undefined;
  /** One that was started before; it is theirs from now on. */
  readonly thread?: EngineThread | undefined;
  readonly runQueue: number;
  readonly runLimitMs: number;
  onPhase(phase: Phase): void;
  onLoaded(card: Card, ms: number, when: 'before ready' | 'after ready'): void;
  onFallback(reason: string): void;
  onStuck(error: CutlineError): void;
  onDead(error: CutlineError): void;
  onRan(model: string, ms: number): void;
}

export interface OpenedModels extends ServedModels {
  /** Ids of what callers may name, the default of each stage first. */
  offered(stage: StageName): readonly string[];
  /** Settles when the models that were left for after ready are open; logged and left out where that failed. */
  readonly rest: Promise<void>;
  readonly fellBack: boolean;
  gpuMemory(): Promise<GpuMemory | null>;
  close(): Promise<void>;
}

/** @throws MODEL_NOT_FOUND, MODEL_INVALID, CONFIG_INVALID */
export async function openServedModels(options: ServedModelsOptions): Promise<OpenedModels> {
  const shelf = chooseEntries(options);
  let fellBack = false;
  const engine = createEngine({
    ...options,
    threads: options.threads ?? availableParallelism(),
    queueLimit: options.runQueue,
    onFallback(reason) {
      fellBack = true;
      options.onFallback(reason);
    },
  });
  const models = new Map<string, Model>();
  try {
    // The first graph brings the device up; on a GPU that is a phase of its own.
    if (options.device.devices[0] !== 'cpu') options.onPhase('gpu');
    const opened = await engine.loadAll(shelf.first, {
      onOpened(card, ms) {
        options.onPhase('model');
        options.onLoaded(card, ms, 'before ready');
      },
      onWarming: () => options.onPhase('warming'),
    });
    for (const model of opened) models.set(model.card.id, model);
  } catch (error) {
    await engine.close();
    throw error;
  }
  const device = engine.device ?? 'cpu';
  const onGpu = device !== 'cpu';
  const gpuMemoryMb = onGpu ? ((await readGpuMemory())?.totalMb ?? null) : null;
  let closed = false;
  const pending = new Set(shelf.rest.map(({ card }) => card.id));
  return {
    device,
    tile: () => tileBudget(device, observeMachine(gpuMemoryMb)),
    choose: (stage, job) => choose(stage, job, shelf.registry),
    model(id) {
      const model = models.get(id);
      if (model) return model;
      if (pending.has(id)) throw new CutlineError('MODEL_LOADING');
      const available = [...models.keys()];
      throw new CutlineError('MODEL_NOT_FOUND', { fields: { stage: 'loaded', model: id, available } });
    },
    offered: (stage) => shelf.registry.list(stage).map(({ card }) => card.id),
    rest: openRest(shelf.rest),
    get fellBack() {
      return fellBack;
    },
    gpuMemory: async () => (onGpu ? await readGpuMemory() : null),
    async close() {
      closed = true;
      await engine.close();
    },
  };

  async function openRest(entries: readonly ModelEntry[]): Promise<void> {
    for (const { card, graph } of entries) {
      if (closed) return;
      const began = performance.now();
      try {
        models.set(card.id, await engine.load(card, graph));
        options.onLoaded(card, performance.now() - began, 'after ready');
      } catch (thrown) {
        // Ended in the middle of it.
        if (closed) return;
        // The default model serves all the same; whoever asks for this one is told that it is not there.
        options.onFallback(`${card.id}: ${toCutlineError(thrown).message}`);
      }
      pending.delete(card.id);
    }
  }
}

interface ChosenEntries {
  /** What has to be open before the service is ready. */
  readonly first: readonly ModelEntry[];
  readonly rest: readonly ModelEntry[];
  /** What a caller may name, in the order of preference. */
  readonly registry: Pick<Registry, 'rows' | 'list'>;
}

/** @throws MODEL_NOT_FOUND for a name of the configuration that is not there */
function chooseEntries({ stages, registry, named }: ServedModelsOptions): ChosenEntries {
  const entries = new Map<StageName, readonly ModelEntry[]>();
  for (const stage of stages) {
    const wanted = named[stage] ?? [];
    const found = wanted.map((name) => registry.find(stage, name));
    entries.set(stage, found.length > 0 ? [...new Set(found)] : registry.list(stage));
  }
  const first: ModelEntry[] = [];
  const rest: ModelEntry[] = [];
  for (const stage of pipeline.filter(({ name }) => stages.includes(name))) {
    const there = entries.get(stage.name)!;
    // Looks are small, and a job asks for several; of the other stages a job takes one model.
    const now = stage.name === 'effects' ? there.length : 1;
    first.push(...there.slice(0, now), ...stage.helpers.map((id) => registry.helper(id)));
    rest.push(...there.slice(now));
  }
  return {
    first: [...new Set(first)],
    rest,
    registry: { rows: registry.rows, list: (role) => entries.get(role as StageName) ?? [] },
  };
}

/** The stage's own model; those of other stages are not this service's to choose. */
function choose(stage: StageName, options: JobOptions, shelf: ChosenEntries['registry']): Job {
  const { model = '', upscaler = '' } = options;
  const unchosen = { ...options, model, upscaler };
  if (stage === 'segment') return { ...unchosen, model: chooseSegmenter(options, shelf) };
  if (stage !== 'upscale') return unchosen;
  const { note, ...chosen } = chooseUpscaler(options, shelf);
  return { ...unchosen, ...chosen, ...(note !== undefined && { upscaler_note: note }) };
}
