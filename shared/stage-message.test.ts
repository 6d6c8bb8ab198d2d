import test from 'ava';
import { stageNames } from './card.ts';
import { CutlineError } from './errors.ts';
import { readStageMessage } from './stage-message.ts';

const job = '0123456789abcdef0123456789abcdef';
const buckets = { uploads: 'uploads', results: 'results' };
const message = {
  schema: 1,
  job: `gs://results/jobs/${job}/job.json#17`,
  stage: 'segment',
  input: 'gs://uploads/shop/a.jpg#16',
  trace: '',
};

function codeOf(data: unknown, stages: Parameters<typeof readStageMessage>[1] = stageNames): string {
  try {
    readStageMessage(data, stages, buckets);
    return 'none';
  } catch (error) {
    return error instanceof CutlineError ? error.code : String(error);
  }
}

test('a message of ours is read, with the id of its job', (t) => {
  t.deepEqual(readStageMessage(message, stageNames, buckets), { message, job });
});

test('its input may be an upload, or what a stage wrote for the same job', (t) => {
  t.is(codeOf({ ...message, input: 'gs://uploads/a.jpg#1' }), 'none');
  t.is(codeOf({ ...message, input: `gs://results/jobs/${job}/upscale/upscaled.png#1` }), 'none');
});

const foreign: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  'a text': 'segment',
  'a list': [message],
  'an empty object': {},
  'no schema': { ...message, schema: undefined },
  'a schema of the past': { ...message, schema: 0 },
  'a schema that is a text': { ...message, schema: '1' },
  'a schema between two': { ...message, schema: 1.5 },
  'an unknown stage': { ...message, stage: 'storefront' },
  'a field more': { ...message, extra: 1 },
  'no trace': { ...message, trace: undefined },
  'a trace that is too long': { ...message, trace: 'x'.repeat(129) },
  'no input': { ...message, input: undefined },
  'a job in another bucket': { ...message, job: `gs://elsewhere/jobs/${job}/job.json#1` },
  'a job in the uploads': { ...message, job: `gs://uploads/jobs/${job}/job.json#1` },
  'a job without a generation': { ...message, job: `gs://results/jobs/${job}/job.json` },
  'a job that is another record': { ...message, job: `gs://results/jobs/${job}/failed.json#1` },
  'a job’s id in capitals': { ...message, job: `gs://results/jobs/${job.toUpperCase()}/job.json#1` },
  'a job that climbs out': { ...message, job: `gs://results/jobs/../${job}/job.json#1` },
  'an input in another bucket': { ...message, input: 'gs://elsewhere/a.jpg#1' },
  'another job’s output as input': {
    ...message,
    input: `gs://results/jobs/${'f'.repeat(32)}/upscale/upscaled.png#1`,
  },
  'a job whose id begins the same': { ...message, input: `gs://results/jobs/${job}0/upscaled.png#1` },
  'a cache entry as input': { ...message, input: 'gs://results/cache/x.json#1' },
  'a record below the uploads': { ...message, input: `gs://uploads/jobs/${job}/job.json#1` },
  'an input that climbs out': { ...message, input: 'gs://uploads/../results/a#1' },
};

for (const [what, data] of Object.entries(foreign)) {
  test(`${what} is none of ours`, (t) => {
    t.is(codeOf(data), 'MESSAGE_INVALID');
  });
}

test('a later schema may be a newer sender’s: it is delivered again', (t) => {
  t.is(codeOf({ ...message, schema: 2 }), 'MESSAGE_UNKNOWN');
  t.is(codeOf({ schema: 9, what: 'ever' }), 'MESSAGE_UNKNOWN');
});

test('a stage that another service serves is delivered again', (t) => {
  t.is(codeOf(message, ['upscale']), 'MESSAGE_UNKNOWN');
  t.is(codeOf(message, ['upscale', 'segment']), 'none');
});

test('one bucket may hold uploads and results: records are no uploads there', (t) => {
  const same = { uploads: 'results', results: 'results' };
  const read = (input: string) => () => readStageMessage({ ...message, input }, stageNames, same);
  t.notThrows(read('gs://results/uploads/a.jpg#1'));
  t.throws(read(`gs://results/jobs/${'f'.repeat(32)}/upscale/upscaled.png#1`), { instanceOf: CutlineError });
});
