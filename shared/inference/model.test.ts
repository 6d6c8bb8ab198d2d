import test from 'ava';
import { CutlineError } from '../errors.ts';
import { createSlots } from '../slots.ts';
import type { Tensor } from '../stage.ts';
import { createModel } from './model.ts';
import { fakeCard } from './testdata/cards.ts';

const tensor: Tensor = { dims: [1], data: Uint8Array.of(7) };

function modelOf(run: () => Promise<Record<string, Tensor>>, runLimitMs = 60_000) {
  const stuck: CutlineError[] = [];
  const lock = createSlots(1, 4);
  const onStuck = (error: CutlineError) => stuck.push(error);
  return { stuck, lock, model: createModel(fakeCard(), { run }, { lock, runLimitMs, onStuck }) };
}

const never = () => new Promise<never>(() => {});

test('A run gives the session’s outputs and leaves the device free', async (t) => {
  const { model, stuck, lock } = modelOf(async () => ({ out: tensor }));
  t.deepEqual(await model.run({}), { out: tensor });
  t.is(await lock.run(async () => 'free'), 'free');
  t.deepEqual(stuck, []);
});

test('A run over its limit is PROCESSING_TIMEOUT and reported as stuck, once', async (t) => {
  const { model, stuck } = modelOf(never, 20);
  const error = await t.throwsAsync(model.run({}), { instanceOf: CutlineError });
  t.is(error?.code, 'PROCESSING_TIMEOUT');
  t.is(error?.fields.limit_seconds, 0.02);
  t.deepEqual(stuck, [error!]);
});

test('What a stuck session says later goes unheard', async (t) => {
  const { promise, reject } = Promise.withResolvers<never>();
  const { model, stuck } = modelOf(() => promise, 20);
  await t.throwsAsync(model.run({}), { instanceOf: CutlineError });
  reject(new Error('too late'));
  await t.notThrowsAsync(new Promise(setImmediate));
  t.is(stuck.length, 1);
});

test('The limit begins with the run, not with the wait for the device', async (t) => {
  const { model, lock, stuck } = modelOf(async () => ({ out: tensor }), 500);
  const waited = lock.run(() => new Promise((resolve) => setTimeout(resolve, 800)));
  t.deepEqual(await model.run({}), { out: tensor });
  t.deepEqual(stuck, []);
  await waited;
});

test('An abort during a run is looked at when the run is over, and the device is free again', async (t) => {
  const controller = new AbortController();
  const { model, lock } = modelOf(async () => {
    controller.abort(new CutlineError('CANCELLED'));
    return { out: tensor };
  });
  const error = await t.throwsAsync(model.run({}, controller.signal), { instanceOf: CutlineError });
  t.is(error?.code, 'CANCELLED');
  t.is(await lock.run(async () => 'free'), 'free');
});

test('With a signal aborted before, the session is not asked', async (t) => {
  const { model } = modelOf(async () => t.fail('a cancelled run began') as never);
  const signal = AbortSignal.abort(new CutlineError('CANCELLED'));
  const error = await t.throwsAsync(model.run({}, signal), { instanceOf: CutlineError });
  t.is(error?.code, 'CANCELLED');
});

test('The session’s own error comes through', async (t) => {
  const { model, stuck } = modelOf(() => Promise.reject(new CutlineError('INFERENCE_ERROR')));
  const error = await t.throwsAsync(model.run({}), { instanceOf: CutlineError });
  t.is(error?.code, 'INFERENCE_ERROR');
  t.deepEqual(stuck, []);
});
