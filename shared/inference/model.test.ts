import test from 'ava';
import { CutlineError } from '../errors.ts';
import { createSlots } from '../slots.ts';
import type { Tensor } from '../stage.ts';
import { createModel, createWatch } from './model.ts';
import { fakeCard } from './testdata/cards.ts';

const tensor: Tensor = { dims: [1], data: Uint8Array.of(7) };

function modelOf(run: () => Promise<Record<string, Tensor>>, runLimitMs = 60_000) {
  const stuck: CutlineError[] = [];
  const lock = createSlots(1, 4);
  const onStuck = (error: CutlineError) => stuck.push(error);
  return {
    stuck,
    lock,
    model: createModel(fakeCard(), { run }, { lock, watch: createWatch({ runLimitMs, onStuck }) }),
  };
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

const later = <Value>(ms: number, value: Value): Promise<Value> =>
  new Promise((resolve) => setTimeout(resolve, ms, value));

test('The time of a run that lies ready begins when the one before it has ended', async (t) => {
  const watch = createWatch({ runLimitMs: 500, onStuck: (error) => t.fail(error.message) });
  t.deepEqual(
    await Promise.all([watch(later(300, 1)), watch(later(600, 2)), watch(later(900, 3))]),
    [1, 2, 3],
  );
});

test('What may take its time has no limit, and the next one’s begins after it', async (t) => {
  const watch = createWatch({ runLimitMs: 300, onStuck: (error) => t.fail(error.message) });
  t.deepEqual(await Promise.all([watch(later(500, 'opened'), Infinity), watch(later(600, 'ran'))]), [
    'opened',
    'ran',
  ]);
});

test('A failed run is no hindrance for the next one', async (t) => {
  const watch = createWatch({ runLimitMs: 500, onStuck: (error) => t.fail(error.message) });
  const [failed, next] = [watch(Promise.reject(new CutlineError('INFERENCE_ERROR'))), watch(later(5, 'ran'))];
  await t.throwsAsync(failed, { instanceOf: CutlineError });
  t.is(await next, 'ran');
});

test('Behind a stuck run nobody waits, and it is reported once', async (t) => {
  const stuck: CutlineError[] = [];
  const watch = createWatch({ runLimitMs: 20, onStuck: (error) => stuck.push(error) });
  const ready = [watch(never()), watch(never(), Infinity), watch(never())];
  for (const run of ready) {
    const error = await t.throwsAsync(run, { instanceOf: CutlineError });
    t.is(error?.code, 'PROCESSING_TIMEOUT');
  }
  t.is(stuck.length, 1);
});
