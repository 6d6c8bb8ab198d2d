import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import type { Completed, Failed } from '../../shared/message.ts';
import type { Delivery } from '../../shared/push.ts';
import { fakeLog } from '../../shared/testing/fake-log.ts';
import type { Description } from './serve-functions.ts';
import { describeProblem, describeService, tellOfEnds } from './serve-text.ts';

const job = '0123456789abcdef0123456789abcdef';

const description: Description = {
  address: 'http://127.0.0.1:8085',
  functions: ['ingest', 'segment'],
  store: 'the Cloud Storage emulator at http://127.0.0.1:4443',
  carrier: 'the Pub/Sub emulator at 127.0.0.1:8086',
  uploads: 'gs://uploads',
  results: 'gs://results',
  device: 'cuda',
  models: [{ stage: 'segment', id: 'birefnet-general', preview: false }],
  looks: [],
  full_models: null,
};

test('with full models and emulators there is no word of previews and folders', (t) => {
  t.is(
    describeService(description),
    [
      'Cutline serves at http://127.0.0.1:8085',
      '  photos     put them into gs://uploads',
      '  results    appear in gs://results/jobs, a folder for each photo',
      '  models     segment by birefnet-general, on cuda',
      '  looks      none',
      '  messages   carried by the Pub/Sub emulator at 127.0.0.1:8086; objects are in the Cloud Storage emulator at http://127.0.0.1:4443',
      '  functions  ingest, segment below http://127.0.0.1:8085/functions/',
      '  look at    http://127.0.0.1:8085/health, /startup and /metrics',
      '  end        with Ctrl-C; what is unfinished is taken up at the next start',
    ].join('\n'),
  );
});

const input = 'gs://uploads/holiday/dog#1.jpg#17';
const completed: Completed = {
  schema: 1,
  job,
  tenant: 'default',
  reference: null,
  input,
  outputs: {},
  models: {},
  width: 2400,
  height: 3200,
  subject: null,
  timings_ms: { total: 4321 },
  cached: [],
};
const failed: Failed = {
  schema: 1,
  job,
  tenant: 'default',
  reference: null,
  input,
  stage: 'segment',
  error: { code: 'NO_SUBJECT', detail: 'No subject was found in the image' },
  retryable: false,
  tries: 1,
  at: '2026-11-20T12:00:00.000Z',
};
const delivery = (data: unknown, messageId: string): Delivery => ({
  data,
  messageId,
  attributes: {},
  publishTime: '',
  subscription: 'completed',
});

test('the end of a photo is told by its name, with where its results are', (t) => {
  const log = fakeLog();
  const tell = tellOfEnds('.cutline/results', log);
  tell(delivery(completed, '1'));
  tell(delivery(failed, '2'));
  t.deepEqual(log.lines, [
    {
      level: 'info',
      message: 'holiday/dog#1.jpg: 2400×3200 in 4.3 s',
      fields: { job, results: `.cutline/results/jobs/${job}` },
    },
    {
      level: 'warning',
      message: 'holiday/dog#1.jpg: NO_SUBJECT: No subject was found in the image',
      fields: { job },
    },
  ]);
});

test('an end that is delivered again and again, to a webhook that is dead, is told once', (t) => {
  const log = fakeLog();
  const tell = tellOfEnds('.cutline/results', log);
  for (const id of ['1', '1', '2', '1']) tell(delivery(completed, id));
  t.is(log.lines.length, 2);
});

test('what tells of no end is passed over', (t) => {
  const log = fakeLog();
  const tell = tellOfEnds('.cutline/results', log);
  for (const [index, data] of [undefined, null, 'text', {}, { ...completed, job: '../x' }].entries())
    tell(delivery(data, String(index)));
  t.deepEqual(log.lines, []);
});

test('a problem is a line: its code, what the public may know, and for whoever starts it the rest', (t) => {
  const config = new CutlineError('CONFIG_INVALID', {
    fields: { problems: ['PORT: expected x but received y'] },
  });
  t.is(
    describeProblem(config),
    'CONFIG_INVALID: The configuration is not valid: PORT: expected x but received y',
  );
  t.is(describeProblem(new Error('why')), 'INTERNAL: An unexpected error occurred (why)');
});
