// Entry of `npm run redrive`.
import { randomBytes } from 'node:crypto';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { createJobRecords } from '../../shared/job-records.ts';
import { newTrace } from '../../shared/trace.ts';
import { openCloud } from '../open-cloud.ts';
import { pushPublisher } from './push-publisher.ts';
import type { RedriveArguments } from './redrive-arguments.ts';
import { parseRedriveArguments, redriveHelp } from './redrive-arguments.ts';
import type { RedrivePorts } from './redrive-jobs.ts';
import { failedJobs, planRedrive, redrive } from './redrive-jobs.ts';
import { openStore } from './serve-store.ts';
import { describeProblem } from './serve-text.ts';

const EXIT = { done: 0, undone: 1, usage: 2 } as const;

process.exitCode = await main();

async function main(): Promise<number> {
  let args: RedriveArguments | undefined;
  try {
    args = parseRedriveArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message.split('. To specify')[0]}. See --help.`);
    return EXIT.usage;
  }
  if (!args) {
    console.log(redriveHelp);
    return EXIT.done;
  }
  try {
    const { close, ...ports } = await openPorts(args);
    return await run(args, ports).finally(close);
  } catch (error) {
    console.error(describeProblem(error));
    return EXIT.usage;
  }
}

async function openPorts({
  url,
  data,
}: RedriveArguments): Promise<RedrivePorts & { close(): Promise<void> }> {
  const trace = { newTrace: () => newTrace(randomBytes) };
  const recordsOf = (store: RedrivePorts['store'], bucket: string) =>
    createJobRecords({ store, bucket, now: Date.now });
  if (url === undefined) {
    const { store, buckets, publisher } = await openCloud(process.env, 'redrive');
    const records = recordsOf(store, buckets.results);
    return { store, buckets, publisher, records, ...trace, close: () => publisher.close() };
  }
  const config = parseConfig({ ...process.env, UPLOADS_PREFIX: '/', ...(data && { DATA_DIR: data }) });
  const { store, buckets } = await openStore(config);
  const records = recordsOf(store, buckets.results);
  return { store, buckets, records, publisher: pushPublisher(url), ...trace, close: async () => {} };
}

async function run({ jobs, all, dryRun }: RedriveArguments, ports: RedrivePorts): Promise<number> {
  const count = { redriven: 0, skipped: 0, undone: 0 };
  for await (const job of jobs.length > 0 ? jobs : failedJobs(ports)) {
    const plan = await planRedrive(job, all, ports);
    if ('skipped' in plan) {
      count.skipped++;
      console.log(`${job}  skipped: ${plan.skipped}`);
      continue;
    }
    const { error, tries, at } = plan.failed.record;
    const what = `${job}  ${plan.topic}, after ${error.code} in ${tries} tries at ${at}`;
    try {
      if (!dryRun) await redrive(plan, ports);
      count.redriven++;
      console.log(dryRun ? `${what}: would be redriven` : `${what}: redriven`);
    } catch (thrown) {
      count.undone++;
      console.log(`${what}: not redriven: ${describeProblem(thrown)}`);
    }
  }
  const { redriven, skipped, undone } = count;
  const done = dryRun ? 'would be redriven' : 'redriven';
  console.log(`${redriven} ${done}, ${skipped} skipped${undone > 0 ? `, ${undone} not redriven` : ''}`);
  return undone > 0 ? EXIT.undone : EXIT.done;
}
