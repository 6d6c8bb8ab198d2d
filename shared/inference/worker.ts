// The thread that holds the models. The only module that knows onnxruntime: session.run() blocks its thread,
// so it must not be the main one.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import * as ort from 'onnxruntime-node';
import type { Card } from '../card.ts';
import type { Tensor, TensorData } from '../stage.ts';
import { cardMismatch } from './card-check.ts';
import type { DeviceName } from './device.ts';
import type {
  FinishRequest,
  LoadRequest,
  RunRequest,
  WarmRequest,
  WorkerReply,
  WorkerRequest,
} from './protocol.ts';
import { warmUp } from './warm-up.ts';

// Everything that matters comes as an exception and is reported by us; its own lines would only repeat it.
ort.env.logLevel = 'fatal';

if (!parentPort) throw new Error('Expected to run as a worker thread');
const port = parentPort;
const sessions = new Map<string, { session: ort.InferenceSession; card: Card; traced: boolean }>();

/** All models of a process live on one device: what was passed over once is not tried again. */
let chosen: DeviceName | undefined;
const spoilt = new Set<number>();
let last = Promise.resolve();

port.on('message', (request: WorkerRequest) => {
  last = last.then(async () => reply(await answer(request)));
});

const answers = { load, warm, run, finish };

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  const { id, batch } = request;
  if (batch !== undefined && spoilt.has(batch))
    return { kind: 'failed', id, cause: 'runtime', message: 'one before it failed' };
  const reply = await answers[request.kind](request as never).catch((error: unknown): WorkerReply => {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', id, cause: 'runtime', message };
  });
  if (reply.kind === 'failed' && batch !== undefined) spoilt.add(batch);
  return reply;
}

async function finish({ id }: FinishRequest): Promise<WorkerReply> {
  for (const { session, traced } of sessions.values()) if (traced) session.endProfiling();
  return { kind: 'finished', id };
}

function reply(message: WorkerReply): void {
  const outputs = message.kind === 'ran' ? Object.values(message.outputs) : [];
  port.postMessage(message, [...new Set(outputs.map(({ data }) => data.buffer))]);
}

async function load(request: LoadRequest): Promise<WorkerReply> {
  const began = performance.now();
  const passedOver: string[] = [];
  const devices = chosen ? [chosen] : request.devices;
  for (const [index, device] of devices.entries()) {
    try {
      const session = await open(request, device);
      const mismatch = cardMismatch(request.card, {
        inputs: session.inputMetadata,
        outputs: session.outputMetadata,
      });
      if (mismatch) return { kind: 'failed', id: request.id, cause: 'card', message: mismatch };
      sessions.set(request.model, { session, card: request.card, traced: request.trace !== undefined });
      chosen = device;
      const ms = performance.now() - began;
      return { kind: 'loaded', id: request.id, device, passedOver, ms };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const last = index === devices.length - 1;
      if (last)
        return { kind: 'failed', id: request.id, cause: device === 'cpu' ? 'runtime' : 'device', message };
      passedOver.push(`${device}: ${message}`);
    }
  }
  throw new Error('Expected at least one device but received none');
}

async function open(request: LoadRequest, device: DeviceName): Promise<ort.InferenceSession> {
  if (device !== 'cpu' && !providerIsInstalled())
    throw new Error('the CUDA provider of onnxruntime is not installed');
  return await ort.InferenceSession.create(request.graph, {
    executionProviders: providers[device],
    intraOpNumThreads: request.threads,
    graphOptimizationLevel: request.card.optimization,
    logSeverityLevel: 4,
    ...(request.trace !== undefined && { enableProfiling: true, profileFilePrefix: request.trace }),
    // Pictures differ in size, so a remembered pattern never fits; the arena would keep the largest for ever.
    enableCpuMemArena: false,
    enableMemPattern: false,
    extra: { session: { intra_op: { spin_duration_us: String(SPIN_US) } } },
  });
}

/**
 * How long a thread of a session looks out for more work before it sleeps. By itself it does so for some 50 ms after each
 * opening and each run, on every core: time that decoding, encoding and the start of a process then lack. Between two
 * nodes of a graph less than this passes.
 */
const SPIN_US = 1000;

// TensorRT leaves nodes over that it cannot run; CUDA takes those.
const providers: Record<DeviceName, string[]> = {
  cpu: ['cpu'],
  cuda: ['cuda'],
  tensorrt: ['tensorrt', 'cuda'],
};

// Asking onnxruntime for a provider whose library is missing prints lines to stderr that nobody can silence.
function providerIsInstalled(): boolean {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  return existsSync(
    join(root, 'bin', 'napi-v6', process.platform, process.arch, 'libonnxruntime_providers_cuda.so'),
  );
}

async function run(request: RunRequest): Promise<WorkerReply> {
  const began = performance.now();
  const outputs = await runOnce(request.model, request.inputs);
  return { kind: 'ran', id: request.id, outputs, ms: performance.now() - began };
}

async function warm({ id, model }: WarmRequest): Promise<WorkerReply> {
  const runsMs: number[] = [];
  const timed = async (inputs: RunRequest['inputs']): Promise<Record<string, Tensor>> => {
    const began = performance.now();
    await runOnce(model, inputs);
    runsMs.push(performance.now() - began);
    return {};
  };
  await warmUp({ card: entryOf(model).card, run: timed }, chosen ?? 'cpu');
  return { kind: 'warmed', id, runsMs };
}

async function runOnce(model: string, inputs: RunRequest['inputs']): Promise<Record<string, Tensor>> {
  const { session, card } = entryOf(model);
  const feeds = Object.entries(inputs).map(([name, tensor]) => {
    const type = card.inputs[name]?.type ?? 'uint8';
    return [name, new ort.Tensor(type, tensor.data, tensor.dims)] as const;
  });
  const results = await session.run(Object.fromEntries(feeds), Object.keys(card.outputs));
  const outputs = Object.entries(results).map(([name, value]): [string, Tensor] => [
    name,
    { dims: value.dims, data: owned(value.data as TensorData) },
  ]);
  return Object.fromEntries(outputs);
}

function entryOf(model: string) {
  const entry = sessions.get(model);
  if (!entry) throw new Error(`Expected a loaded model but received '${model}'`);
  return entry;
}

/** A view over a part of a larger buffer would take all of it along when it is transferred. */
function owned(data: TensorData): TensorData {
  return data.byteLength === data.buffer.byteLength ? data : (data.slice() as TensorData);
}
