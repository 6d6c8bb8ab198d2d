// The engine's real thread beside the main one: who waits for whom.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { CutlineError } from '../errors.ts';
import type { Tensor } from '../stage.ts';
import { commandLimit } from '../testing/until.ts';
import { createEngine } from './engine.ts';
import { builtin } from './testdata/cards.ts';

async function openUpscaler(t: ExecutionContext) {
  const engine = createEngine({
    device: { devices: ['cpu'], warnOnFallback: false },
    threads: 2,
    queueLimit: 8,
    runLimitMs: 120_000,
    onFallback: t.fail,
    onStuck: (error) => t.fail(error.message),
  });
  t.teardown(() => engine.close());
  const { card, graph } = await builtin('upscale');
  return { engine, model: await engine.load(card, graph) };
}

function black(side: number): Record<string, Tensor> {
  return { image: { dims: [1, side, side, 3], data: new Uint8Array(side * side * 3) } };
}

const TICK_MS = 10;

/** Ticks of a thread that has nothing else to do, which is all that the machine's load leaves to anybody. */
async function idleTicks(t: ExecutionContext): Promise<() => number> {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    setInterval(() => Atomics.add(workerData, 0, 1), ${TICK_MS});
    parentPort.postMessage('ticks');`;
  const idle = new Worker(program, { eval: true, workerData: shared });
  t.teardown(() => idle.terminate());
  await once(idle, 'message');
  return () => Atomics.load(shared, 0);
}

test.serial('The main thread stays responsive while a model runs', async (t) => {
  const LEAST_MS = 2_000;
  const LEAST_TICKS = 50;
  const MOST_RUNS = 500;
  const { model } = await openUpscaler(t);
  const others = await idleTicks(t);
  let ticks = 0;
  const timer = setInterval(() => ticks++, TICK_MS);
  t.teardown(() => clearInterval(timer));
  const [begin, before] = [performance.now(), others()];
  const isEnough = () => performance.now() - begin > LEAST_MS && others() - before > LEAST_TICKS;
  // On a fast machine one run is short, so that there are several, end to end.
  for (let runs = 0; runs < MOST_RUNS && !isEnough(); runs++) await model.run(black(1500));
  const ideal = others() - before;
  t.true(ideal > LEAST_TICKS, `${ideal}`);
  t.true(ticks > ideal * 0.4, `${ticks} of ${ideal} ticks`);
});

test.serial('close() waits for the run in progress, whose caller gets its result', async (t) => {
  const { engine, model } = await openUpscaler(t);
  const running = model.run(black(700));
  await new Promise(setImmediate);
  const closing = engine.close();
  t.is((await running).image_out?.data.length, 1400 * 1400 * 3);
  await closing;
});

test.serial('close() may be called again, at once and later; what comes after it is an error', async (t) => {
  const { engine, model } = await openUpscaler(t);
  await Promise.all([engine.close(), engine.close()]);
  await engine.close();
  const { card, graph } = await builtin('halve');
  for (const late of [() => model.run(black(8)), () => engine.load(card, graph)]) {
    const error = await t.throwsAsync(late(), { instanceOf: CutlineError });
    t.is(error?.code, 'INFERENCE_ERROR');
  }
});

test.serial('An engine that was never used can be closed', async (t) => {
  const engine = createEngine({
    device: { devices: ['cpu'], warnOnFallback: false },
    threads: 1,
    queueLimit: 1,
    runLimitMs: 1_000,
    onFallback: t.fail,
    onStuck: (error) => t.fail(error.message),
  });
  await t.notThrowsAsync(engine.close());
});

test.serial('A process that forgets close() ends all the same, soundly', async (t) => {
  const script = new URL('./testdata/forgets-to-close.ts', import.meta.url).pathname;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], commandLimit);
  t.is(stdout, 'done\n');
  t.is(stderr, '');
});
