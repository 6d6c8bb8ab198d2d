// What an engine tells of its runs and of its end.
import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { CutlineError } from '../errors.ts';
import type { Tensor } from '../stage.ts';
import { createEngine } from './engine.ts';
import { builtin, fakeCard } from './testdata/cards.ts';

interface Heard {
  readonly ran: (readonly [model: string, ms: number])[];
  readonly dead: CutlineError[];
}

function open(t: ExecutionContext, worker?: URL) {
  const heard: Heard = { ran: [], dead: [] };
  const engine = createEngine({
    device: { devices: ['cpu'], warnOnFallback: true },
    threads: 1,
    queueLimit: 8,
    runLimitMs: 60_000,
    onFallback: t.fail,
    onStuck: (error) => t.fail(error.message),
    onRan: (model, ms) => heard.ran.push([model, ms]),
    onDead: (error) => heard.dead.push(error),
    ...(worker && { worker }),
  });
  t.teardown(() => engine.close());
  return { engine, heard };
}

const image = (side: number): Record<string, Tensor> => ({
  image: { dims: [1, side, side, 3], data: new Uint8Array(side * side * 3) },
});

/** Its thread ends inside the first run after the warm-up. */
async function openTroubled(t: ExecutionContext, then: 'exit' | 'throw') {
  const { engine, heard } = open(t, new URL('./testdata/troubled-worker.ts', import.meta.url));
  const model = await engine.load(fakeCard({ id: then, title: randomUUID() }), 'nowhere.onnx');
  heard.ran.length = 0;
  return { engine, model, heard };
}

test('each run is told of with its model and its time, the warm-up included; what fails is not', async (t) => {
  const { engine, heard } = open(t);
  const { card, graph } = await builtin('halve');
  const model = await engine.load(card, graph);
  await Promise.all([model.run(image(4)), model.run(image(8))]);
  await t.throwsAsync(model.run({ image: { dims: [1, 4, 4, 4], data: new Uint8Array(64) } }));
  t.deepEqual(
    heard.ran.map(([id]) => id),
    ['halve', 'halve', 'halve'],
  );
  t.true(heard.ran.every(([, ms]) => ms > 0));
  t.deepEqual(heard.dead, []);
});

for (const trouble of ['exit', 'throw'] as const) {
  test(`a thread that ends by itself (${trouble}) is told of once`, async (t) => {
    const { engine, model, heard } = await openTroubled(t, trouble);
    await t.throwsAsync(model.run(image(1)), { code: 'INFERENCE_ERROR' });
    await t.throwsAsync(model.run(image(1)), { code: 'INFERENCE_ERROR' });
    t.deepEqual(
      heard.dead.map(({ code }) => code),
      ['INFERENCE_ERROR'],
    );
    t.deepEqual(heard.ran, []);
    await engine.close();
  });
}

test('an engine that is closed is not dead', async (t) => {
  const { engine, heard } = open(t);
  const { card, graph } = await builtin('halve');
  const model = await engine.load(card, graph);
  await engine.close();
  await t.throwsAsync(model.run(image(4)), { code: 'INFERENCE_ERROR', message: /closed/ });
  t.deepEqual(heard.dead, []);
});
