import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import type { JobState } from '../../shared/job-state.ts';
import { createRig, idOf, png } from '../../shared/testing/create-rig.ts';
import type { BatchJobStatus, BatchState } from './batches.ts';
import { foldStates } from './batches.ts';
import { createBatchFromFiles } from './create-batch.ts';

const created = '2026-11-20T12:00:00.000Z';
const stateOf = (status: BatchJobStatus, progress: number): JobState | undefined =>
  status === 'deleted' ? undefined : ({ status, progress } as JobState);

const folds: readonly (readonly [BatchJobStatus[], BatchState['status'], number])[] = [
  [['queued', 'queued'], 'queued', 0.25],
  [['queued', 'processing'], 'processing', 0.25],
  [['queued', 'completed'], 'processing', 0.625],
  [['queued', 'deleted'], 'processing', 0.625],
  [['completed', 'completed'], 'completed', 1],
  [['completed', 'failed'], 'completed', 1],
  [['completed', 'deleted'], 'completed', 1],
  [['failed', 'deleted'], 'failed', 1],
  [['failed', 'failed'], 'failed', 1],
  [['deleted', 'deleted'], 'completed', 1],
];

for (const [statuses, status, progress] of folds) {
  test(`A batch of ${statuses.join(' and ')} is ${status}`, (t) => {
    const jobs = statuses.map((_, index) => idOf(index));
    const batch = { schema: 1, batch: idOf(9), tenant: 'shop', jobs, created } as const;
    const state = foldStates(
      batch,
      statuses.map((each) => stateOf(each, 0.25)),
    );
    t.is(state.status, status);
    t.is(state.progress, progress);
    t.deepEqual(
      state.jobs.map((each) => each.status),
      statuses,
    );
    t.is(
      Object.values(state.counts).reduce((sum, count) => sum + count, 0),
      2,
    );
  });
}

test('A batch that is deleted takes its jobs and their photos along', async (t) => {
  const { ports, store, batches } = createRig();
  const files = Array.from({ length: 10 }, (_, index) => ({ filename: `${index}`, data: png() }));
  const { batch } = await createBatchFromFiles({ tenant: 'shop', options: {}, files }, ports);
  await store.put({ bucket: 'results', name: 'jobs/other/job.json' }, {});
  const found = await batches.find(batch);
  store.failNext('delete', undefined, { on: `shop/${found.jobs[4]}` });
  t.is(((await t.throwsAsync(batches.delete(found))) as CutlineError).code, 'STORE_UNAVAILABLE');
  // The record is there still, so that the rest can be found.
  await batches.delete(await batches.find(batch));
  t.deepEqual(await store.names('uploads'), []);
  t.deepEqual(await store.names('results'), ['jobs/other/job.json']);
});

test('A batch that is unknown, deleted or no id at all is not found', async (t) => {
  const { batches } = createRig();
  for (const batch of [idOf(5), '', '../jobs/x', 'A'.repeat(32)]) {
    const error = await t.throwsAsync(batches.find(batch), { instanceOf: CutlineError });
    t.is((error as CutlineError).code, 'JOB_NOT_FOUND');
  }
});
