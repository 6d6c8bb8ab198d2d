// Owns the worker thread: opens models in it, warms them, hands them out, and ends it when it is idle.
import type { Card } from '../card.ts';
import { CutlineError } from '../errors.ts';
import { createSlots } from '../slots.ts';
import type { Model, Tensor } from '../stage.ts';
import type { Answer, Question } from './ask-thread.ts';
import { askThread } from './ask-thread.ts';
import type { DeviceName, DevicePreference } from './device.ts';
import type { GpuMemory } from './gpu-memory.ts';
import { readGpuMemory } from './gpu-memory.ts';
import { createModel, createWatch } from './model.ts';
import { runError } from './onnx-error.ts';
import { startProfiler } from './profiler.ts';
import type { Failed, Loaded, Ran, Warmed } from './protocol.ts';
import type { EngineThread } from './start-thread.ts';
import { startThread } from './start-thread.ts';

export interface EngineOptions {
  readonly device: DevicePreference;
  readonly threads: number;
  /** Runs that may wait for the device; the next is refused with BUSY. */
  readonly queueLimit: number;
  readonly runLimitMs: number;
  /** Where the runtime's traces and this process's CPU profile are written when it is closed; undefined for none. */
  readonly profileDir?: string | undefined;
  /** A wanted device could not be used. */
  onFallback(reason: string): void;
  onStuck(error: CutlineError): void;
  /** The thread ended by itself: every later run is refused. */
  onDead?(error: CutlineError): void;
  /** A run ended; what it took the device. */
  onRan?(model: string, ms: number): void;
  /** One that was started before; it is the engine's from now on. */
  readonly thread?: EngineThread | undefined;
  /** Another worker than the real one, for tests of trouble. */
  readonly worker?: URL;
  readonly gpuMemory?: () => Promise<GpuMemory | null>;
}

/** A model's card and where its graph lies. */
export interface Graph {
  readonly card: Card;
  readonly graph: string;
}

export interface BatchEvents {
  onOpened(card: Card, ms: number): void;
  /** All are open. */
  onWarming(): void;
}

export interface Engine {
  /** Opens a model; its first run pays for what warming would have paid. @throws MODEL_INVALID, CONFIG_INVALID */
  open(card: Card, graph: string): Promise<Model>;
  /** Opens a model and runs it at every shape that it will be given. @throws INFERENCE_ERROR, GPU_MEMORY_EXHAUSTED too */
  load(card: Card, graph: string): Promise<Model>;
  /**
   * Opens all, then warms all. The thread is told at once, and held up by nothing that keeps this thread busy.
   * @throws what the first failed with; the rest is not tried
   */
  loadAll(graphs: readonly Graph[], events: BatchEvents): Promise<Model[]>;
  /** The device in use; undefined before the first model is open. */
  readonly device: DeviceName | undefined;
  /** Waits for the run in progress and ends the thread. A stuck thread is left alone: the process must exit. */
  close(): Promise<void>;
}

/** One runs; the next lies ready, so that no device waits until this thread has heard of the end and sent more. */
const IN_THE_THREAD = 2;

