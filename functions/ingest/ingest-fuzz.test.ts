import test from 'ava';
import fc from 'fast-check';
import { parsePush } from '../../shared/push.ts';
import { createIngestRig, TRACE } from '../../shared/testing/ingest-rig.ts';

const job = '0123456789abcdef0123456789abcdef';
const often = <Value>(...values: Value[]) =>
  fc.oneof(...values.map((value) => fc.constant(value)), fc.string());

const attributes = fc.record(
  {
    eventType: often('OBJECT_FINALIZE', 'OBJECT_DELETE'),
    bucketId: often('uploads', 'results'),
    objectId: often(`uploads/shop/${job}.jpg`, 'uploads/dog.jpg', 'uploads/', 'uploads/../x', '__proto__'),
    objectGeneration: often('1000000000000001', '0', '-1', '9'.repeat(30)),
    traceparent: often(TRACE),
    extra: fc.string(),
  },
  { requiredKeys: [] },
);
const uri = often(`gs://results/jobs/${job}/job.json#1`, 'gs://uploads/uploads/a.jpg#1', 'gs://x/../y#1');
const data = fc.oneof(
  fc.anything(),
  fc.record(
    {
      schema: fc.oneof(fc.constant(1), fc.anything()),
      job: uri,
      stage: often('upscale'),
      input: uri,
      trace: fc.anything(),
    },
    { requiredKeys: [] },
  ),
);
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64');

test('Whatever is pushed, the answer is an acknowledgement and nothing is written but for a photo that is there', async (t) => {
  const rig = createIngestRig();
  await fc.assert(
    fc.asyncProperty(attributes, data, async (attributes, data) => {
      const delivery = parsePush({ message: { messageId: '1', attributes, data: base64(data) } });
      if (!delivery) return;
      for (const handler of [rig.ingest.push, rig.ingest.deadLetter])
        if ((await handler(delivery)).status !== 204) throw new Error('Expected an acknowledgement');
    }),
    { numRuns: 500 },
  );
  t.deepEqual(await rig.names(), []);
  t.deepEqual(rig.publisher.published, []);
});

test('Whatever event comes, the answer is an acknowledgement', async (t) => {
  const rig = createIngestRig();
  const headers = fc.dictionary(
    often('ce-type', 'ce-id', 'traceparent'),
    fc.oneof(
      often(
        'google.cloud.storage.object.v1.finalized',
        'google.cloud.pubsub.topic.v1.messagePublished',
        'google.cloud.storage.object.v1.deleted',
      ),
      fc.array(fc.string()),
      fc.constant(undefined),
    ),
  );
  const body = fc.oneof(
    fc.anything(),
    fc.record({ bucket: often('uploads'), name: often('uploads/dog.jpg'), generation: fc.anything() }),
  );
  await fc.assert(
    fc.asyncProperty(headers, body, async (headers, body) => {
      const { status } = await rig.ingest.cloudEvent(headers, body);
      if (status !== 204) throw new Error(`Expected an acknowledgement but received ${status}`);
    }),
    { numRuns: 500 },
  );
  t.deepEqual(await rig.names(), []);
});

test('Whatever metadata a photo has, its job is on its way or has failed', async (t) => {
  const keys = often(
    'cutline-scale',
    'cutline-effects',
    'cutline-effect-options',
    'cutline-reference',
    'cutline-x',
  );
  const metadata = fc.dictionary(keys, often('2', 'all', 'true', 'halftone.pitch=6', ',', '=.'));
  await fc.assert(
    fc.asyncProperty(metadata, async (metadata) => {
      const rig = createIngestRig();
      const { bucket, name, generation } = await rig.upload(`uploads/shop/${job}.jpg`, metadata);
      const attributes = {
        eventType: 'OBJECT_FINALIZE',
        bucketId: bucket,
        objectId: name,
        objectGeneration: generation,
      };
      const { status } = await rig.ingest.push(parsePush({ message: { messageId: '1', attributes } })!);
      if (status !== 204) throw new Error(`Expected an acknowledgement but received ${status}`);
      const ends = rig.stageMessages().length + rig.failed().length;
      if (ends !== 1) throw new Error(`Expected one message but received ${ends}`);
    }),
    { numRuns: 200 },
  );
  t.pass();
});
