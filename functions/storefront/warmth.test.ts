import test from 'ava';
import { stageNames } from '../../shared/card.ts';
import { CutlineError } from '../../shared/errors.ts';
import { fakePublisher } from '../../shared/testing/fake-publisher.ts';
import { fakeStore } from '../../shared/testing/fake-store.ts';
import type { WarmthPorts } from './warmth.ts';
import { createWarmth } from './warmth.ts';

const START = Date.parse('2026-11-21T12:00:00.000Z');
const MINUTE = 60_000;
const iso = (at: number): string => new Date(at).toISOString();

function rig() {
  const store = fakeStore();
  const publisher = fakePublisher();
  const clock = { now: START };
  const instance = (given: Partial<WarmthPorts> = {}) =>
    createWarmth({
      stages: stageNames,
      store,
      resultsBucket: 'results',
      publisher,
      budgetPerDay: 3,
      now: () => clock.now,
      ...given,
    });
  /** As the warm-up function writes it. */
  const record = (stage: string, started: number, ms: number, ready = true) =>
    store.put(
      { bucket: 'results', name: `ops/warm/${stage}.json` },
      { started: iso(started), ready: ready ? iso(started + ms) : null, measured_ms: ms },
    );
  const recordAll = async (started: number, ms: number) => {
    for (const stage of stageNames) await record(stage, started, ms);
  };
  return { store, publisher, clock, instance, record, recordAll };
}

test('Of stages that nobody ever warmed nothing is known but that they are cold', async (t) => {
  const { instance, publisher } = rig();
  const cold = { status: 'cold', estimate_ms: null } as const;
  t.deepEqual(await instance().look(), { ...cold, stages: { upscale: cold, segment: cold, effects: cold } });
  t.deepEqual(publisher.published, []);
});

test('For ten minutes a stage counts as warm, then as cold with what its start took', async (t) => {
  const { clock, instance, record, recordAll } = rig();
  await recordAll(START - 30_000, 30_000);
  await record('segment', START - 45_000, 45_000);
  clock.now = START + 10 * MINUTE - 1;
  const warm = { status: 'warm', last_seen: iso(START) } as const;
  t.deepEqual(await instance().look(), {
    status: 'warm',
    estimate_ms: null,
    stages: { upscale: warm, segment: warm, effects: warm },
  });
  clock.now++;
  t.like(await instance().look(), {
    status: 'cold',
    estimate_ms: 45_000,
    stages: { upscale: { status: 'cold', estimate_ms: 30_000 } },
  });
});

test('A wish is published once, and from then on the stages are starting', async (t) => {
  const { clock, instance, recordAll, publisher } = rig();
  await recordAll(START - 60 * MINUTE, 30_000);
  const storefront = instance();
  t.like(await storefront.requestWarmup(), { status: 'starting', elapsed_ms: 0, estimate_ms: 30_000 });
  t.deepEqual(publisher.on('warmup'), [{ schema: 1, requested: iso(START) }]);
  clock.now += 12_000;
  t.like(await storefront.look(), {
    status: 'starting',
    elapsed_ms: 12_000,
    estimate_ms: 30_000,
    stages: { segment: { status: 'starting', elapsed_ms: 12_000, estimate_ms: 30_000 } },
  });
  await recordAll(START + 1000, 20_000);
  clock.now = START + 21_000;
  t.is((await storefront.look()).status, 'warm');
});

test('Many who wish it at once, in several instances, are one', async (t) => {
  const { instance, publisher, store } = rig();
  const instances = [instance(), instance(), instance()];
  const answers = await Promise.all([...Array(12).keys()].map((n) => instances[n % 3]!.requestWarmup()));
  t.true(answers.every(({ status }) => status === 'starting'));
  t.is(publisher.published.length, 1);
  t.deepEqual(await store.names('results', 'ops/warm/'), [
    'ops/warm/asked/2026-11-21/1.json',
    'ops/warm/requested.json',
  ]);
});

test('Who wishes it while it starts adds nothing, for four minutes', async (t) => {
  const { clock, instance, publisher } = rig();
  const storefront = instance();
  await storefront.requestWarmup();
  for (const minutes of [0.5, 2, 3.9]) {
    clock.now = START + minutes * MINUTE;
    t.like(await storefront.requestWarmup(), { status: 'starting', elapsed_ms: minutes * MINUTE });
  }
  t.is(publisher.published.length, 1);
  clock.now = START + 4 * MINUTE;
  t.is((await storefront.look()).status, 'cold');
  await storefront.requestWarmup();
  t.is(publisher.published.length, 2);
});

test('After a start that failed a stage is cold, and may be asked for again after a minute', async (t) => {
  const { clock, instance, record, recordAll, publisher } = rig();
  const storefront = instance();
  await storefront.requestWarmup();
  await recordAll(START + 100, 10_000);
  await record('segment', START + 100, 20_000, false);
  clock.now = START + 30_000;
  t.like(await storefront.requestWarmup(), {
    status: 'cold',
    stages: { upscale: { status: 'warm' }, segment: { status: 'cold', estimate_ms: null } },
  });
  t.is(publisher.published.length, 1);
  clock.now = START + MINUTE;
  t.is((await storefront.requestWarmup()).status, 'starting');
  t.is(publisher.published.length, 2);
});

