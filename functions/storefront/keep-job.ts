// At order time a job's results are copied to kept/, where they live a year: on the server, first written wins, so that
// a second call goes on where the first was interrupted.
import { CutlineError } from '../../shared/errors.ts';
import { parseUri } from '../../shared/gs-uri.ts';
import type { JobRecords } from '../../shared/job-records.ts';
import { inRoot } from '../../shared/kept.ts';
import type { ObjectInfo, ObjectStore } from '../../shared/object-store.ts';
import { paths } from '../../shared/records.ts';
import type { LocatedJob } from './job-files.ts';

export interface KeepPorts {
  readonly store: ObjectStore;
  /** Those below kept/. */
  readonly kept: JobRecords;
}

/**
 * Resolves when all of it is kept, which may have been so before.
 * @throws JOB_NOT_READY while it is not completed, or failed; JOB_NOT_FOUND when it was deleted meanwhile
 */
export type KeepJob = (located: LocatedJob) => Promise<void>;

/** Copied at once. */
const WIDTH = 8;

export function createKeepJob({ store, kept }: KeepPorts): KeepJob {
  return async ({ job, root, found, records }) => {
    if (root === 'kept') return;
    if (!found) throw new CutlineError('JOB_NOT_READY');
    if (await kept.findJob(job)) return;
    const stages = await Promise.all(found.record.route.map((stage) => records.stage(job, stage)));
    if (stages.some((stage) => stage === undefined)) throw new CutlineError('JOB_NOT_READY');
    const record = parseUri(found.uri)!;
    for await (const some of batches(store.list(record.bucket, paths.folder(job)), WIDTH))
      await Promise.all(some.filter((object) => isResult(job, object)).map(copy));
    // Last, because with it the whole is taken to be there.
    await copy(record);
    if (await store.head(record)) return;
    await store.delete({ bucket: record.bucket, name: inRoot(record.name, 'kept') });
    await kept.sweepIfDeleted(found.uri, job);
    throw new CutlineError('JOB_NOT_FOUND');
  };

  async function copy(object: Pick<ObjectInfo, 'bucket' | 'name' | 'generation'>): Promise<void> {
    const { bucket, name } = object;
    // One that is gone was deleted with its job, which is looked at in the end.
    await store.copyIfAbsent(object, { bucket, name: inRoot(name, 'kept') });
  }
}

/** The photo, tries and what was announced are of the work, not of what came of it. */
function isResult(job: string, { name }: ObjectInfo): boolean {
  const inside = name.slice(paths.folder(job).length);
  return inside !== 'job.json' && !/^(tries|announced)\/|^(input|asked)\./.test(inside);
}

async function* batches<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
