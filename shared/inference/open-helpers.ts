// Helper graphs for a function without models: opened on the CPU when the first is needed, and kept.
import { availableParallelism } from 'node:os';
import type { Registry } from '../../models/registry.ts';
import { CutlineError } from '../errors.ts';
import type { Model, TileBudget } from '../stage.ts';
import { observeMachine, tileBudget } from './device.ts';
import { createEngine } from './engine.ts';

export interface HelperOptions {
  /** Of the graphs that will be asked for. */
  readonly ids: readonly string[];
  /** Asked once. */
  registry(): Promise<Pick<Registry, 'helper'>>;
  readonly threads: number | undefined;
  readonly runQueue: number;
  readonly runLimitMs: number;
  /** The process can no longer work: a run hangs, or the thread has ended. */
  onBroken(error: CutlineError): void;
}

export interface OpenedHelpers {
  /** @throws MODEL_NOT_FOUND */
  model(id: string): Model;
  readonly tile: TileBudget;
}

export interface Helpers {
  /** What failed is tried again by the next who asks. @throws MODEL_NOT_FOUND, MODEL_INVALID */
  open(): Promise<OpenedHelpers>;
  /** Waits for the run in progress. */
  close(): Promise<void>;
}

export function createHelpers(options: HelperOptions): Helpers {
  let opened: Promise<OpenedHelpers & { close(): Promise<void> }> | undefined;
  return {
    open() {
      opened ??= openAll(options).catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      return opened;
    },
    async close() {
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

async function openAll(options: HelperOptions): Promise<OpenedHelpers & { close(): Promise<void> }> {
  const registry = await options.registry();
  const entries = options.ids.map((id) => registry.helper(id));
  const engine = createEngine({
    device: { devices: ['cpu'], warnOnFallback: false },
    threads: options.threads ?? availableParallelism(),
    queueLimit: options.runQueue,
    runLimitMs: options.runLimitMs,
    onFallback() {},
    onStuck: options.onBroken,
    onDead: options.onBroken,
  });
  try {
    const opened = await engine.loadAll(entries, { onOpened() {}, onWarming() {} });
    const models = new Map(opened.map((model): [string, Model] => [model.card.id, model]));
    return {
      model(id) {
        const model = models.get(id);
        if (model) return model;
        const available = [...models.keys()];
        throw new CutlineError('MODEL_NOT_FOUND', { fields: { stage: 'helper', model: id, available } });
      },
      get tile() {
        return tileBudget('cpu', observeMachine(null));
      },
      close: () => engine.close(),
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
