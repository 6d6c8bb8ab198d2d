// What an id stands for: a job, or a batch of them. Both are looked at, watched and deleted alike.
import type { JobState } from '../../shared/job-state.ts';
import type { AskedJobs } from './asked-jobs.ts';
import type { Batches, BatchState } from './batches.ts';
import { inGroups } from './batches.ts';
import type { JobFiles } from './job-files.ts';
import type { JobStates } from './read-states.ts';
import { orNone } from './read-states.ts';

export interface JobThing {
  readonly job: string;
  readonly tenant: string;
  /** Undefined when it was deleted meanwhile. */
  state(): Promise<JobState | BatchState | undefined>;
  delete(): Promise<void>;
}

export interface Members {
  readonly tenant: string;
  /** Those that were not deleted. */
  jobs(): Promise<readonly string[]>;
}

export interface JobThingsPorts {
  readonly files: Pick<JobFiles, 'locate'>;
  readonly states: JobStates;
  readonly asked: Pick<AskedJobs, 'delete'>;
  readonly batches: Batches;
}

export interface JobThings {
  /** @throws JOB_NOT_FOUND, STORE_UNAVAILABLE */
  find(id: string): Promise<JobThing>;
  /** Undefined when there is no such thing. @throws STORE_UNAVAILABLE */
  state(id: string): Promise<JobState | BatchState | undefined>;
  /** Of a batch; undefined for what is none. @throws STORE_UNAVAILABLE */
  members(id: string): Promise<Members | undefined>;
}

export function createJobThings({ files, states, asked, batches }: JobThingsPorts): JobThings {
  const things: JobThings = {
    async find(id) {
      const located = await orNone(files.locate(id));
      if (located) {
        const { job, tenant } = located;
        const remove = async (): Promise<void> => void (await asked.delete(job));
        return { job, tenant, state: () => states.of(located), delete: remove };
      }
      const batch = await batches.find(id);
      const { tenant } = batch;
      return { job: id, tenant, state: () => batches.state(batch), delete: () => batches.delete(batch) };
    },
    async state(id) {
      return await (await orNone(things.find(id)))?.state();
    },
    async members(id) {
      const batch = await orNone(batches.find(id));
      if (!batch) return undefined;
      const there = async (): Promise<readonly string[]> => {
        const located = await inGroups(batch.jobs, (job) => orNone(files.locate(job)));
        return located.flatMap((found) => found?.job ?? []);
      };
      return { tenant: batch.tenant, jobs: there };
    },
  };
  return things;
}
