// The flags of `npm run redrive`.
import { parseArgs } from 'node:util';
import { jobIdSchema } from '../../shared/message.ts';

export interface RedriveArguments {
  readonly dryRun: boolean;
  /** Those alone; empty: all that failed. */
  readonly jobs: readonly string[];
  /** Those too that would end in the same error. */
  readonly all: boolean;
  /** Of npm run serve; undefined: the cloud. */
  readonly url: string | undefined;
  readonly data: string | undefined;
}

export const redriveHelp = `Sets failed jobs in motion again: each goes on with the first of its stages that is not done.

Usage: npm run redrive -- --dry-run             what would be done
       npm run redrive                          jobs that failed for a passing reason, or were given up
       npm run redrive -- --job ID [--job ID]   these alone

  --all        those too whose error lies in the photo or its options
  --url URL    of npm run serve on this machine, with --data where that is not .cutline; else the cloud is meant
  --data DIR   its folder (default: .cutline)
  --dry-run    says it and does nothing
  --help       this text

In the cloud RESULTS_BUCKET, UPLOADS_BUCKET, GOOGLE_CLOUD_PROJECT and TOPIC_PREFIX are those of the deployment; who runs it needs
roles/storage.objectUser on the results bucket, roles/storage.objectViewer on the other, and roles/pubsub.publisher.
Exit: 0, 1 when a job could not be set in motion, 2 wrong usage or settings.`;

/** @throws Error in a sentence for wrong usage. @returns nothing when the help is asked for */
export function parseRedriveArguments(args: readonly string[]): RedriveArguments | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      job: { type: 'string', multiple: true },
      url: { type: 'string' },
      data: { type: 'string' },
      all: { type: 'boolean' },
      'dry-run': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  const { job: jobs = [], url, data, all = false, 'dry-run': dryRun = false } = values;
  for (const id of jobs) {
    if (!jobIdSchema.safeParse(id).success)
      throw new Error(`Expected 32 hexadecimal digits for --job but received '${id}'`);
  }
  const base = url === undefined ? undefined : URL.parse(url);
  if (base === null || (base && !/^https?:$/.test(base.protocol)))
    throw new Error(`Expected the address of a service for --url but received '${url}'`);
  if (data !== undefined && url === undefined) throw new Error('Expected --url beside --data');
  return { dryRun, jobs, all, url: base?.href.replace(/\/+$/, ''), data };
}
