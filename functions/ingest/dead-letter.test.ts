import test from 'ava';
import type { StageName } from '../../shared/card.ts';
import type { ErrorCode } from '../../shared/error-catalogue.ts';
import { CutlineError } from '../../shared/errors.ts';
import type { StageMessage } from '../../shared/message.ts';
import type { Delivery } from '../../shared/push.ts';
import type { StageRecord } from '../../shared/records.ts';
import type { IngestRig } from '../../shared/testing/ingest-rig.ts';
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

const given = (data: unknown, attributes: Record<string, string> = {}): Delivery => ({
  data,
  attributes: { CloudPubSubDeadLetterSourceDeliveryCount: '100', ...attributes },
  messageId: '77',
  publishTime: '2026-11-20T12:00:00Z',
  subscription: 'projects/p/subscriptions/cutline-dead-letter',
});

/** A job on its way through all three stages. */
async function begun(rig: IngestRig): Promise<StageMessage> {
  const photo = await rig.upload(path, { 'cutline-reference': 'order 7' });
  await deliver(rig.ingest.push, notification(photo));
  return rig.stageMessages()[0]!;
}

async function addTry(rig: IngestRig, stage: StageName, code?: ErrorCode): Promise<void> {
  const current = await rig.records.beginTry(job, stage, '1', 0, 100);
  if (code) await current!.fail(code);
}

async function complete(rig: IngestRig, message: StageMessage, stage: StageName): Promise<void> {
  const record: StageRecord = {
    schema: 1,
    job,
    stage,
    input: message.input,
    hands_on: message.input,
    outputs: {},
    width: 8,
    height: 8,
    subject: null,
    notes: [],
    models: [],
    device: 'cpu',
    timings_ms: {},
    cached: false,
    cache_key: 'k',
    finished: new Date(NOON).toISOString(),
  };
  await rig.records.createStage(record);
}

const reasons: readonly {
  readonly what: string;
  readonly tries: readonly (ErrorCode | undefined)[];
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryable: boolean;
}[] = [
  {
    what: 'the last try’s error',
    tries: ['INFERENCE_ERROR', 'PROCESSING_TIMEOUT'],
    code: 'PROCESSING_TIMEOUT',
    detail: 'The photo could not be processed: the work took longer than its limit',
    retryable: true,
  },
  {
    what: 'the death of the process, where the last try wrote no error',
    tries: ['INFERENCE_ERROR', undefined],
    code: 'PROCESS_DIED',
    detail: 'The photo could not be processed: the process ended each time it worked on the photo',
    retryable: false,
  },
  {
    what: 'something unforeseen, where there was no try',
    tries: [],
    code: 'INTERNAL',
    detail: 'The photo could not be processed: anything unforeseen',
    retryable: true,
  },
];

for (const { what, tries, code, detail, retryable } of reasons) {
  test(`A job whose message was given up ends in ${what}`, async (t) => {
    const rig = createIngestRig();
    const message = await begun(rig);
    for (const code of tries) await addTry(rig, 'upscale', code);
    t.deepEqual(await deliver(rig.ingest.deadLetter, given(message)), ACKNOWLEDGED);
    const failed = {
      schema: 1,
      job,
      tenant: 'pet-shop',
      reference: 'order 7',
      input: message.input,
      stage: 'upscale',
      error: { code, detail },
      retryable,
      tries: tries.length,
      at: new Date(NOON).toISOString(),
    };
    t.deepEqual(rig.failed(), [failed]);
    t.deepEqual((await rig.records.failed(job))?.record, failed);
    t.deepEqual(await deliver(rig.ingest.deadLetter, given(message)), ACKNOWLEDGED);
    t.is(rig.failed().length, 1);
  });
}

test('A job that is complete stays so', async (t) => {
  const rig = createIngestRig();
  const message = await begun(rig);
  await complete(rig, message, 'effects');
  t.deepEqual(await deliver(rig.ingest.deadLetter, given(message)), ACKNOWLEDGED);
  t.deepEqual(rig.failed(), []);
  t.is(await rig.records.failed(job), undefined);
});

test('A job that was deleted stays so, at whatever moment it was', async (t) => {
  for (const moment of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    const rig = createIngestRig();
    const message = await begun(rig);
    let count = 0;
    const step = async () => {
      if (count++ === moment) await rig.records.deleteJob(job);
    };
    if (moment === 0) await step();
    for (const method of ['head', 'read', 'writeIfAbsent'] as const) rig.store.after(method, step);
    rig.publisher.before(step);
    t.deepEqual(await deliver(rig.ingest.deadLetter, given(message)), ACKNOWLEDGED);
    t.true(count > moment, `${moment}`);
    t.deepEqual(await rig.names(), [], `${moment}`);
  }
});

