// A batch is a job of jobs: one record that names them. Its state is read from theirs.
import { z } from 'zod';
import { CutlineError } from '../../shared/errors.ts';
import type { ObjectName } from '../../shared/gs-uri.ts';
import { parseRecord, toJson } from '../../shared/job-records.ts';
import type { JobState } from '../../shared/job-state.ts';
import { jobIdSchema, SCHEMA, tenantSchema } from '../../shared/message.ts';
import type { ObjectStore } from '../../shared/object-store.ts';
import type { AskedJobs } from './asked-jobs.ts';

const batchSchema = z.object({
  schema: z.literal(SCHEMA),
  batch: jobIdSchema,
  tenant: tenantSchema,
  /** In the order of the photos. */
  jobs: z.array(jobIdSchema).min(1),
  created: z.iso.datetime(),
});
export type Batch = z.infer<typeof batchSchema>;

export type BatchJobStatus = JobState['status'] | 'deleted';

export interface BatchState {
  readonly batch: string;
  readonly created: string;
  /** Completed when all have ended and not all of them failed. */
  readonly status: JobState['status'];
  /** 0–1: the mean of its jobs'. */
  readonly progress: number;
  readonly counts: Readonly<Record<BatchJobStatus, number>>;
  readonly jobs: readonly {
    readonly job: string;
    readonly status: BatchJobStatus;
    readonly progress: number;
  }[];
}

export interface BatchPorts {
  readonly store: ObjectStore;
  /** Of the results. */
  readonly bucket: string;
  readonly asked: Pick<AskedJobs, 'delete'>;
  /** Of any job that was asked for; undefined when it was deleted. @throws STORE_UNAVAILABLE */
  readState(job: string): Promise<JobState | undefined>;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface Batches {
  write(batch: Pick<Batch, 'batch' | 'tenant' | 'jobs'>): Promise<void>;
  /** @throws JOB_NOT_FOUND */
  find(batch: string): Promise<Batch>;
  state(batch: Batch): Promise<BatchState>;
  /** With its jobs. One that was interrupted can be begun again. */
  delete(batch: Batch): Promise<void>;
}

const MAX_BYTES = 64 * 1024;
/** Jobs looked at, or deleted, at once. */
export const BATCH_WIDTH = 8;

/** Every call @throws STORE_UNAVAILABLE */
export function createBatches({ store, bucket, asked, readState, now }: BatchPorts): Batches {
  const at = (batch: string): ObjectName => ({ bucket, name: `batches/${batch}.json` });
  return {
    async write(batch) {
      const record: Batch = { schema: SCHEMA, ...batch, created: new Date(now()).toISOString() };
      await store.writeIfAbsent(at(batch.batch), toJson(record), { contentType: 'application/json' });
    },
    async find(batch) {
      if (!jobIdSchema.safeParse(batch).success) throw new CutlineError('JOB_NOT_FOUND');
      const found = await store.read(at(batch), MAX_BYTES);
      if (!found) throw new CutlineError('JOB_NOT_FOUND');
      return parseRecord(found.data, batchSchema, found.info);
    },
    async state(batch) {
      const states = await inGroups(batch.jobs, readState);
      return foldStates(batch, states);
    },
    async delete({ batch, jobs }) {
      await inGroups(jobs, asked.delete);
      // Last: it alone leads to the others.
      await store.delete(at(batch));
    },
  };
}

/** @param states of the batch's jobs, in their order; undefined for one that was deleted */
export function foldStates(batch: Batch, states: readonly (JobState | undefined)[]): BatchState {
  const jobs = batch.jobs.map((job, index) => {
    const state = states[index];
    const isOpen = state?.status === 'queued' || state?.status === 'processing';
    return { job, status: state?.status ?? ('deleted' as const), progress: isOpen ? state.progress : 1 };
  });
  const counts = { queued: 0, processing: 0, completed: 0, failed: 0, deleted: 0 };
  for (const { status } of jobs) counts[status]++;
  const sum = jobs.reduce((total, { progress }) => total + progress, 0);
  return {
    batch: batch.batch,
    created: batch.created,
    status: statusOf(counts, jobs.length),
    progress: Math.round((sum / jobs.length) * 1000) / 1000,
    counts,
    jobs,
  };
}

function statusOf(counts: BatchState['counts'], total: number): JobState['status'] {
  if (counts.queued === total) return 'queued';
  if (counts.queued + counts.processing > 0) return 'processing';
  return counts.failed > 0 && counts.completed === 0 ? 'failed' : 'completed';
}

/** In their order, a few at once. What was begun has ended before the first error is thrown. */
export async function inGroups<Item, Result>(
  items: readonly Item[],
  act: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let first = 0; first < items.length; first += BATCH_WIDTH) {
    const group = items.slice(first, first + BATCH_WIDTH);
    const ended = await Promise.allSettled(group.map((item, index) => act(item, first + index)));
    for (const result of ended) {
      if (result.status === 'rejected') throw result.reason;
      results.push(result.value);
    }
  }
  return results;
}
