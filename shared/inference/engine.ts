// Owns the worker thread: opens models in it, warms them, hands them out, and ends it when it is idle.
import { Worker } from 'node:worker_threads';
import type { Card } from '../card.ts';
import { CutlineError } from '../errors.ts';
import { createSlots } from '../slots.ts';
import type { Model, Tensor } from '../stage.ts';
import type { DeviceName, DevicePreference } from './device.ts';
import type { GpuMemory } from './gpu-memory.ts';
import { readGpuMemory } from './gpu-memory.ts';
import { createModel } from './model.ts';
import { runError } from './onnx-error.ts';
import { startProfiler } from './profiler.ts';
import type {
  Failed,
  Finished,
  FinishRequest,
  Loaded,
  LoadRequest,
  Ran,
  RunRequest,
  WorkerReply,
} from './protocol.ts';
import { warmUp } from './warm-up.ts';

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
  /** A run ended; the wait for the device is not counted. */
  onRan?(model: string, ms: number): void;
  /** Another worker than the real one, for tests of trouble. */
  readonly worker?: URL;
  readonly gpuMemory?: () => Promise<GpuMemory | null>;
}

export interface Engine {
  /** Opens a model; its first run pays for what `warm` would have paid. @throws MODEL_INVALID, CONFIG_INVALID */
  open(card: Card, graph: string): Promise<Model>;
  /** Runs it at every shape that it will be given. @throws INFERENCE_ERROR, GPU_MEMORY_EXHAUSTED */
  warm(model: Model): Promise<void>;
  /** Both. */
  load(card: Card, graph: string): Promise<Model>;
  /** The device in use; undefined before the first model is open. */
  readonly device: DeviceName | undefined;
  /** Waits for the run in progress and ends the thread. A stuck thread is left alone: the process must exit. */
  close(): Promise<void>;
}

type Answer = Loaded | Ran | Finished;
type Pending = { resolve(reply: Answer): void; reject(failed: Failed): void };
/** Omit over each member of the union. */
type Unnumbered = Omit<LoadRequest, 'id'> | Omit<RunRequest, 'id'> | Omit<FinishRequest, 'id'>;