test('A failure that its stage wrote and could not tell of is told of as it is', async (t) => {
  const rig = createIngestRig();
  const message = await begun(rig);
  const error = { code: 'NO_SUBJECT', detail: 'No subject was found in the image' };
  const failed = {
    schema: 1,
    job,
    tenant: 'pet-shop',
    reference: null,
    input: message.input,
    stage: 'segment',
    error,
    retryable: false,
    tries: 1,
    at: new Date(NOON).toISOString(),
  } as const;
  await rig.records.createFailed(failed);
  await deliver(rig.ingest.deadLetter, given({ ...message, stage: 'segment' }));
  t.deepEqual(rig.failed(), [failed]);
});

test('An upload that ingest could not take ends its job, with the customer’s reference', async (t) => {
  const rig = createIngestRig();
  const photo = await rig.upload(path, { 'cutline-reference': 'order 7', 'cutline-scale': '9' });
  const delivery = notification(photo, { CloudPubSubDeadLetterSourceDeliveryCount: '100' });
  t.deepEqual(await deliver(rig.ingest.deadLetter, delivery), ACKNOWLEDGED);
  const [failed, ...more] = rig.failed();
  t.deepEqual(more, []);
  t.like(failed, {
    job,
    tenant: 'pet-shop',
    reference: 'order 7',
    input: uriOf(photo),
    stage: 'ingest',
    tries: 0,
  });
  t.is(failed?.error.code, 'INTERNAL');
  await deliver(rig.ingest.deadLetter, delivery);
  t.is(rig.failed().length, 1);
});

test('An upload whose job was made but never sent on ends as well; one that is on its way does not', async (t) => {
  for (const isBegun of [false, true]) {
    const rig = createIngestRig();
    const message = await begun(rig);
    const [bucket, name, generation] = ['uploads', path, message.input.split('#')[1]!];
    if (isBegun) await addTry(rig, 'upscale');
    await deliver(rig.ingest.deadLetter, notification({ bucket, name, generation }));
    t.is(rig.failed().length, isBegun ? 0 : 1);
  }
});

test('An upload that is gone, or another’s job, leaves nothing', async (t) => {
  const rig = createIngestRig();
  const photo = await rig.upload(path);
  await rig.store.quiet.delete(photo);
  t.deepEqual(await deliver(rig.ingest.deadLetter, notification(photo)), ACKNOWLEDGED);
  t.deepEqual(await rig.names(), []);
  const message = await begun(rig);
  await deliver(rig.ingest.deadLetter, notification(photo));
  t.deepEqual(rig.failed(), []);
  t.is((await rig.records.findJob(job))?.record.input, message.input);
});

const strangers: readonly (readonly [what: string, data: unknown])[] = [
  ['no data', undefined],
  ['a document of the end', { schema: 1, job }],
  ['a message of another version', { schema: 2 }],
  [
    'a job in another bucket',
    {
      schema: 1,
      job: `gs://else/jobs/${job}/job.json#1`,
      stage: 'segment',
      input: 'gs://uploads/a#1',
      trace: '',
    },
  ],
];

for (const [what, data] of strangers) {
  test(`A dead letter of no job is an error in the log and nothing else: ${what}`, async (t) => {
    const rig = createIngestRig();
    t.deepEqual(await deliver(rig.ingest.deadLetter, given(data, { traceparent: TRACE })), ACKNOWLEDGED);
    t.deepEqual(rig.store.calls, []);
    t.deepEqual(rig.publisher.published, []);
    t.deepEqual(
      rig.log.lines.map(({ level }) => level),
      ['error'],
    );
    t.deepEqual(rig.log.lines[0]?.fields.attributes, given(data, { traceparent: TRACE }).attributes);
  });
}

test('A dead letter comes again when the store or the carrier did not answer', async (t) => {
  const rig = createIngestRig();
  const message = await begun(rig);
  rig.store.failNext('read');
  rig.store.failNext('writeIfAbsent', new CutlineError('STORE_UNAVAILABLE'), { after: true });
  rig.publisher.failNext();
  const answers = await deliver(rig.ingest.deadLetter, given(message));
  t.deepEqual(
    answers.map(({ status }) => status),
    [503, 503, 503, 204],
  );
  t.is(rig.failed().length, 1);
});
