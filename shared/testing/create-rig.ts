// What creates jobs, with its ports in memory; ids count up, so that a test can name them.
import type { AskedJobs } from '../../functions/storefront/asked-jobs.ts';
import { askedState, createAskedJobs } from '../../functions/storefront/asked-jobs.ts';
import type { Batches } from '../../functions/storefront/batches.ts';
import { createBatches } from '../../functions/storefront/batches.ts';
import type { BatchCreatePorts } from '../../functions/storefront/create-batch.ts';
import { CutlineError } from '../errors.ts';
import type { ObjectName } from '../gs-uri.ts';
import { defaultLimits } from '../image/limits.ts';
import type { JobRecords } from '../job-records.ts';
import { createJobRecords } from '../job-records.ts';
import { readJobState } from '../job-state.ts';
import type { UploadTerms } from '../upload-urls.ts';
import { uploadHeaders } from '../upload-urls.ts';
import type { FakeStore } from './fake-store.ts';
import { fakeStore } from './fake-store.ts';

export const NOON = Date.parse('2026-11-20T12:00:00.000Z');
/** The n-th id that is given out. */
export const idOf = (count: number): string => count.toString(16).padStart(32, '0');

/** Enough of a PNG to be taken for one. */
export const png = (size = 64): Uint8Array<ArrayBuffer> => {
  const file = new Uint8Array(size);
  file.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return file;
};

export interface CreateRig {
  readonly store: FakeStore;
  readonly records: JobRecords;
  readonly asked: AskedJobs;
  readonly batches: Batches;
  readonly ports: BatchCreatePorts;
  readonly signed: { readonly object: ObjectName; readonly terms: UploadTerms }[];
  now: number;
}

export function createRig(changes: Partial<BatchCreatePorts> = {}): CreateRig {
  const store = fakeStore();
  const signed: CreateRig['signed'] = [];
  let ids = 0;
  const now = (): number => rig.now;
  const records = createJobRecords({ store, bucket: 'results', now });
  const asked = createAskedJobs({ store, bucket: 'results', records, now });
  const readState = async (job: string) => {
    const state = await readJobState(job, { records, times: {}, now: rig.now });
    const waiting = state ? undefined : await asked.find(job);
    return state ?? (waiting && askedState(waiting));
  };
  const batches = createBatches({ store, bucket: 'results', asked, readState, now });
  const ports: BatchCreatePorts = {
    store,
    asked,
    batches,
    uploadUrls: {
      async create(object, terms) {
        signed.push({ object, terms });
        const expires = new Date(terms.expiresMs).toISOString();
        return {
          url: `https://upload/${object.name}`,
          method: 'PUT',
          headers: uploadHeaders(terms),
          expires,
        };
      },
    },
    uploadsBucket: 'uploads',
    uploadsPrefix: 'uploads/',
    limits: { ...defaultLimits, maxFileBytes: 1000 },
    inspect: async (file) => {
      // Its last byte stands for what a header says.
      if (file.at(-1) === 1) throw new CutlineError('IMAGE_CORRUPT');
      return file.at(-1) === 2 ? { width: 6000, height: 4000 } : { width: 64, height: 64 };
    },
    now,
    randomBytes: (count) => Buffer.from(idOf(++ids).slice(-2 * count), 'hex'),
    ...changes,
  };
  const rig: CreateRig = { store, records, asked, batches, ports, signed, now: NOON };
  return rig;
}
