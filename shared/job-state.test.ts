import test from 'ava';
import { CutlineError } from './errors.ts';
import { progressOf, readJobState } from './job-state.ts';
import { createChainRig, ids } from './testing/chain-rig.ts';
import { constantModel } from './testing/constant-models.ts';

const job = ids[0]!;
const times = { upscale: 1000, segment: 2000, effects: 1000 };

const read = (rig: ReturnType<typeof createChainRig>, now = Date.now()) =>
  readJobState(job, { records: rig.quiet, times, now });

test('a job that nobody knows has no state, nor has one that was deleted', async (t) => {
  const rig = createChainRig();
  t.is(await read(rig), undefined);
  await rig.pump(rig.delivery(await rig.upload(job)));
  await rig.quiet.deleteJob(job);
  t.is(await read(rig), undefined);
});

test('a job goes from queued through its stages to completed', async (t) => {
  const rig = createChainRig();
  const message = await rig.upload(job);
  t.like(await read(rig), {
    status: 'queued',
    route: ['upscale', 'segment', 'effects'],
    stage: 'upscale',
    progress: 0,
    estimate_ms: 4000,
    stages_done: [],
  });
  await rig.push(rig.delivery(message));
  t.like(await read(rig), { status: 'processing', stage: 'segment', progress: 0.25, estimate_ms: 3000 });
  await rig.pump();
  const state = await read(rig);
  t.like(state, { status: 'completed', job, reference: null });
  t.deepEqual(state?.status === 'completed' && Object.keys(state.result.outputs), [
    'upscaled',
    'cutout',
    'color',
  ]);
});

test('a failed job says where and why, and what was done before', async (t) => {
  const model = (id: string) =>
    id === 'mask'
      ? { ...constantModel(id), run: () => Promise.reject(new CutlineError('NO_SUBJECT')) }
      : constantModel(id);
  const rig = createChainRig({}, model);
  await rig.pump(rig.delivery(await rig.upload(job)));
  t.like(await read(rig), {
    status: 'failed',
    stage: 'segment',
    error_code: 'NO_SUBJECT',
    detail: 'No subject was found in the image',
    stages_done: ['upscale'],
  });
});

test('completion beats failure', async (t) => {
  const rig = createChainRig();
  await rig.pump(rig.delivery(await rig.upload(job)));
  await rig.quiet.createFailed({
    schema: 1,
    job,
    tenant: 'shop',
    reference: null,
    input: 'gs://uploads/x.png#1',
    stage: 'segment',
    error: { code: 'INTERNAL', detail: '' },
    retryable: true,
    tries: 6,
    at: new Date().toISOString(),
  });
  t.is((await read(rig))?.status, 'completed');
});

const route = ['upscale', 'segment', 'effects'] as const;

const moments = [
  { stage: 'upscale', elapsed: 500, known: times, progress: 0.125, estimate_ms: 3500 },
  { stage: 'segment', elapsed: 1000, known: times, progress: 0.5, estimate_ms: 2000 },
  { stage: 'segment', elapsed: 99_000, known: times, progress: 0.725, estimate_ms: 1100 },
  { stage: 'segment', elapsed: 1000, known: { upscale: 5 }, progress: 0.333, estimate_ms: null },
] as const;

for (const { stage, elapsed, known, progress, estimate_ms } of moments) {
  test(`progress ${elapsed} ms into ${stage}, with ${Object.keys(known).length} times measured`, (t) => {
    t.deepEqual(progressOf(route, stage, elapsed, known), { progress, estimate_ms });
  });
}
