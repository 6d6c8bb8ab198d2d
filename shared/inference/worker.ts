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
import type { FinishRequest, LoadRequest, RunRequest, WorkerReply, WorkerRequest } from './protocol.ts';

// Everything that matters comes as an exception and is reported by us; its own lines would only repeat it.
ort.env.logLevel = 'fatal';

if (!parentPort) throw new Error('Expected to run as a worker thread');
const port = parentPort;
const sessions = new Map<string, { session: ort.InferenceSession; card: Card; traced: boolean }>();

port.on('message', async (request: WorkerRequest) => {
  try {
    reply(await answers[request.kind](request as never));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    reply({ kind: 'failed', id: request.id, cause: 'runtime', message });
  }
});

const answers = { load, run, finish };

function finish({ id }: FinishRequest): WorkerReply {
  for (const { session, traced } of sessions.values()) if (traced) session.endProfiling();
  return { kind: 'finished', id };
}

function reply(message: WorkerReply): void {
  const outputs = message.kind === 'ran' ? Object.values(message.outputs) : [];
  port.postMessage(message, [...new Set(outputs.map(({ data }) => data.buffer))]);
}

async function load(request: LoadRequest): Promise<WorkerReply> {
  const passedOver: string[] = [];
  for (const [index, device] of request.devices.entries()) {
    try {
      const session = await open(request, device);
      const mismatch = cardMismatch(request.card, {
        inputs: session.inputMetadata,
        outputs: session.outputMetadata,
      });
      if (mismatch) return { kind: 'failed', id: request.id, cause: 'card', message: mismatch };
      sessions.set(request.model, { session, card: request.card, traced: request.trace !== undefined });
      return { kind: 'loaded', id: request.id, device, passedOver };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const last = index === request.devices.length - 1;
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
  });
}

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
  const entry = sessions.get(request.model);
  if (!entry) throw new Error(`Expected a loaded model but received '${request.model}'`);
  const feeds = Object.entries(request.inputs).map(([name, tensor]) => {
    const type = entry.card.inputs[name]?.type ?? 'uint8';
    return [name, new ort.Tensor(type, tensor.data, tensor.dims)] as const;
  });
  const results = await entry.session.run(Object.fromEntries(feeds), Object.keys(entry.card.outputs));
  const outputs = Object.entries(results).map(([name, value]): [string, Tensor] => [
    name,
    { dims: value.dims, data: owned(value.data as TensorData) },
  ]);
  return { kind: 'ran', id: request.id, outputs: Object.fromEntries(outputs) };
}

/** A view over a part of a larger buffer would take all of it along when it is transferred. */
function owned(data: TensorData): TensorData {
  return data.byteLength === data.buffer.byteLength ? data : (data.slice() as TensorData);
}
