import test from 'ava';
import { parseUri } from './gs-uri.ts';
import { jobOptionsSchema } from './job.ts';
import { createJobRecords } from './job-records.ts';
import type { Failed } from './message.ts';
import type { JobRecord, StageRecord } from './records.ts';
import { ids } from './testing/chain-rig.ts';
import { fakeStore } from './testing/fake-store.ts';
import { contractRecord } from './testing/stage-runner-contract.ts';

const [job, other] = ids as [string, string];
const NOON = Date.parse('2026-11-20T12:00:00.000Z');

const record: JobRecord = {
  schema: 1,
  job,
  tenant: 'shop',
  reference: 'order 7',
  input: `gs://uploads/shop/${job}.jpg#1`,
  options: jobOptionsSchema.parse({}),
  route: ['upscale', 'segment', 'effects'],
  created: '2026-11-20T12:00:00.000Z',
};
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
const stageRecord: StageRecord = { ...contractRecord, job };

function open() {
  const store = fakeStore();
  return { store, records: createJobRecords({ store, bucket: 'results', now: () => NOON }) };
}

test('a job is created once: who comes second is given the first', async (t) => {
  const { records } = open();
  const made = await records.createJob(record);
  t.deepEqual(made, { record, uri: made.uri, created: true });
  const again = await records.createJob({ ...record, tenant: 'other' });
  t.deepEqual(again, { record, uri: made.uri, created: false });
  t.deepEqual(await records.findJob(job), { record, uri: made.uri });
  t.is(await records.findJob(other), undefined);
});

test('a message’s job is that very version: one that was deleted and made again is another', async (t) => {
  const { store, records } = open();
  const { uri } = await records.createJob(record);
  t.deepEqual(await records.readJob(uri), record);
  await store.delete(parseUri(uri)!);
  t.is(await records.readJob(uri), undefined);
  const { uri: second } = await records.createJob(record);
  t.not(second, uri);
  t.is(await records.readJob(uri), undefined);
  t.is(await records.readJob('no uri'), undefined);
});

test('what a later version adds to a record is passed over, and what is no record is INTERNAL', async (t) => {
  const { store, records } = open();
  const at = { bucket: 'results', name: `jobs/${job}/job.json` };
  await store.put(at, { ...record, priority: 'high' });
  t.deepEqual((await records.findJob(job))?.record, record);
  for (const content of ['{', '[]', { ...record, schema: 2 }, { ...record, input: 'a.jpg' }]) {
    await store.put(at, content);
    await t.throwsAsync(records.findJob(job), {
      code: 'INTERNAL',
      message: /job\.json is no record of ours/,
    });
  }
});

test('tries are counted before they begin, and bear what they ended in', async (t) => {
  const { records } = open();
  const first = (await records.beginTry(job, 'segment', 'm1', 0, 6))!;
  t.is(first.number, 1);
  const begun = { schema: 1, started: '2026-11-20T12:00:00.000Z', message_id: 'm1' } as const;
  t.deepEqual(await records.readTry(job, 'segment', 1), begun);
  await first.fail('INFERENCE_ERROR');
  t.deepEqual(await records.readTry(job, 'segment', 1), { ...begun, code: 'INFERENCE_ERROR' });
  t.is((await records.beginTry(job, 'segment', 'm1', 0, 6))!.number, 2);
  t.is((await records.beginTry(job, 'effects', 'm2', 0, 6))!.number, 1, 'of each stage by itself');
});

test('after so many tries there is no other, but for a redrive, whose own are counted from there', async (t) => {
  const { records } = open();
  for (const number of [1, 2]) t.is((await records.beginTry(job, 'segment', 'm1', 0, 2))!.number, number);
  t.is(await records.beginTry(job, 'segment', 'm1', 0, 2), undefined);
  t.is(await records.readTry(job, 'segment', 3), undefined);
  for (const number of [3, 4]) t.is((await records.beginTry(job, 'segment', 'm2', 2, 2))!.number, number);
  t.is(await records.beginTry(job, 'segment', 'm2', 2, 2), undefined);
});

