// The engine when its thread misbehaves. What it does with a sound one is in engine.test.ts.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { BroadcastChannel } from 'node:worker_threads';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { CutlineError } from '../errors.ts';
import type { Tensor } from '../stage.ts';
import { createEngine } from './engine.ts';
import { fakeCard } from './testdata/cards.ts';

type Trouble = 'silence' | 'exit' | 'throw' | 'out-of-memory';

async function openTroubled(t: ExecutionContext, then: Trouble, runLimitMs = 60_000) {
  const channel = new BroadcastChannel(randomUUID());
  const stuck: CutlineError[] = [];
  const engine = createEngine({
    device: { devices: ['cuda'], warnOnFallback: true },
    threads: 1,
    queueLimit: 2,
    runLimitMs,
    onFallback: t.fail,
    onStuck: (error) => stuck.push(error),
    worker: new URL('./testdata/troubled-worker.ts', import.meta.url),
    gpuMemory: async () => ({ freeMb: 300, totalMb: 23034 }),
  });
  t.teardown(async () => {
    channel.postMessage('end');
    channel.close();
    await engine.close();
  });
  const model = await engine.load(fakeCard({ id: then, title: channel.name }), 'nowhere.onnx');
  return { engine, model, stuck, channel };
}

function inputs(): Record<string, Tensor> {
  return { image: { dims: [1, 1, 1, 3], data: new Uint8Array(3) } };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof CutlineError ? error.code : `no CutlineError but ${error}`;
}

async function isAlive(channel: BroadcastChannel): Promise<boolean> {
  const answer = once(channel as EventTarget, 'message', { signal: AbortSignal.timeout(10_000) });
  channel.postMessage('alive?');
  return await answer.then(
    () => true,
    () => false,
  );
}

test('A thread that never answers is PROCESSING_TIMEOUT, reported as stuck, and never terminated', async (t) => {
  const { engine, model, stuck, channel } = await openTroubled(t, 'silence', 600);
  t.is(await codeOf(model.run(inputs())), 'PROCESSING_TIMEOUT');
  t.deepEqual(
    stuck.map(({ code }) => code),
    ['PROCESSING_TIMEOUT'],
  );
  await engine.close();
  t.true(await isAlive(channel));
});

test('A run that overshoots while close() waits for it is not terminated either', async (t) => {
  const { engine, model, channel } = await openTroubled(t, 'silence', 600);
  const running = codeOf(model.run(inputs()));
  await new Promise(setImmediate);
  await engine.close();
  t.is(await running, 'PROCESSING_TIMEOUT');
  t.true(await isAlive(channel));
});

test('A stuck thread gets no more work: who waits and who comes later is told at once, and reported once', async (t) => {
  const { engine, model, stuck } = await openTroubled(t, 'silence', 600);
  const waiting = [model.run(inputs()), model.run(inputs()), model.run(inputs())].map(codeOf);
  t.deepEqual(await Promise.all(waiting), Array(3).fill('PROCESSING_TIMEOUT'));
  t.is(await codeOf(model.run(inputs())), 'PROCESSING_TIMEOUT');
  t.is(await codeOf(engine.load(fakeCard(), 'nowhere.onnx')), 'PROCESSING_TIMEOUT');
  t.is(stuck.length, 1);
});

for (const trouble of ['exit', 'throw'] as const) {
  test(`A thread that ends inside a run (${trouble}) is an error for that run and all later work, not a hang`, async (t) => {
    const { engine, model, stuck } = await openTroubled(t, trouble);
    const codes = [model.run(inputs()), model.run(inputs())].map(codeOf);
    t.deepEqual(await Promise.all(codes), ['INFERENCE_ERROR', 'INFERENCE_ERROR']);
    t.is(await codeOf(model.run(inputs())), 'INFERENCE_ERROR');
    t.is(await codeOf(engine.load(fakeCard(), 'nowhere.onnx')), 'INFERENCE_ERROR');
    t.deepEqual(stuck, []);
    await t.notThrowsAsync(engine.close());
  });
}

test('A worker file that is not there is an error for the first load', async (t) => {
  const engine = createEngine({
    device: { devices: ['cpu'], warnOnFallback: true },
    threads: 1,
    queueLimit: 2,
    runLimitMs: 60_000,
    onFallback: t.fail,
    onStuck: (error) => t.fail(error.message),
    worker: new URL('./testdata/nobody.ts', import.meta.url),
  });
  const error = await t.throwsAsync(engine.load(fakeCard(), 'nowhere.onnx'), { instanceOf: CutlineError });
  t.regex(error?.message ?? '', /nobody\.ts/);
  await engine.close();
});

test('Out of memory names what was wanted and what the device had, and the next run is asked again', async (t) => {
  const { model, stuck } = await openTroubled(t, 'out-of-memory');
  for (const attempt of [1, 2]) {
    const error = await t.throwsAsync(model.run(inputs()), { instanceOf: CutlineError }, `${attempt}`);
    t.is(error?.code, 'GPU_MEMORY_EXHAUSTED');
    t.is(error?.fields.gpu_memory_required_mb, 2048);
    t.is(error?.fields.gpu_memory_available_mb, 300);
  }
  t.deepEqual(stuck, []);
});

test('With the queue full a run and a load are BUSY, and close() does not wait in that queue', async (t) => {
  const { engine, model } = await openTroubled(t, 'silence', 600);
  // One runs, one lies ready in the thread, two wait.
  const runs = Array.from({ length: 4 }, () => codeOf(model.run(inputs())));
  t.is(await codeOf(model.run(inputs())), 'BUSY');
  t.is(await codeOf(engine.load(fakeCard(), 'nowhere.onnx')), 'BUSY');
  await t.notThrowsAsync(engine.close());
  t.deepEqual(await Promise.all(runs), Array(4).fill('PROCESSING_TIMEOUT'));
});
