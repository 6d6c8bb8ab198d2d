// How a job ended, in what has to be the same with and without trouble: pictures by their content, failures by their code.
import { createHash } from 'node:crypto';
import { parseUri } from '../shared/gs-uri.ts';
import type { JobRecords } from '../shared/job-records.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import type { StageRecord } from '../shared/records.ts';
import { paths } from '../shared/records.ts';

/** `completed` with each output's size and hash, or `failed` with where and why. */
export type Outcome = Readonly<Record<string, string>>;

export interface Ended {
  readonly outcome: Outcome;
  /** Tries of its stages in all. */
  readonly tries: number;
  /** Ends that were told; more than one is one too many. */
  readonly told: number;
}

export interface Records {
  readonly store: ObjectStore;
  readonly records: JobRecords;
}

const BUCKET = 'results';
const MOST_BYTES = 1024 * 1024 * 1024;

/** Whether its end was written down and told. */
export async function hasEnded({ store }: Records, job: string): Promise<boolean> {
  for await (const _ of store.list(BUCKET, `${paths.folder(job)}announced/`)) return true;
  return false;
}

/** After it has ended. */
export async function readEnd(ports: Records, job: string): Promise<Ended> {
  const folder = paths.folder(job);
  const names = (await Array.fromAsync(ports.store.list(BUCKET, folder))).map(({ name }) =>
    name.slice(folder.length),
  );
  const below = (start: string): number => names.filter((name) => name.startsWith(start)).length;
  return { outcome: await readOutcome(ports, job), tries: below('tries/'), told: below('announced/') };
}

async function readOutcome(ports: Records, job: string): Promise<Outcome> {
  const { records } = ports;
  const route = (await records.findJob(job))?.record.route ?? [];
  const stages = await Promise.all(route.map(async (stage) => (await records.stage(job, stage))?.record));
  // Completion beats failure.
  if (stages.length > 0 && stages.at(-1)) return await completed(ports, stages);
  const failed = (await records.failed(job))?.record;
  if (failed) return { failed: `${failed.stage}: ${failed.error.code}` };
  return { unfinished: stages.map((stage) => stage?.stage ?? '–').join() };
}

async function completed({ store }: Records, stages: readonly (StageRecord | undefined)[]): Promise<Outcome> {
  const outputs = stages.flatMap((stage) => Object.entries(stage?.outputs ?? {}));
  const look = async ([name, output]: (typeof outputs)[number]): Promise<[string, string]> => {
    const found = await store.read(parseUri(output.uri)!, MOST_BYTES);
    const hash = found ? createHash('sha256').update(found.data).digest('hex').slice(0, 16) : 'gone';
    return [name, `${output.width}×${output.height} ${hash}`];
  };
  return { completed: String(stages.length), ...Object.fromEntries(await Promise.all(outputs.map(look))) };
}

/** What is wrong with an end, in words; nothing when it is as it was undisturbed. */
export function compare(expected: Outcome, seen: Ended): string | undefined {
  if (seen.told !== 1) return `told ${seen.told} ends`;
  const names = [...new Set([...Object.keys(expected), ...Object.keys(seen.outcome)])];
  const other = names.filter((name) => expected[name] !== seen.outcome[name]);
  if (other.length === 0) return undefined;
  return other.map((name) => `${name} is ${seen.outcome[name]} and was ${expected[name]}`).join(', ');
}
