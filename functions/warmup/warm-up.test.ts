import test from 'ava';
import type { StageName } from '../../shared/card.ts';
import { stageNames } from '../../shared/card.ts';
import { CutlineError } from '../../shared/errors.ts';
import { warmRecordSchema } from '../../shared/records.ts';
import type { WarmAnswer } from '../../shared/stage-runner.ts';
import { fakeLog } from '../../shared/testing/fake-log.ts';
import { fakeStore } from '../../shared/testing/fake-store.ts';
import type { WarmupPorts } from './warm-up.ts';
import { createWarmup } from './warm-up.ts';

const NOON = Date.parse('2026-11-20T12:00:00.000Z');
const answerOf = (stage: StageName): WarmAnswer => ({
  status: 'ready',
  was_cold: stage !== 'effects',
  model: `${stage}-model`,
  device: 'cpu',
  phases_ms: { starting: 1, model: 2 },
  total_ms: 1234,
});
const delivery = { data: undefined, attributes: {}, messageId: '1', publishTime: '', subscription: '' };
const where = (stage: StageName) => ({ bucket: 'results', name: `ops/warm/${stage}.json` });

type WarmUp = (stage: StageName, signal: AbortSignal) => Promise<WarmAnswer>;

/** Time passes by 500 ms at every look at the clock. */
function rig(warmUp: WarmUp, changes: Partial<WarmupPorts> = {}) {
  const store = fakeStore();
  const log = fakeLog();
  const called: StageName[] = [];
  let time = NOON - 500;
  const runner = {
    warmUp(stage: StageName, signal?: AbortSignal) {
      called.push(stage);
      return warmUp(stage, signal!);
    },
  };
  const now = () => {
    time += 500;
    return time;
  };
  const ports = { stages: stageNames, runner, store, resultsBucket: 'results', now, log, timeoutMs: 60_000 };
  return { store, log, called, warmup: createWarmup({ ...ports, ...changes }) };
}

test('All stages are warmed, and each answers for itself', async (t) => {
  const { warmup, called } = rig(async (stage) => answerOf(stage));
  t.deepEqual(await warmup.request(), {
    status: 200,
    body: {
      status: 'ready',
      stages: {
        upscale: { status: 'ready', was_cold: true, total_ms: 1234, device: 'cpu', model: 'upscale-model' },
        segment: { status: 'ready', was_cold: true, total_ms: 1234, device: 'cpu', model: 'segment-model' },
        effects: { status: 'ready', was_cold: false, total_ms: 1234, device: 'cpu', model: 'effects-model' },
      },
    },
  });
  t.deepEqual(called, ['upscale', 'segment', 'effects']);
});

test('What a stage took is written down, over what was there', async (t) => {
  const { warmup, store } = rig(async (stage) => answerOf(stage), { stages: ['segment'] });
  await store.put(where('segment'), { started: '', ready: null, measured_ms: 1 });
  await warmup.warm();
  const record = await store.json(where('segment'));
  t.deepEqual(record, {
    started: '2026-11-20T12:00:00.000Z',
    ready: '2026-11-20T12:00:00.500Z',
    measured_ms: 500,
  });
  t.true(warmRecordSchema.safeParse(record).success);
});

test('A stage that was warm already says what its start took, so that nobody hopes for less', async (t) => {
  const { warmup, store } = rig(async (stage) => answerOf(stage), { stages: ['effects'] });
  await warmup.warm();
  t.like(await store.json(where('effects')), { measured_ms: 1234 });
});

test('All are called before any has answered', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { warmup, called } = rig(async (stage) => {
    await promise;
    return answerOf(stage);
  });
  const warm = warmup.warm();
  t.deepEqual(called, ['upscale', 'segment', 'effects']);
  resolve();
  t.is((await warm).status, 'ready');
});

test('A stage that fails stops no other', async (t) => {
  const { warmup, store, log } = rig(async (stage) => {
    if (stage === 'upscale') throw new CutlineError('MODEL_INVALID', { fields: { model: 'm', field: 'f' } });
    if (stage === 'segment') throw new Error('secret');
    return answerOf(stage);
  });
  const { status, body } = await warmup.request();
  t.is(status, 503);
  t.like(body as object, {
    status: 'partial',
    stages: {
      upscale: { status: 'failed', error_code: 'MODEL_INVALID' },
      segment: { status: 'failed', error_code: 'INTERNAL' },
      effects: { status: 'ready' },
    },
  });
  t.like((await store.json(where('upscale'))) as object, { ready: null });
  t.is(log.lines.filter(({ level }) => level === 'error').length, 2);
  t.deepEqual(await warmup.push(delivery), { status: 204 });
});

test('Calls that overlap are one, and the next is another', async (t) => {
  const { warmup, called, store } = rig(async (stage) => answerOf(stage), { stages: ['upscale'] });
  const [first, second, pushed] = await Promise.all([warmup.warm(), warmup.warm(), warmup.push(delivery)]);
  t.is(first, second);
  t.deepEqual(pushed, { status: 204 });
  t.deepEqual(called, ['upscale']);
  t.is(store.calls.length, 1);
  await warmup.warm();
  t.deepEqual(called, ['upscale', 'upscale']);
});

test('A stage that does not become ready in time is unavailable', async (t) => {
  const { warmup } = rig(
    (stage, signal) =>
      stage === 'effects'
        ? Promise.resolve(answerOf(stage))
        : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    { timeoutMs: 20 },
  );
  t.deepEqual((await warmup.warm()).stages, {
    upscale: { status: 'failed', error_code: 'STAGE_UNAVAILABLE' },
    segment: { status: 'failed', error_code: 'STAGE_UNAVAILABLE' },
    effects: { status: 'ready', was_cold: false, total_ms: 1234, device: 'cpu', model: 'effects-model' },
  });
});

test('A store that does not answer brings the message back, and is forgotten', async (t) => {
  const { warmup, store } = rig(async (stage) => answerOf(stage));
  store.failNext('write', new CutlineError('STORE_UNAVAILABLE'), { on: 'segment' });
  t.like(await warmup.push(delivery), { status: 503 });
  t.deepEqual(await store.names('results'), ['ops/warm/effects.json', 'ops/warm/upscale.json']);
  store.failNext('write');
  t.like(await warmup.request(), { status: 503, body: { error_code: 'STORE_UNAVAILABLE' } });
  t.deepEqual(await warmup.push(delivery), { status: 204 });
});