test('Those that are warm are let be for five minutes, then kept warm, and are warm all along', async (t) => {
  const { clock, instance, recordAll, publisher } = rig();
  await recordAll(START - 30_000, 30_000);
  clock.now = START + 5 * MINUTE - 1;
  t.is((await instance().requestWarmup()).status, 'warm');
  t.is(publisher.published.length, 0);
  clock.now++;
  t.is((await instance().requestWarmup()).status, 'warm');
  t.is(publisher.published.length, 1);
});

test('A stage that has just worked is warm without having been warmed', async (t) => {
  const { instance, publisher } = rig();
  const storefront = instance();
  storefront.noteWork(['upscale', 'segment']);
  t.like(await storefront.look(), { status: 'cold', stages: { segment: { status: 'warm' } } });
  storefront.noteWork(['effects']);
  t.is((await storefront.requestWarmup()).status, 'warm');
  t.is(publisher.published.length, 0);
});

test('Stages of this process are as warm as they say', async (t) => {
  const { instance, publisher } = rig();
  t.is((await instance({ isReady: () => true }).requestWarmup()).status, 'warm');
  t.is((await instance({ isReady: () => false }).look()).status, 'cold');
  t.is(publisher.published.length, 0);
});

test('A day has its budget, across instances and restarts, and the next day has one again', async (t) => {
  const { clock, instance, publisher, store } = rig();
  for (let hour = 0; hour < 3; hour++) {
    clock.now = START + hour * 60 * MINUTE;
    await instance().requestWarmup();
  }
  clock.now = START + 3 * 60 * MINUTE;
  const error = await t.throwsAsync<CutlineError>(instance().requestWarmup());
  t.is(error.code, 'QUOTA_EXCEEDED');
  t.is(error.detail, 'Daily limit reached: 3 warm-ups per day');
  t.like(error.fields, { retry_after_seconds: 9 * 3600, limit_reset_at: '2026-11-22T00:00:00Z' });
  t.is((await instance().look()).status, 'cold');
  t.is(publisher.published.length, 3);
  clock.now = START + 12 * 60 * MINUTE;
  t.is((await instance().requestWarmup()).status, 'starting');
  t.is(publisher.published.length, 4);
  t.deepEqual(await store.names('results', 'ops/warm/asked/'), ['ops/warm/asked/2026-11-22/1.json']);
});

test('With no budget left those that are still warm are warm all the same', async (t) => {
  const { clock, instance, recordAll, publisher } = rig();
  await recordAll(START - 30_000, 30_000);
  clock.now = START + 6 * MINUTE;
  t.is((await instance({ budgetPerDay: 0 }).requestWarmup()).status, 'warm');
  clock.now = START + 11 * MINUTE;
  t.is(
    (await t.throwsAsync<CutlineError>(instance({ budgetPerDay: 0 }).requestWarmup())).code,
    'QUOTA_EXCEEDED',
  );
  t.is(publisher.published.length, 0);
});

test('A wish that could not be passed on counts for nothing', async (t) => {
  const { instance, publisher, store } = rig();
  publisher.failNext();
  const error = await t.throwsAsync<CutlineError>(instance().requestWarmup());
  t.is(error.code, 'PUBLISH_FAILED');
  t.deepEqual(await store.names('results', 'ops/warm/'), []);
  t.is((await instance().requestWarmup()).status, 'starting');
  t.is(publisher.published.length, 1);
});

test('An instance that died before it published holds the others up for a minute alone', async (t) => {
  const { clock, instance, publisher, store } = rig();
  await store.put({ bucket: 'results', name: 'ops/warm/asked/2026-11-21/1.json' }, { at: iso(START) });
  clock.now = START + 59_999;
  t.like(await instance().requestWarmup(), { status: 'starting', elapsed_ms: 59_999 });
  t.is(publisher.published.length, 0);
  clock.now++;
  t.like(await instance().requestWarmup(), { status: 'starting', elapsed_ms: 0 });
  t.is(publisher.published.length, 1);
});

test('Where the last wish cannot be written down its claim holds the others off', async (t) => {
  const { instance, publisher, store } = rig();
  store.failNext('write', new CutlineError('STORE_UNAVAILABLE'), { on: 'requested' });
  t.is((await instance().requestWarmup()).status, 'starting');
  t.is((await instance().requestWarmup()).status, 'starting');
  t.is(publisher.published.length, 1);
});

test('A store that does not answer is STORE_UNAVAILABLE, and records that cannot be read say nothing', async (t) => {
  const { instance, store } = rig();
  store.failNext('read');
  t.is((await t.throwsAsync<CutlineError>(instance().look())).code, 'STORE_UNAVAILABLE');
  for (const name of ['requested', 'segment']) {
    await store.put({ bucket: 'results', name: `ops/warm/${name}.json` }, 'no JSON');
    t.is((await instance().look()).status, 'cold');
  }
});
