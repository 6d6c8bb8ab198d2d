import test from 'ava';
import { createJobRecords } from '../shared/job-records.ts';
import { fakeStore } from '../shared/testing/fake-store.ts';
import { compare, hasEnded, readEnd } from './outcome.ts';

const job = 'a'.repeat(32);
const well = { completed: '1', cutout: '8×8 abc' };

test('The same outcome, told once, is right', (t) => {
  t.is(compare(well, { outcome: { ...well }, tries: 2, told: 1 }), undefined);
});

test('Another picture, a failure, or two ends are wrong', (t) => {
  t.is(
    compare(well, { outcome: { ...well, cutout: '8×8 abd' }, tries: 1, told: 1 }),
    'cutout is 8×8 abd and was 8×8 abc',
  );
  t.regex(
    compare(well, { outcome: { failed: 'segment: BUSY' }, tries: 6, told: 1 })!,
    /failed is segment: BUSY/,
  );
  t.is(compare(well, { outcome: well, tries: 1, told: 2 }), 'told 2 ends');
});

test('An end is read from the records: unfinished, then failed', async (t) => {
  const store = fakeStore();
  const records = createJobRecords({ store, bucket: 'results', now: () => 0 });
  t.false(await hasEnded({ store, records }, job));
  t.deepEqual(await readEnd({ store, records }, job), { outcome: { unfinished: '' }, tries: 0, told: 0 });
  await records.createFailed({
    schema: 1,
    job,
    tenant: 'shop',
    reference: null,
    input: 'gs://uploads/x#1',
    stage: 'ingest',
    error: { code: 'INVALID_FORMAT', detail: '' },
    retryable: false,
    tries: 0,
    at: '2026-11-21T00:00:00.000Z',
  });
  await records.announce(job, 'failed-1');
  t.true(await hasEnded({ store, records }, job));
  t.deepEqual(await readEnd({ store, records }, job), {
    outcome: { failed: 'ingest: INVALID_FORMAT' },
    tries: 0,
    told: 1,
  });
});
