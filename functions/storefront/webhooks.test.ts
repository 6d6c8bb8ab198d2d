import { createHmac } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { CutlineError } from '../../shared/errors.ts';
import type { Completed, Failed } from '../../shared/message.ts';
import type { Delivery } from '../../shared/push.ts';
import { fakeLog } from '../../shared/testing/fake-log.ts';
import type { PostSigned, Webhook } from './webhooks.ts';
import { createWebhooks, signature } from './webhooks.ts';

const NOON = Date.parse('2026-11-20T12:00:00.000Z');
const job = '0123456789abcdef0123456789abcdef';
const completed: Completed = {
  schema: 1,
  job,
  tenant: 'pet-shop',
  reference: 'Möhre',
  input: 'gs://uploads/uploads/a.jpg#1',
  outputs: {},
  models: {},
  width: 3,
  height: 2,
  subject: null,
  timings_ms: { total: 7 },
  cached: [],
};
const failed: Failed = {
  schema: 1,
  job,
  tenant: 'pet-shop',
  reference: null,
  input: 'gs://uploads/uploads/a.jpg#1',
  stage: 'ingest',
  error: { code: 'IMAGE_CORRUPT', detail: 'The image is damaged and cannot be read' },
  retryable: false,
  tries: 0,
  at: '2026-11-20T11:59:59.000Z',
};
const hook: Webhook = { url: 'https://user:pw@shop.example/hooks?token=t0ken', secret: 's3cret' };

const delivery = (data: unknown, publishTime = '2026-11-20T11:59:00Z'): Delivery => ({
  data,
  attributes: {},
  messageId: '1',
  publishTime,
  subscription: 's',
});

type Call = Parameters<PostSigned>;

function rig(
  answer: () => Promise<{ status: number }>,
  hooks: Record<string, Webhook> = { 'pet-shop': hook },
) {
  const calls: Call[] = [];
  const log = fakeLog();
  const post: PostSigned = (...call) => {
    calls.push(call);
    return answer();
  };
  const push = createWebhooks({ webhooks: new Map(Object.entries(hooks)), post, now: () => NOON, log });
  return { calls, log, push };
}

const answering = (status: number) => async () => ({ status });

for (const [event, document] of Object.entries({ completed, failed })) {
  test(`A ${event} job is posted as it is, signed`, async (t) => {
    const { calls, push } = rig(answering(200));
    t.deepEqual(await push(delivery(document)), { status: 204 });
    const [[url, body, headers, timeout] = [], ...more] = calls;
    t.deepEqual(more, []);
    t.is(url, hook.url);
    t.deepEqual(JSON.parse(body!), document);
    t.is(timeout, 10_000);
    const seconds = NOON / 1000;
    const v1 = createHmac('sha256', 's3cret').update(`${seconds}.${body}`).digest('hex');
    t.deepEqual(headers, {
      'Content-Type': 'application/json',
      'X-Cutline-Event': event,
      'X-Cutline-Delivery': job,
      'X-Cutline-Timestamp': `${seconds}`,
      'X-Cutline-Signature': `t=${seconds},v1=${v1}`,
    });
  });
}

test('A signature is the one that the documents show', (t) => {
  t.deepEqual(signature('hush', 1_800_000_000, '{"job":"1"}'), {
    'X-Cutline-Timestamp': '1800000000',
    'X-Cutline-Signature': 't=1800000000,v1=4a75a97b816f55087526cb66513eaa89bb140db9cfd0b8c436e764ac028a7592',
  });
});

const answers: readonly (readonly [status: number, acknowledged: boolean, level: string])[] = [
  [200, true, 'info'],
  [204, true, 'info'],
  [299, true, 'info'],
  [410, true, 'warning'],
  [301, false, 'warning'],
  [400, false, 'warning'],
  [404, false, 'warning'],
  [500, false, 'warning'],
];

for (const [status, acknowledged, level] of answers) {
  test(`After ${status} from a webhook it is ${acknowledged ? 'not ' : ''}told again`, async (t) => {
    const { log, push } = rig(answering(status));
    t.is((await push(delivery(completed))).status, acknowledged ? 204 : 503);
    t.deepEqual(
      log.lines.map((line) => line.level),
      [level],
    );
  });
}

test('A webhook that cannot be reached is told again for a day, and no longer', async (t) => {
  const { calls, log, push } = rig(() => Promise.reject(new CutlineError('PUBLISH_FAILED')));
  const body = { error_code: 'PUBLISH_FAILED', detail: 'A message could not be sent. Please retry shortly.' };
  for (const publishTime of ['2026-11-19T12:00:00.000Z', '', 'yesterday'])
    t.deepEqual(await push(delivery(failed, publishTime)), { status: 503, body });
  t.is(calls.length, 3);
  t.deepEqual(await push(delivery(failed, '2026-11-19T11:59:59.999Z')), { status: 204 });
  t.is(calls.length, 3);
  t.is(log.lines.at(-1)?.level, 'error');
});

test('A tenant without a webhook is left alone', async (t) => {
  const { calls, push } = rig(answering(500), {});
  t.deepEqual(await push(delivery(completed)), { status: 204 });
  t.deepEqual(calls, []);
});

test('Neither the secret nor what else a URL may hide goes to the log', async (t) => {
  for (const url of [hook.url, 'no url t0ken', 'https://shop.example/hooks#t0ken'])
    for (const answer of [
      answering(200),
      answering(500),
      answering(410),
      () => Promise.reject(new Error('x')),
    ]) {
      const { log, push } = rig(answer, { 'pet-shop': { ...hook, url } });
      await push(delivery(completed));
      await push(delivery(completed, '2020-01-01T00:00:00Z'));
      t.is(log.lines.length, 2);
      t.notRegex(JSON.stringify(log.lines), /t0ken|s3cret|user|pw/);
    }
  const { log, push } = rig(answering(200));
  await push(delivery(completed));
  t.is(log.lines[0]?.fields.webhook, 'https://shop.example/hooks');
});

test('What tells of no job’s end is dropped, whatever it is', async (t) => {
  const { calls, log, push } = rig(answering(200));
  await fc.assert(
    fc.asyncProperty(fc.anything(), fc.string(), async (data, publishTime) => {
      for (const document of [data, { ...completed, job: data }, { ...failed, extra: data }])
        if ((await push(delivery(document, publishTime))).status !== 204)
          throw new Error('Expected an acknowledgement');
    }),
  );
  t.deepEqual(calls, []);
  t.true(log.lines.length > 0);
});
