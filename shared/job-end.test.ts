import test from 'ava';
import { jobOptionsSchema } from './job.ts';
import { announceCompleted, announceFailed, completedDocument } from './job-end.ts';
import { createJobRecords } from './job-records.ts';
import type { Failed } from './message.ts';
import { completedSchema, failedSchema } from './message.ts';
import type { JobRecord, StageRecord } from './records.ts';
import { ids } from './testing/chain-rig.ts';
import { fakePublisher } from './testing/fake-publisher.ts';
import { fakeStore } from './testing/fake-store.ts';
import { contractRecord } from './testing/stage-runner-contract.ts';

const job = ids[0]!;
const NOON = Date.parse('2026-11-20T12:00:00.000Z');

const record: JobRecord = {
  schema: 1,
  job,
  tenant: 'shop',
  reference: 'order 7',
  input: 'gs://uploads/a.jpg#1',
  options: jobOptionsSchema.parse({}),
  route: ['upscale', 'segment', 'effects'],
  created: '2026-11-20T11:59:30.000Z',
};

function stageOf(
  stage: StageRecord['stage'],
  outputs: readonly string[],
  more: Partial<StageRecord> = {},
): StageRecord {
  const output = contractRecord.outputs.cutout!;
  const named = outputs.map((name) => [
    name,
    { ...output, uri: `gs://results/jobs/${job}/${stage}/${name}.png#1` },
  ]);
  return {
    ...contractRecord,
    job,
    stage,
    outputs: Object.fromEntries(named),
    models: [{ ...contractRecord.models[0]!, id: `${stage}-model` }],
    ...more,
  };
}

const stages = [
  stageOf('upscale', ['upscaled'], {
    width: 6,
    height: 4,
    subject: null,
    timings_ms: { read: 1, total: 10 },
  }),
  stageOf('segment', ['cutout'], { cached: true, timings_ms: { read: 2, total: 3 } }),
  stageOf('effects', ['color', 'sketch'], { subject: null, timings_ms: { effects: 4, total: 5 } }),
];

test('the document has every output, model and time of the route, and the cut-out’s size', (t) => {
  const document = completedSchema.parse(completedDocument(record, stages, 30_000));
  t.deepEqual(Object.keys(document.outputs), ['upscaled', 'cutout', 'color', 'sketch']);
  t.deepEqual(
    Object.entries(document.models).map(([stage, [used]]) => `${stage}: ${used!.id}`),
    ['upscale: upscale-model', 'segment: segment-model', 'effects: effects-model'],
  );
  t.like(document, {
    job,
    tenant: 'shop',
    reference: 'order 7',
    input: record.input,
    width: 3,
    height: 2,
    cached: ['segment'],
  });
  t.deepEqual(document.subject, { left: 0, top: 0, width: 2, height: 2 });
  t.deepEqual(document.timings_ms, {
    'upscale.read': 1,
    upscale: 10,
    'segment.read': 2,
    segment: 3,
    'effects.effects': 4,
    effects: 5,
    total: 30_000,
  });
});

test('an upscaler that had nothing to do is not among the models', (t) => {
  const document = completedDocument(record, [stageOf('upscale', []), ...stages.slice(1)], 1);
  t.deepEqual(Object.keys(document.models), ['segment', 'effects']);
  t.deepEqual(Object.keys(document.outputs), ['cutout', 'color', 'sketch']);
});

async function open() {
  const store = fakeStore();
  const publisher = fakePublisher();
  const records = createJobRecords({ store, bucket: 'results', now: () => NOON });
  for (const stage of stages) await records.createStage(stage);
  return { store, publisher, records, ports: { records, publisher, now: () => NOON } };
}

test('completion is published once, with the time since the job began', async (t) => {
  const { publisher, ports } = await open();
  await announceCompleted(record, ports);
  await announceCompleted(record, ports);
  t.is(publisher.published.length, 1);
  const [{ topic, data, attributes }] = publisher.published as [(typeof publisher.published)[0]];
  t.is(topic, 'completed');
  t.deepEqual(attributes, { job, tenant: 'shop' });
  t.is(completedSchema.parse(data).timings_ms.total, 30_000);
});

test('a clock that was set back makes no negative time', async (t) => {
  const { publisher, ports } = await open();
  await announceCompleted(record, { ...ports, now: () => 0 });
  t.is(completedSchema.parse(publisher.published[0]!.data).timings_ms.total, 0);
});

test('a publish that failed is made again, and one whose answer was lost is made twice at most', async (t) => {
  const { publisher, ports } = await open();
  publisher.failNext();
  await t.throwsAsync(announceCompleted(record, ports), { code: 'PUBLISH_FAILED' });
  publisher.failNext(undefined, { after: true });
  await t.throwsAsync(announceCompleted(record, ports), { code: 'PUBLISH_FAILED' });
  await announceCompleted(record, ports);
  await announceCompleted(record, ports);
  t.is(publisher.published.length, 2);
});

test('without the record of a stage nothing is published', async (t) => {
  const { store, publisher, ports } = await open();
  await store.delete({ bucket: 'results', name: `jobs/${job}/segment.json` });
  await t.throwsAsync(announceCompleted(record, ports), { code: 'STORE_UNAVAILABLE', message: /segment/ });
  t.deepEqual(publisher.published, []);
});

test('each failure is published once, as it is written', async (t) => {
  const { publisher, records, ports } = await open();
  const failure: Failed = {
    schema: 1,
    job,
    tenant: 'shop',
    reference: null,
    input: record.input,
    stage: 'segment',
    error: { code: 'NO_SUBJECT', detail: 'No subject was found in the image' },
    retryable: false,
    tries: 1,
    at: '2026-11-20T12:00:00.000Z',
  };
  const first = await records.createFailed(failure);
  await announceFailed(first, ports);
  await announceFailed(first, ports);
  const second = await records.createFailed({ ...failure, tries: 2 }, first);
  await announceFailed(second, ports);
  t.deepEqual(
    publisher.on('failed').map((data) => failedSchema.parse(data)),
    [failure, { ...failure, tries: 2 }],
  );
  t.deepEqual(publisher.published[0]!.attributes, { job, tenant: 'shop' });
});
