import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import { jobOptionsSchema } from '../../shared/job.ts';
import {
  createIngestRig,
  deliver,
  NOON,
  notification,
  TRACE,
  uriOf,
} from '../../shared/testing/ingest-rig.ts';

const job = '0123456789abcdef0123456789abcdef';
const path = `uploads/pet-shop/${job}.jpg`;
const ACKNOWLEDGED = [{ status: 204 }];

test('A photo becomes a job, and its first stage is told', async (t) => {
  const rig = createIngestRig();
  const photo = await rig.upload(path, { 'cutline-scale': '4', 'cutline-reference': 'order 7', camera: 'X' });
  const trace = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;
  const answers = await deliver(rig.ingest.push, notification(photo, { traceparent: trace }));
  t.deepEqual(answers, ACKNOWLEDGED);
  const found = await rig.records.findJob(job);
  t.deepEqual(found?.record, {
    schema: 1,
    job,
    tenant: 'pet-shop',
    reference: 'order 7',
    input: uriOf(photo),
    options: jobOptionsSchema.parse({ scale: 4 }),
    route: ['upscale', 'segment', 'effects'],
    created: new Date(NOON).toISOString(),
  });
  const data = { schema: 1, job: found?.uri, stage: 'upscale', input: uriOf(photo), trace };
  const attributes = { stage: 'upscale', schema: '1', traceparent: trace };
  t.deepEqual(rig.publisher.published, [{ topic: 'upscale', data, attributes }]);
  t.deepEqual(await rig.names(), [`jobs/${job}/job.json`]);
  const started = rig.log.lines.find(({ message }) => message === 'ingest: started');
  t.like(started?.fields, { job, stage: 'ingest', trace, bytes: 3 });
});

test('A photo that was simply put there is a job of the default tenant, with a trace of its own', async (t) => {
  const rig = createIngestRig();
  const photo = await rig.upload('uploads/dog.jpg');
  await deliver(rig.ingest.push, notification(photo));
  const [message] = rig.stageMessages();
  t.is(message?.trace, TRACE);
  t.like((await rig.records.readJob(message!.job))!, {
    tenant: 'default',
    reference: null,
    input: uriOf(photo),
  });
});

test('The first stage is the first that the options ask for', async (t) => {
  const rig = createIngestRig();
  const photo = await rig.upload(path, { 'cutline-scale': '1', 'cutline-effects': 'none' });
  await deliver(rig.ingest.push, notification(photo));
  t.deepEqual(
    rig.publisher.published.map(({ topic }) => topic),
    ['segment'],
  );
  t.deepEqual((await rig.records.findJob(job))?.record.route, ['segment']);
});

test('The codec is given the very file, once', async (t) => {
  const seen: Uint8Array[] = [];
  const rig = createIngestRig({
    async inspect(file) {
      seen.push(file);
      return { width: 64, height: 64 };
    },
  });
  const photo = await rig.upload(path, {}, Uint8Array.of(9, 8, 7));
  await deliver(rig.ingest.push, notification(photo));
  t.deepEqual(
    seen.map((file) => [...file]),
    [[9, 8, 7]],
  );
});

test('A CloudEvent does the same as a notification', async (t) => {
  const rig = createIngestRig();
  const { bucket, name, generation } = await rig.upload(path);
  const headers = { 'ce-type': 'google.cloud.storage.object.v1.finalized', 'ce-id': '1' };
  t.deepEqual(await rig.ingest.cloudEvent(headers, { bucket, name, generation }), { status: 204 });
  t.is(rig.stageMessages().length, 1);
  t.deepEqual(await rig.ingest.cloudEvent({ 'ce-type': 'other' }, {}), { status: 204 });
  t.is(rig.stageMessages().length, 1);
});

const quiet: readonly (readonly [
  what: string,
  name: string,
  attributes: Record<string, string>,
  level: string,
])[] = [
  ['another event type', path, { eventType: 'OBJECT_DELETE' }, 'debug'],
  ['a folder', path, { objectId: 'uploads/pet-shop/' }, 'debug'],
  ['another prefix', path, { objectId: 'other/dog.jpg' }, 'debug'],
  ['another bucket', path, { bucketId: 'results' }, 'warning'],
  ['a path that climbs out', path, { objectId: 'uploads/../../etc/passwd' }, 'warning'],
  ['a missing generation', path, { objectGeneration: '' }, 'warning'],
];

for (const [what, name, attributes, level] of quiet) {
  test(`It is acknowledged, logged, and touches nothing: ${what}`, async (t) => {
    const rig = createIngestRig();
    const photo = await rig.upload(name);
    t.deepEqual(await deliver(rig.ingest.push, notification(photo, attributes)), ACKNOWLEDGED);
    t.deepEqual(rig.store.calls, []);
    t.deepEqual(rig.publisher.published, []);
    t.deepEqual(
      rig.log.lines.map((line) => line.level),
      [level],
    );
  });
}

test('An empty object is no photo', async (t) => {
  const rig = createIngestRig();
  const photo = await rig.upload(path, {}, new Uint8Array());
  t.deepEqual(await deliver(rig.ingest.push, notification(photo)), ACKNOWLEDGED);
  t.deepEqual(await rig.names(), []);
  t.deepEqual(rig.publisher.published, []);
});

test('A photo that is gone or replaced is said to be so and leaves nothing', async (t) => {
  const rig = createIngestRig();
  const first = await rig.upload(path);
  await rig.upload(path);
  t.deepEqual(await deliver(rig.ingest.push, notification(first)), ACKNOWLEDGED);
  await rig.store.quiet.delete({ bucket: 'uploads', name: path });
  t.deepEqual(await deliver(rig.ingest.push, notification(first)), ACKNOWLEDGED);
  t.deepEqual(await rig.names(), []);
  t.deepEqual(rig.publisher.published, []);
  t.deepEqual(
    rig.log.lines.map(({ fields }) => (fields.error as CutlineError).code),
    ['INPUT_GONE', 'INPUT_GONE'],
  );
});

test('A photo that goes between the first look and the reading is gone as well', async (t) => {
  const rig = createIngestRig();
  const photo = await rig.upload(path);
  rig.store.before('read', async ({ bucket, name }) => {
    if (bucket === 'uploads') await rig.store.quiet.delete({ bucket, name });
  });
  t.deepEqual(await deliver(rig.ingest.push, notification(photo)), ACKNOWLEDGED);
  t.deepEqual(await rig.names(), []);
  t.deepEqual(rig.publisher.published, []);
});

test('What passes is answered with its status and a public sentence, and nothing more', async (t) => {
  const rig = createIngestRig();
  const photo = await rig.upload(path);
  rig.store.failNext('head', new CutlineError('STORE_UNAVAILABLE', { message: 'secret host 10.0.0.1' }));
  rig.publisher.failNext();
  rig.store.failNext('read', new Error('secret'), { on: 'uploads/' });
  const detail = 'Storage is unavailable. Please retry shortly.';
  t.deepEqual(await deliver(rig.ingest.push, notification(photo)), [
    { status: 503, body: { error_code: 'STORE_UNAVAILABLE', detail } },
    { status: 500, body: { error_code: 'INTERNAL', detail: 'An unexpected error occurred' } },
    {
      status: 503,
      body: { error_code: 'PUBLISH_FAILED', detail: 'A message could not be sent. Please retry shortly.' },
    },
    { status: 204 },
  ]);
  t.is(rig.stageMessages().length, 1);
});
