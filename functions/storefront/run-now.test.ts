import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import { parseUri } from '../../shared/gs-uri.ts';
import type { JobOptions } from '../../shared/job.ts';
import type { Load } from '../../shared/load-ladder.ts';
import type { StageMessage } from '../../shared/message.ts';
import { jobRecordSchema } from '../../shared/records.ts';
import type { StageRunner } from '../../shared/stage-runner.ts';
import { createChainRig } from '../../shared/testing/chain-rig.ts';
import { createRig, idOf, png } from '../../shared/testing/create-rig.ts';
import { fakeLog } from '../../shared/testing/fake-log.ts';
import { readUpload } from '../ingest/upload-event.ts';
import { createRunNow } from './run-now.ts';

const trace = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`;
const there = new AbortController().signal;
const ready = {
  status: 'ready',
  was_cold: false,
  model: '',
  device: 'cpu',
  phases_ms: {},
  total_ms: 0,
} as const;
const asking = { tenant: 'shop', options: { effects: 'color' }, data: png(), trace };
const job = idOf(1);

interface Changes {
  readonly runner?: Partial<StageRunner>;
  readonly load?: Load;
  readonly limitMs?: { readonly cold?: number; readonly work?: number };
  readonly estimate?: number | null;
  readonly size?: { readonly width: number; readonly height: number };
}

/** The chain rig's stages, which take a photo's first byte for its side. */
function open(changes: Changes = {}) {
  const chain = createChainRig({ decode: async () => ({ picture: square }) });
  const asked: StageMessage[] = [];
  const awoken: string[] = [];
  const worked: string[] = [];
  const runner: StageRunner = {
    run(message) {
      asked.push(message);
      return chain.run(message);
    },
    async warmUp(stage) {
      awoken.push(stage);
      return ready;
    },
    ...changes.runner,
  };
  const { size } = changes;
  const create = createRig(size && { inspect: async () => size });
  const log = fakeLog();
  const runNow = createRunNow({
    create: { ...create.ports, store: chain.store },
    records: chain.records,
    resultsBucket: 'results',
    runner,
    load: () => changes.load ?? 'normal',
    limitMs: { cold: 10_000, work: 10_000, ...changes.limitMs },
    startEstimate: async () => changes.estimate ?? null,
    noteWork: (records) => void worked.push(...records.map(({ stage }) => stage)),
    log,
  });
  return { chain, create, runNow, asked, awoken, worked, log, runner };
}

const square = { width: 8, height: 8, channels: 3, data: new Uint8Array(8 * 8 * 3).fill(128) } as const;
const optionsIn = async (chain: ReturnType<typeof open>['chain'], id = job): Promise<JobOptions> =>
  jobRecordSchema.parse(await chain.store.json({ bucket: 'results', name: `jobs/${id}/job.json` })).options;

test('The stages of the route are asked in turn, each with what the one before hands on', async (t) => {
  const { chain, runNow, asked, worked } = open();
  const done = await runNow.run(await runNow.begin(asking), there);
  t.deepEqual(
    asked.map(({ stage, input }) => [stage, parseUri(input)!.name]),
    [
      ['upscale', `jobs/${job}/input.png`],
      ['segment', `jobs/${job}/upscale/upscaled.png`],
      ['effects', `jobs/${job}/segment/cutout.png`],
    ],
  );
  t.true(asked.every((message) => message.trace === trace));
  t.deepEqual(
    done.stages.map(({ stage }) => stage),
    ['upscale', 'segment', 'effects'],
  );
  t.deepEqual(worked, ['upscale', 'segment', 'effects']);
  t.deepEqual(chain.publisher.published, [], 'nobody is told');
  t.true((await chain.names(job)).includes(`jobs/${job}/effects.json`), 'records as of any job');
});

test('A route that is given is gone instead of what the options would ask for', async (t) => {
  const { runNow, asked } = open();
  const begun = await runNow.begin({ ...asking, route: ['segment'] });
  t.deepEqual(begun.located.found.record.route, ['segment']);
  await runNow.run(begun, there);
  t.deepEqual(
    asked.map(({ stage }) => stage),
    ['segment'],
  );
});

test('No notification of the photo begins the job a second time', async (t) => {
  const { chain, runNow } = open();
  const { located } = await runNow.begin(asking);
  const { bucket, name, generation } = parseUri(located.found.record.input)!;
  t.is(bucket, 'results');
  t.deepEqual(await chain.store.names('uploads'), []);
  const event = {
    eventType: 'OBJECT_FINALIZE',
    bucketId: bucket,
    objectId: name,
    objectGeneration: generation,
  };
  const delivery = { data: {}, attributes: event, messageId: '1', publishTime: '', subscription: '' };
  // One bucket may be both: then the name says it.
  t.true('ignored' in readUpload(delivery, { bucket, prefix: 'uploads/' }));
});

test('Deletion takes the photo with the rest', async (t) => {
  const { chain, runNow } = open();
  await runNow.run(await runNow.begin(asking), there);
  t.true(await chain.records.deleteJob(job));
  t.deepEqual(await chain.store.names('results'), []);
});

test('A wrong photo, or a wrong option, leaves nothing behind', async (t) => {
  const { chain, runNow } = open();
  const wrong = [
    [{ ...asking, options: { scale: '3' } }, 'OPTIONS_INVALID'],
    [{ ...asking, data: new Uint8Array(64) }, 'INVALID_FORMAT'],
    [{ ...asking, data: png(1001) }, 'FILE_TOO_LARGE'],
    [{ ...asking, data: Uint8Array.from([...png(), 1]) }, 'IMAGE_CORRUPT'],
  ] as const;
  for (const [given, code] of wrong) await t.throwsAsync(runNow.begin(given), { code });
  t.deepEqual(await chain.store.names('results'), []);
});

test('Under load what is enlarged is smaller, and that is said; a photo that loses nothing hears nothing', async (t) => {
  const large = { width: 1800, height: 1200 };
  const moderate = open({ load: 'moderate', size: large });
  t.is((await moderate.runNow.begin(asking)).degraded, 'moderate; max_dimension=1536');
  t.is((await optionsIn(moderate.chain)).max_dimension, 1536);
  const small = open({ load: 'moderate', size: { width: 1536, height: 1200 } });
  t.is((await small.runNow.begin(asking)).degraded, undefined);
  t.is((await optionsIn(small.chain)).max_dimension, undefined, 'the cache knows it as any other');
  const alone = open({ load: 'moderate', size: large });
  const begun = await alone.runNow.begin({ ...asking, options: { scale: 1 }, route: ['segment'] });
  t.is(begun.degraded, undefined);
  const heavy = open({ load: 'heavy', size: large });
  const cut = await heavy.runNow.begin({ ...asking, options: { scale: 1 }, route: ['segment'] });
  t.is(cut.degraded, 'heavy; refine=false');
});

test('An error that stays leaves nothing; one that passes leaves what spares the next try its work', async (t) => {
  for (const [code, remains] of [
    ['NO_SUBJECT', false],
    ['BUSY', true],
  ] as const) {
    const { chain, runNow, log } = open({
      runner: {
        run: (message) =>
          message.stage === 'segment' ? Promise.reject(new CutlineError(code)) : chain.run(message),
      },
    });
    const begun = await runNow.begin(asking);
    await t.throwsAsync(runNow.run(begun, there), { code });
    const names = await chain.names(job);
    t.is(names.includes(`jobs/${job}/upscale.json`), remains, code);
    t.is(names.length > 0, remains, code);
    if (remains)
      t.like(await chain.store.json({ bucket: 'results', name: `jobs/${job}/failed.json` }), {
        stage: 'segment',
        retryable: true,
        error: { code },
      });
    t.deepEqual(log.lines, []);
  }
});

test('The same photo’s next try takes a finished stage from the cache', async (t) => {
  let isBusy = true;
  const rig = open({
    runner: {
      run: (message) =>
        isBusy && message.stage === 'segment'
          ? Promise.reject(new CutlineError('BUSY'))
          : rig.chain.run(message),
    },
  });
  const { runNow } = rig;
  await t.throwsAsync(runNow.run(await runNow.begin(asking), there), { code: 'BUSY' });
  isBusy = false;
  const done = await runNow.run(await runNow.begin(asking), there);
  t.deepEqual(
    done.stages.map(({ cached }) => cached),
    [true, false, false],
  );
});

test('Whoever leaves ends the work, and nothing remains', async (t) => {
  const leaving = new AbortController();
  const { chain, runNow } = open({
    runner: {
      run(_, signal) {
        leaving.abort(new CutlineError('CANCELLED'));
        return Promise.reject(signal!.reason);
      },
    },
  });
  const begun = await runNow.begin(asking);
  await t.throwsAsync(runNow.run(begun, leaving.signal), { code: 'CANCELLED' });
  t.deepEqual(await chain.names(job), []);
});

const never = (_: unknown, signal?: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal!.addEventListener('abort', () => reject(signal!.reason), { once: true });
  });

test('Work has one limit and a cold start another, which says when to come again', async (t) => {
  const slow = open({ runner: { run: never }, limitMs: { work: 1 } });
  const late = await t.throwsAsync(slow.runNow.run(await slow.runNow.begin(asking), there));
  t.like(late, { code: 'PROCESSING_TIMEOUT' });
  t.deepEqual(Object.keys((late as CutlineError).fields), ['limit_seconds', 'elapsed_seconds']);
  const cold = open({ runner: { warmUp: never }, limitMs: { cold: 1 }, estimate: 11_500 });
  const error = await t.throwsAsync(cold.runNow.run(await cold.runNow.begin(asking), there));
  t.like(error, { code: 'MODEL_LOADING', fields: { retry_after_seconds: 12 } });
});

test('A stage’s own time limit is told with what has passed', async (t) => {
  const error = new CutlineError('PROCESSING_TIMEOUT', { fields: { limit_seconds: 280 } });
  const { runNow } = open({ runner: { run: () => Promise.reject(error) } });
  const late = await t.throwsAsync(runNow.run(await runNow.begin(asking), there));
  t.like(late, { fields: { limit_seconds: 280, elapsed_seconds: 0 } });
});

test('Stages that have just worked are not asked whether they are ready', async (t) => {
  const { runNow, awoken, create } = open();
  await runNow.run(await runNow.begin({ ...asking, route: ['segment'] }), there);
  await runNow.run(await runNow.begin(asking), there);
  t.deepEqual(awoken, ['segment', 'upscale', 'effects']);
  create.now += 61_000;
  await runNow.run(await runNow.begin({ ...asking, route: ['segment'] }), there);
  t.deepEqual(awoken.slice(3), ['segment']);
});
