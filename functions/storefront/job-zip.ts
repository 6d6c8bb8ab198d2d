// All files of a job, or of the jobs of a batch, as one ZIP: each read when its turn comes, so that one is in memory.
import { createHash } from 'node:crypto';
import { fileNameOf } from '../../shared/content-disposition.ts';
import { CutlineError } from '../../shared/errors.ts';
import { parseUri } from '../../shared/gs-uri.ts';
import type { JobFile, JobFiles, LocatedJob } from './job-files.ts';
import type { ZipEntry } from './zip-stream.ts';
import { streamZip } from './zip-stream.ts';

export interface JobZip {
  /** Of these versions of these files, in hexadecimal. */
  readonly key: string;
  /** Breaks off with JOB_NOT_FOUND where a file is deleted meanwhile. */
  stream(): AsyncGenerator<Uint8Array, void, void>;
}

export interface JobZips {
  /** @throws JOB_NOT_READY while there is more to come, FILE_NOT_FOUND for a job that failed before it had any */
  ofJob(located: LocatedJob): Promise<JobZip>;
  /**
   * A folder for each job, with the name of its photo; jobs that failed have what they came to.
   * @throws JOB_NOT_READY while one has more to come, FILE_NOT_FOUND where none has any
   */
  ofJobs(jobs: readonly LocatedJob[]): Promise<JobZip>;
}

interface Part {
  readonly path: string;
  readonly file: JobFile;
}

export interface ZipPorts {
  readonly files: Pick<JobFiles, 'outputs' | 'read'>;
  /** Milliseconds since 1970. */
  now(): number;
}

export function createJobZips({ files, now }: ZipPorts): JobZips {
  async function partsOf(located: LocatedJob, folder: string): Promise<Part[]> {
    const { files: there, pending } = await files.outputs(located);
    if (pending.length > 0) throw new CutlineError('JOB_NOT_READY');
    return there.map((file) => ({ path: `${folder}${file.name}.${extensionOf(file)}`, file }));
  }

  async function* read(parts: readonly Part[]): AsyncGenerator<ZipEntry, void, void> {
    for (const { path, file } of parts) {
      const stored = await files.read(file.output.uri);
      if (!stored) throw new CutlineError('JOB_NOT_FOUND', { message: `${file.output.uri} is gone` });
      yield { name: path, data: stored.data };
    }
  }

  function zipOf(parts: readonly Part[]): JobZip {
    if (parts.length === 0)
      throw new CutlineError('FILE_NOT_FOUND', { fields: { name: 'result.zip', files: [] } });
    const names = parts.map(({ path, file }) => [path, file.output.uri]);
    const key = createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 32);
    return { key, stream: () => streamZip(read(parts), new Date(now())) };
  }

  return {
    ofJob: async (located) => zipOf(await partsOf(located, '')),
    async ofJobs(jobs) {
      const folders = foldersOf(jobs);
      const parts: Part[] = [];
      // One after the other: a batch has up to fifty, with some records each.
      for (const [index, located] of jobs.entries())
        parts.push(...(await partsOf(located, `${folders[index]}/`)));
      return zipOf(parts);
    },
  };
}

function extensionOf({ output }: JobFile): string {
  return /\.([a-z0-9]+)$/.exec(parseUri(output.uri)!.name)?.[1] ?? 'png';
}

/** Two of one name are told apart: `dog`, `dog-2`. Some file systems know no case. */
function foldersOf(jobs: readonly LocatedJob[]): string[] {
  const taken = new Set<string>();
  return jobs.map((located) => {
    const name = photoName(located);
    let folder = name;
    for (let number = 2; taken.has(folder.toLowerCase()); number++) folder = `${name}-${number}`;
    taken.add(folder.toLowerCase());
    return folder;
  });
}

/** The owner's own word for it, else the photo's name, else the job's id. */
function photoName({ job, found }: LocatedJob): string {
  const photo = found && parseUri(found.record.input)!.name.split('/').at(-1)!;
  const withoutExtension = (text: string): string => text.replace(/\.[A-Za-z0-9]{1,5}$/, '');
  return fileNameOf(withoutExtension(found?.record.reference ?? photo ?? '')) ?? job;
}
