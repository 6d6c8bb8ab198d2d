import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { ErrorCode } from '../../shared/error-catalogue.ts';
import type { CutlineError } from '../../shared/errors.ts';
import { formatUri, parseUri } from '../../shared/gs-uri.ts';
import { encode } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import type { JobOptions } from '../../shared/job.ts';
import { createJobRecords } from '../../shared/job-records.ts';
import { createChainRig, ids } from '../../shared/testing/chain-rig.ts';
import { constantModel } from '../../shared/testing/constant-models.ts';
import { planeOf } from '../../shared/testing/pictures.ts';
import type { Correction, CorrectPorts } from './correct-mask.ts';
import { correctMask } from './correct-mask.ts';
import { createJobFiles } from './job-files.ts';

const [first, second, third, fourth] = ids as [string, string, string, string];
const TRACE = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
const maskOf = (width: number, height: number, channels: 1 | 3 = 1): Promise<Uint8Array> =>
  encode(
    planeOf(width, height, channels, () => 255),
    { format: 'png' },
  );

/** A job of an 8×8 photo, completed, and what corrects it. */
async function open(options: Partial<JobOptions> = {}) {
  const runs: string[] = [];
  const fresh = [second, third, fourth];
  const rig = createChainRig({}, (id) => {
    const model = constantModel(id);
    const run: typeof model.run = (...call) => {
      runs.push(id);
      return model.run(...call);
    };
    return { ...model, run };
  });
  const { store, publisher, quiet } = rig;
  const message = await rig.upload(first, options);
  await rig.pump(rig.delivery(message));
  const keptRecords = createJobRecords({ store, bucket: 'results', now: Date.now, root: 'kept' });
  const files = createJobFiles({
    store,
    records: { jobs: quiet, kept: keptRecords },
    asked: { find: async () => undefined },
  });
  const ports: CorrectPorts = {
    store,
    publisher,
    records: rig.records,
    resultsBucket: 'results',
    limits: defaultLimits,
    now: Date.now,
    randomBytes: () => Buffer.from(fresh.shift()!, 'hex'),
  };
  runs.length = 0;
  const correct = async (changes: Partial<Correction> = {}) =>
    await correctMask(
      { located: await files.locate(first), mask: await maskOf(16, 16), trace: TRACE, ...changes },
      ports,
    );
  return { rig, runs, message, correct };
}

async function codeOf(t: ExecutionContext, act: Promise<unknown>): Promise<ErrorCode> {
  return ((await t.throwsAsync(act)) as CutlineError).code;
}

test('The cut-out and what follows are made anew, without the model and without enlarging again', async (t) => {
  const { rig, runs, correct } = await open();
  const before = await rig.names(first);
  t.deepEqual(await correct(), { job: second });
  t.like(rig.publisher.published.at(-1), { topic: 'segment', data: { stage: 'segment', trace: TRACE } });
  await rig.pump();
  t.false(runs.includes('mask') || runs.includes('twice'), runs.join());
  t.true(runs.includes('box'));
  const { record } = (await rig.quiet.findJob(second))!;
  const old = (await rig.quiet.findJob(first))!.record;
  t.like(record, { ...old, job: second, created: record.created });
  t.is(parseUri(record.mask!)!.name, `jobs/${second}/mask.png`);
  const cut = (await rig.quiet.stage(second, 'segment'))!.record;
  t.deepEqual(cut.models, []);
  t.false(cut.cached);
  t.is(parseUri(cut.input)!.name, `jobs/${second}/upscale/upscaled.png`);
  t.deepEqual(await rig.names(second), [
    `jobs/${second}/announced/completed.json`,
    `jobs/${second}/effects.json`,
    `jobs/${second}/effects/color.png`,
    `jobs/${second}/job.json`,
    `jobs/${second}/mask.png`,
    `jobs/${second}/segment.json`,
    `jobs/${second}/segment/cutout.png`,
    `jobs/${second}/tries/segment-1.json`,
    `jobs/${second}/upscale.json`,
    `jobs/${second}/upscale/upscaled.png`,
  ]);
  t.deepEqual(
    rig.completed().map(({ job, cached }) => [job, cached]),
    [
      [first, []],
      // A constant look of the same constant cut-out.
      [second, ['upscale', 'effects']],
    ],
  );
  t.deepEqual(await rig.names(first), before);
});