export function createEngine(options: EngineOptions): Engine {
  const thread = options.thread ?? startThread(options.worker);
  const questions = askThread(thread, onEnded);
  const profiler = options.profileDir === undefined ? undefined : startProfiler(options.profileDir);
  const lock = createSlots(IN_THE_THREAD, options.queueLimit, 'eldest');
  const watch = createWatch({ runLimitMs: options.runLimitMs, onStuck });
  const gpuMemory = options.gpuMemory ?? readGpuMemory;
  const silent: BatchEvents = { onOpened() {}, onWarming() {} };
  let device: DeviceName | undefined;
  /** Why no more work is taken: the thread is stuck, dead or being ended. */
  let refusal: CutlineError | undefined;
  let stuck = false;
  let closing = false;
  let profiled: Promise<void> | undefined;
  /** Settles when the thread is found stuck. */
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<void>();
  let lastBatch = 0;

  return {
    get device() {
      return device;
    },
    open: (card, graph) =>
      lock.run(async () => openedModel(card, await watch(openModel({ card, graph }, ++lastBatch), Infinity))),
    load: async (card, graph) => (await loadAll([{ card, graph }], silent))[0]!,
    loadAll,
    async close() {
      closing = true;
      refusal ??= new CutlineError('INFERENCE_ERROR', { message: 'the engine is closed' });
      await Promise.race([questions.settled, givenUp]);
      // Terminating a thread inside a run aborts the process, so only an idle one is ended.
      if (stuck) return;
      profiled ??= writeProfiles();
      await profiled;
      await thread.worker.terminate();
    },
  };

  async function writeProfiles(): Promise<void> {
    if (!profiler) return;
    if (!questions.ended) await questions.ask({ kind: 'finish' }, []).catch(() => {});
    await profiler.stop();
  }

  async function loadAll(graphs: readonly Graph[], events: BatchEvents): Promise<Model[]> {
    return await lock.run(async () => {
      const batch = ++lastBatch;
      const opening = graphs.map((graph) => watch(openModel(graph, batch), Infinity));
      const warming = graphs.map(({ card }) => watch(warm(card, batch), card.shapes?.length));
      // One failure is told; that of the others is the same.
      for (const answer of [...opening, ...warming]) answer.catch(() => {});
      const models: Model[] = [];
      for (const [index, { card }] of graphs.entries()) {
        const loaded = await opening[index]!;
        models.push(openedModel(card, loaded));
        events.onOpened(card, loaded.ms);
      }
      events.onWarming();
      for (const [index, { card }] of graphs.entries()) {
        const { runsMs } = await warming[index]!;
        for (const ms of runsMs) options.onRan?.(card.id, ms);
      }
      return models;
    });
  }

  function openedModel(card: Card, loaded: Loaded): Model {
    device = loaded.device;
    if (options.device.warnOnFallback) for (const reason of loaded.passedOver) options.onFallback(reason);
    return createModel(card, { run: (inputs) => run(card, inputs) }, { lock, watch });
  }

  function onStuck(error: CutlineError): void {
    stuck = true;
    refusal = error;
    giveUp();
    options.onStuck(error);
  }

  async function openModel({ card, graph }: Graph, batch: number): Promise<Loaded> {
    const { device, threads } = options;
    const trace = profiler?.trace(card.id);
    const question = { kind: 'load', model: card.id, graph, card, threads, trace, batch } as const;
    try {
      return (await ask({ ...question, devices: device.devices }, [])) as Loaded;
    } catch (reason) {
      if (reason instanceof CutlineError) throw reason;
      const { cause, message } = asFailed(reason);
      if (cause === 'device') {
        const problem = `DEVICE: expected a device that works for '${device.devices.join(',')}' but ${message}`;
        throw new CutlineError('CONFIG_INVALID', { fields: { problems: [problem] } });
      }
      const field = cause === 'card' ? message : 'the graph cannot be opened';
      throw new CutlineError('MODEL_INVALID', {
        fields: { model: card.id, field },
        message: `${card.id}: ${message}`,
      });
    }
  }

  async function warm({ id }: Card, batch: number): Promise<Warmed> {
    return (await running(id, ask({ kind: 'warm', model: id, batch }, []))) as Warmed;
  }

  async function run({ id }: Card, inputs: Readonly<Record<string, Tensor>>): Promise<Ran['outputs']> {
    const buffers = new Set(Object.values(inputs).map(({ data }) => data.buffer));
    const question = ask({ kind: 'run', model: id, inputs }, [...buffers]);
    const { outputs, ms } = (await running(id, question)) as Ran;
    options.onRan?.(id, ms);
    return outputs;
  }

  /** @throws in our terms what a run failed with */
  async function running(model: string, answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (reason) {
      if (reason instanceof CutlineError) throw reason;
      throw runError(asFailed(reason).message, model, await gpuMemory());
    }
  }

  function ask(question: Question, transfer: ArrayBuffer[]): Promise<Answer> {
    return refusal ? Promise.reject(refusal) : questions.ask(question, transfer);
  }

  function onEnded(message: string): void {
    const first = refusal === undefined;
    refusal ??= new CutlineError('INFERENCE_ERROR', { message });
    if (first && !closing) options.onDead?.(refusal);
  }
}

function asFailed(reason: unknown): Pick<Failed, 'cause' | 'message'> {
  if (typeof reason === 'object' && reason !== null && 'kind' in reason && reason.kind === 'failed')
    return reason as Failed;
  return { cause: 'runtime', message: reason instanceof Error ? reason.message : String(reason) };
}
