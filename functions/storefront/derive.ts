// Forms of a job's files, made when they are first asked for and kept under derived/: each once, a few at a time, and
// nothing of a job that is deleted meanwhile.
import { createHash } from 'node:crypto';
import { CutlineError } from '../../shared/errors.ts';
import type { ObjectName } from '../../shared/gs-uri.ts';
import { formatUri, parseUri } from '../../shared/gs-uri.ts';
import { inRoot } from '../../shared/kept.ts';
import type { ObjectInfo, ObjectStore } from '../../shared/object-store.ts';
import { PIPELINE_VERSION } from '../../shared/pipeline.ts';
import { paths } from '../../shared/records.ts';
import type { Slots } from '../../shared/slots.ts';
import type { JobFile, JobFiles, LocatedJob } from './job-files.ts';
import { createShareWork } from './share-work.ts';

/** Part of every form's name: raise it when finishing makes other pixels, or a template that ships becomes another. */
export const FINISH_VERSION = 1;

/** A job's owner who asks for ever new margins would fill the bucket. */
export const MAX_FORMS = 200;

export interface Form {
  /** What `formKey` gave for all that makes it another than other forms. */
  readonly key: string;
  readonly extension: string;
  readonly contentType: string;
}

export interface Derived {
  readonly object: ObjectInfo;
  /** What was written just now; absent where it was there. */
  readonly data?: Uint8Array;
}

/** @returns a file in its new form, from the file as it is stored */
export type MakeForm = (file: Uint8Array<ArrayBuffer>, signal: AbortSignal) => Promise<Uint8Array>;

/**
 * @throws JOB_NOT_FOUND when the job or the file went away, BUSY, TOO_MANY_FORMS, the signal's reason, and what making
 *   it throws
 */
export type Derive = (
  located: LocatedJob,
  file: JobFile,
  form: Form,
  make: MakeForm,
  signal?: AbortSignal,
) => Promise<Derived>;

export interface DerivePorts {
  readonly store: ObjectStore;
  readonly files: Pick<JobFiles, 'read'>;
  /** Each in a slot holds a picture, its background and their sum: about 1 GB for 48 megapixels. */
  readonly slots: Slots;
  /** How long a form may wait for a slot. */
  readonly waitMs: number;
}

/** In hexadecimal: of this version of the file, in a form that these parts tell apart. */
export function formKey(file: JobFile, parts: Readonly<Record<string, unknown>>): string {
  const whole = [PIPELINE_VERSION, FINISH_VERSION, file.output.uri, Object.entries(parts).sort()];
  return createHash('sha256').update(JSON.stringify(whole)).digest('hex').slice(0, 32);
}

export function createDerive({ store, files, slots, waitMs }: DerivePorts): Derive {
  const share = createShareWork<Derived>();

  return async (located, file, form, make, signal) => {
    const object = objectOf(located, file, form);
    const there = await store.head(object);
    if (there) return { object: there };
    const work = async (shared: AbortSignal): Promise<Derived> =>
      await withinWait(shared, async () => {
        // Another instance may have made it while this one waited.
        const meanwhile = await store.head(object);
        if (meanwhile) return { object: meanwhile };
        await checkForms(located, object);
        const stored = await files.read(file.output.uri);
        if (!stored) throw new CutlineError('JOB_NOT_FOUND', { message: `${file.output.uri} is gone` });
        shared.throwIfAborted();
        const data = await make(stored.data, shared);
        shared.throwIfAborted();
        const written = await store.writeIfAbsent(object, data, { contentType: form.contentType });
        if (await located.records.sweepIfDeleted(located.found!.uri, located.job))
          throw new CutlineError('JOB_NOT_FOUND');
        return written.created ? { object: written.object, data } : { object: written.object };
      });
    return await share(object.name, work, signal);
  };

  /** @throws BUSY when there is no slot for it in time, or too many wait already */
  async function withinWait<Result>(left: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const patience = new AbortController();
    const busy = new CutlineError('BUSY', { message: `waited ${waitMs / 1000} s for a slot` });
    const timer = setTimeout(() => patience.abort(busy), waitMs);
    try {
      return await slots.run(
        () => {
          clearTimeout(timer);
          return work();
        },
        AbortSignal.any([left, patience.signal]),
      );
    } finally {
      clearTimeout(timer);
    }
  }

  async function checkForms({ job, root }: LocatedJob, { bucket }: ObjectName): Promise<void> {
    let count = 0;
    for await (const _ of store.list(bucket, inRoot(derivedName(job, ''), root))) count++;
    if (count >= MAX_FORMS) throw new CutlineError('TOO_MANY_FORMS', { fields: { limit: MAX_FORMS } });
  }
}

/** @throws JOB_NOT_FOUND when it was deleted meanwhile */
export async function readDerived(
  { object, data }: Derived,
  files: Pick<JobFiles, 'read'>,
): Promise<Uint8Array> {
  const bytes = data ?? (await files.read(formatUri(object)))?.data;
  if (!bytes) throw new CutlineError('JOB_NOT_FOUND', { message: `${object.name} is gone` });
  return bytes;
}

function objectOf({ job, root }: LocatedJob, file: JobFile, form: Form): ObjectName {
  const { bucket } = parseUri(file.output.uri)!;
  return { bucket, name: inRoot(derivedName(job, `${form.key}.${form.extension}`), root) };
}

function derivedName(job: string, file: string): string {
  return `${paths.folder(job)}derived/${file}`;
}