export function createEngine(options: EngineOptions): Engine {
  const worker = new Worker(options.worker ?? new URL('./worker.ts', import.meta.url));
  // A thread without work must not keep a process alive that is done.
  worker.unref();
  const profiler = options.profileDir === undefined ? undefined : startProfiler(options.profileDir);
  const lock = createSlots(1, options.queueLimit);
  const pending = new Map<number, Pending>();
  const gpuMemory = options.gpuMemory ?? readGpuMemory;
  let devices = options.device.devices;
  let device: DeviceName | undefined;
  /** Why no more work is taken: the thread is stuck, dead or being ended. */
  let refusal: CutlineError | undefined;
  let stuck = false;
  let closing = false;
  let ended = false;
  let profiled: Promise<void> | undefined;
  /** Settles with the last request, or when the thread is found stuck. */
  let busy: Promise<unknown> = Promise.resolve();
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<void>();
  let lastId = 0;

  worker.on('message', (reply: WorkerReply) => {
    const waiting = pending.get(reply.id);
    pending.delete(reply.id);
    if (pending.size === 0) worker.unref();
    if (reply.kind === 'failed') waiting?.reject(reply);
    else waiting?.resolve(reply);
  });
  worker.on('error', (error) => failAll(error.message));
  // Node sends no further event: whoever asks a thread that has ended would wait for ever.
  worker.on('exit', (code) => {
    ended = true;
    failAll(`the inference thread ended with code ${code}`);
  });

  return {
    get device() {
      return device;
    },
    open,
    warm: (model) => warmUp(model, device!),
    async load(card, graph) {
      const model = await open(card, graph);
      await warmUp(model, device!);
      return model;
    },
    async close() {
      closing = true;
      refusal ??= new CutlineError('INFERENCE_ERROR', { message: 'the engine is closed' });
      await Promise.race([busy, givenUp]);
      // Terminating a thread inside a run aborts the process, so only an idle one is ended.
      if (stuck) return;
      profiled ??= writeProfiles();
      await profiled;
      await worker.terminate();
    },
  };

  async function writeProfiles(): Promise<void> {
    if (!profiler) return;
    if (!ended) await send({ kind: 'finish' }, []).catch(() => {});
    await profiler.stop();
  }

  async function open(card: Card, graph: string): Promise<Model> {
    const loaded = await openModel(card, graph);
    // All models of a process live on one device: what was passed over once is not tried again.
    devices = [loaded.device];
    device = loaded.device;
    if (options.device.warnOnFallback) for (const reason of loaded.passedOver) options.onFallback(reason);
    const session = { run: (inputs: Readonly<Record<string, Tensor>>) => timedRun(card, inputs) };
    return createModel(card, session, { lock, runLimitMs: options.runLimitMs, onStuck });
  }

  async function timedRun(card: Card, inputs: Readonly<Record<string, Tensor>>) {
    const began = performance.now();
    const outputs = await run(card, inputs);
    options.onRan?.(card.id, performance.now() - began);
    return outputs;
  }

  function onStuck(error: CutlineError): void {
    stuck = true;
    refusal = error;
    giveUp();
    options.onStuck(error);
  }

  async function openModel(card: Card, graph: string): Promise<Loaded> {
    const request = {
      kind: 'load' as const,
      model: card.id,
      graph,
      card,
      devices,
      threads: options.threads,
      trace: profiler?.trace(card.id),
    };
    try {
      return (await lock.run(() => ask(request, []))) as Loaded;
    } catch (reason) {
      if (reason instanceof CutlineError) throw reason;
      const { cause, message } = asFailed(reason);
      if (cause === 'device') {
        const problem = `DEVICE: expected a device that works for '${options.device.devices.join(',')}' but ${message}`;
        throw new CutlineError('CONFIG_INVALID', { fields: { problems: [problem] } });
      }
      const field = cause === 'card' ? message : 'the graph cannot be opened';
      throw new CutlineError('MODEL_INVALID', {
        fields: { model: card.id, field },
        message: `${card.id}: ${message}`,
      });
    }
  }

  async function run(card: Card, inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    try {
      const buffers = new Set(Object.values(inputs).map(({ data }) => data.buffer));
      return ((await ask({ kind: 'run', model: card.id, inputs }, [...buffers])) as Ran).outputs;
    } catch (reason) {
      if (reason instanceof CutlineError) throw reason;
      throw runError(asFailed(reason).message, card.id, await gpuMemory());
    }
  }

  function ask(request: Unnumbered, transfer: ArrayBuffer[]): Promise<Answer> {
    return refusal ? Promise.reject(refusal) : send(request, transfer);
  }

  function send(request: Unnumbered, transfer: ArrayBuffer[]): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      const id = ++lastId;
      // Throws when a buffer was taken along by an earlier run; then there is nothing to wait for.
      worker.postMessage({ ...request, id }, transfer);
      pending.set(id, { resolve, reject });
      worker.ref();
    });
    busy = answer.catch(() => {});
    return answer;
  }

  function failAll(message: string): void {
    const first = refusal === undefined;
    refusal ??= new CutlineError('INFERENCE_ERROR', { message });
    if (first && !closing) options.onDead?.(refusal);
    for (const [id, { reject }] of pending) reject({ kind: 'failed', id, cause: 'runtime', message });
    pending.clear();
  }
}

function asFailed(reason: unknown): Pick<Failed, 'cause' | 'message'> {
  if (typeof reason === 'object' && reason !== null && 'kind' in reason && reason.kind === 'failed')
    return reason as Failed;
  return { cause: 'runtime', message: reason instanceof Error ? reason.message : String(reason) };
}