test('A photo that was not enlarged is taken as it was uploaded, as long as it is there', async (t) => {
  const { rig, runs, message, correct } = await open({ scale: 1, effects: [] });
  const mask = await maskOf(8, 8);
  await correct({ mask, refine: false });
  await rig.pump();
  t.like(await rig.quiet.findJob(second), { record: { options: { scale: 1, refine: false } } });
  t.is((await rig.quiet.stage(second, 'segment'))?.record.input, message.input);
  t.false(runs.includes('mask') || runs.includes('refine-fine'), runs.join());
  await rig.quiet.deleteJob(second);
  await rig.store.delete(parseUri(message.input)!);
  t.is(await codeOf(t, correct({ mask })), 'INPUT_GONE');
  t.deepEqual(await rig.names(second), []);
});

test('What was enlarged is enough where the photo is gone, and so is what was kept of it', async (t) => {
  const { rig, message, correct } = await open();
  await rig.store.delete(parseUri(message.input)!);
  const upscaled = { bucket: 'results', name: `jobs/${first}/upscale/upscaled.png` };
  const live = (await rig.store.quiet.head(upscaled))!;
  await rig.store.quiet.copyIfAbsent(live, { ...upscaled, name: upscaled.name.replace('jobs', 'kept') });
  await rig.store.quiet.delete(live);
  await correct();
  await rig.pump();
  t.deepEqual(
    rig.completed().map(({ job }) => job),
    [first, second],
  );
});

test('The same mask for the same photo is served from the cache, another is not', async (t) => {
  const { rig, runs, correct } = await open();
  await correct();
  await rig.pump();
  runs.length = 0;
  t.deepEqual(await correct(), { job: third });
  await rig.pump();
  t.deepEqual(runs, []);
  t.true((await rig.quiet.stage(third, 'segment'))!.record.cached);
  await correct({ mask: await maskOf(15, 15) });
  await rig.pump();
  t.false((await rig.quiet.stage(fourth, 'segment'))!.record.cached);
});

const refusals: readonly (readonly [what: string, mask: () => Promise<Uint8Array>, said: RegExp])[] = [
  ['nothing', async () => new Uint8Array(), /mask: expected a PNG/],
  [
    'a JPEG',
    () =>
      encode(
        planeOf(16, 16, 1, () => 255),
        { format: 'jpeg' },
      ),
    /mask: expected a PNG/,
  ],
  ['a PNG in colour', () => maskOf(16, 16, 3), /one channel but received 3/],
  ['one that is larger', () => maskOf(17, 17), /expected 16×16 pixels, .* received 17×17/],
  ['one of another shape', () => maskOf(16, 12), /same proportions, but received 16×12/],
];

for (const [what, mask, said] of refusals) {
  test(`It is no mask for the job: ${what}`, async (t) => {
    const { rig, correct } = await open();
    const error = (await t.throwsAsync(correct({ mask: await mask() }))) as CutlineError;
    t.is(error.code, 'REQUEST_INVALID');
    t.regex(error.detail, said);
    t.deepEqual(await rig.names(second), []);
  });
}

test('A job without a cut-out is not ready to be corrected', async (t) => {
  const { rig, correct } = await open();
  const { uri } = (await rig.quiet.stage(first, 'segment'))!;
  await rig.store.quiet.delete(parseUri(uri)!);
  t.is(await codeOf(t, correct()), 'JOB_NOT_READY');
});

test('A correction that cannot be begun leaves nothing, and the first job as it was', async (t) => {
  const failures: readonly (readonly [ErrorCode, (rig: ReturnType<typeof createChainRig>) => void])[] = [
    [
      'STORE_UNAVAILABLE',
      ({ store }) => store.failNext('writeIfAbsent', undefined, { on: 'mask.png', after: true }),
    ],
    ['STORE_UNAVAILABLE', ({ store }) => store.failNext('copyIfAbsent')],
    [
      'STORE_UNAVAILABLE',
      ({ store }) => store.failNext('writeIfAbsent', undefined, { on: 'job.json', after: true }),
    ],
    ['PUBLISH_FAILED', ({ publisher }) => publisher.failNext()],
  ];
  for (const [code, fail] of failures) {
    const { rig, message, correct } = await open();
    const before = await rig.names(first);
    fail(rig);
    t.is(await codeOf(t, correct()), code);
    t.deepEqual(await rig.names(second), []);
    t.deepEqual(await rig.names(first), before);
    t.truthy(await rig.store.quiet.head(parseUri(message.input)!));
    t.is(formatUri(parseUri(message.input)!), message.input);
  }
});