test('two that begin a try at once have one each', async (t) => {
  const { records } = open();
  const begun = await Promise.all([1, 2, 3].map(() => records.beginTry(job, 'segment', 'm', 0, 6)));
  t.deepEqual(begun.map((one) => one!.number).sort(), [1, 2, 3]);
});

test('the first failure stays, unless a redrive ended in one again', async (t) => {
  const { records } = open();
  const first = await records.createFailed(failure);
  t.true(first.created);
  const later = { ...failure, tries: 2 };
  t.deepEqual(await records.createFailed(later), { ...first, created: false });
  const replaced = await records.createFailed(later, first);
  t.true(replaced.created);
  t.deepEqual(await records.failed(job), { record: later, uri: replaced.uri });
});

test('the first record of a stage stays', async (t) => {
  const { records } = open();
  const first = await records.createStage(stageRecord);
  const second = await records.createStage({ ...stageRecord, width: 99 });
  t.deepEqual(second, { ...first, created: false });
  t.is((await records.stage(job, 'segment'))?.record.width, 3);
  t.is(await records.stage(job, 'effects'), undefined);
});

test('an end is announced once it is marked', async (t) => {
  const { records } = open();
  t.false(await records.isAnnounced(job, 'completed'));
  await records.announce(job, 'completed');
  await records.announce(job, 'completed');
  t.true(await records.isAnnounced(job, 'completed'));
  t.false(await records.isAnnounced(job, 'failed-1'));
});

test('a record that is deleted between two looks is to be looked at again', async (t) => {
  const { store, records } = open();
  await records.createJob(record);
  const undo = store.before('read', async () => {
    await store.quiet.delete({ bucket: 'results', name: `jobs/${job}/job.json` });
  });
  await t.throwsAsync(records.createJob(record), { code: 'STORE_UNAVAILABLE' });
  undo();
});

async function withResults() {
  const opened = open();
  const { store, records } = opened;
  const upload = await store.put({ bucket: 'uploads', name: `shop/${job}.jpg` }, 'photo');
  const input = `gs://uploads/shop/${job}.jpg#${upload.generation}`;
  const { uri } = await records.createJob({ ...record, input });
  await records.createStage(stageRecord);
  await records.beginTry(job, 'segment', 'm', 0, 6);
  await store.put({ bucket: 'results', name: `jobs/${job}/segment/cutout.png` }, 'pixels');
  await store.put({ bucket: 'results', name: `cache/${stageRecord.cache_key}.json` }, { schema: 1 });
  // A neighbour, whose folder begins the same.
  await store.put({ bucket: 'results', name: `jobs/${job}0/job.json` }, {});
  await records.createJob({ ...record, job: other });
  return { ...opened, uri };
}

test('deletion removes the photo, every record, every picture and what the cache knew, of this job alone', async (t) => {
  const { store, records } = await withResults();
  t.true(await records.deleteJob(job));
  t.deepEqual(await store.names('uploads'), []);
  t.deepEqual(await store.names('results'), [`jobs/${job}0/job.json`, `jobs/${other}/job.json`]);
  t.false(await records.deleteJob(job), 'there is nothing more');
});

test('deletion takes the photo first and job.json before everything else of the job', async (t) => {
  const { store, records } = await withResults();
  const deleted: string[] = [];
  store.before('delete', ({ name }) => void deleted.push(name));
  await records.deleteJob(job);
  const own = deleted.filter((name) => name.startsWith(`jobs/${job}/`) || name.startsWith('shop/'));
  t.deepEqual(own.slice(0, 2), [`shop/${job}.jpg`, `jobs/${job}/job.json`]);
  t.true(own.length > 2);
});

test('what a message wrote after the deletion is swept, and a job that is there is left alone', async (t) => {
  const { store, records, uri } = await withResults();
  const before = await store.names('results');
  t.false(await records.sweepIfDeleted(uri, job));
  t.deepEqual(await store.names('results'), before);
  await store.delete(parseUri(uri)!);
  t.true(await records.sweepIfDeleted(uri, job));
  t.deepEqual(await store.names('results', `jobs/${job}/`), []);
});
