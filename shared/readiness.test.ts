import test from 'ava';
import { CutlineError } from './errors.ts';
import { createReadiness } from './readiness.ts';

function starting() {
  let time = 500;
  const pass = (ms: number): void => {
    time += ms;
  };
  return { readiness: createReadiness(() => time), pass };
}

const damaged = () => new CutlineError('MODEL_INVALID', { fields: { model: 'mask', field: 'sha256' } });

test('from the first moment on it is not ready, and refuses work', (t) => {
  const { readiness } = starting();
  t.false(readiness.isReady);
  t.is(readiness.refusal()?.code, 'MODEL_LOADING');
  t.deepEqual(readiness.startup(), {
    status: 'not_ready',
    reason: 'model_not_loaded',
    phase: 'starting',
    elapsed_ms: 0,
    estimate_ms: null,
  });
});

test('it says how far it is, and how long the last start took', (t) => {
  const { readiness, pass } = starting();
  readiness.enter('gpu');
  pass(40.4);
  readiness.enter('model');
  pass(2);
  readiness.expect(9000);
  t.like(readiness.startup(), { status: 'not_ready', phase: 'model', elapsed_ms: 42, estimate_ms: 9000 });
});

test('ready, it says what each phase took and takes work', (t) => {
  const { readiness, pass } = starting();
  pass(1);
  for (const phase of ['model', 'model', 'warming', 'ready'] as const) {
    readiness.enter(phase);
    pass(10);
  }
  t.true(readiness.isReady);
  t.is(readiness.refusal(), undefined);
  t.deepEqual(readiness.startup(), {
    status: 'ready',
    model_loaded: true,
    phases_ms: { starting: 1, model: 20, warming: 10 },
    total_ms: 31,
  });
});

test('a start that failed says so, and refuses with the reason', (t) => {
  const { readiness } = starting();
  readiness.enter('model');
  readiness.fail(damaged());
  t.like(readiness.startup(), { status: 'not_ready', reason: 'model_failed', phase: 'model' });
  t.is(readiness.refusal()?.code, 'MODEL_INVALID');
});

test('who waits is told when it is ready, and who comes later at once', async (t) => {
  const { readiness } = starting();
  const told: string[] = [];
  const waiting = readiness.whenReady().then(() => told.push('waited'));
  const other = readiness.whenReady(new AbortController().signal).then(() => told.push('also'));
  await new Promise(setImmediate);
  t.deepEqual(told, []);
  readiness.enter('ready');
  await Promise.all([waiting, other]);
  await readiness.whenReady();
  t.is(told.length, 2);
});

test('who waits is told when it fails', async (t) => {
  const { readiness } = starting();
  const waiting = readiness.whenReady(new AbortController().signal);
  readiness.fail(damaged());
  await t.throwsAsync(waiting, { code: 'MODEL_INVALID' });
  await t.throwsAsync(readiness.whenReady(), { code: 'MODEL_INVALID' });
});

test('who waits may leave, before and meanwhile', async (t) => {
  const { readiness } = starting();
  const gone = new CutlineError('CANCELLED');
  await t.throwsAsync(readiness.whenReady(AbortSignal.abort(gone)), { is: gone });
  const leaving = new AbortController();
  const waiting = readiness.whenReady(leaving.signal);
  leaving.abort(gone);
  await t.throwsAsync(waiting, { is: gone });
  readiness.enter('ready');
  await t.notThrowsAsync(readiness.whenReady());
});
