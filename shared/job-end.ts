// The end of a job: its documents, each published until one publish is known to have worked, then never again.
import type { StageName } from './card.ts';
import { CutlineError } from './errors.ts';
import type { Found, JobRecords } from './job-records.ts';
import type { Completed, Failed, ModelUsed } from './message.ts';
import { SCHEMA } from './message.ts';
import type { Publisher } from './publisher.ts';
import type { JobRecord, StageRecord } from './records.ts';

export interface EndPorts {
  readonly records: JobRecords;
  readonly publisher: Publisher;
  now(): number;
}

/** Publishes `completed`. @throws STORE_UNAVAILABLE, PUBLISH_FAILED: the same delivery comes again */
export async function announceCompleted(job: JobRecord, ports: EndPorts): Promise<void> {
  const { records, publisher } = ports;
  if (await records.isAnnounced(job.job, 'completed')) return;
  const stages = await Promise.all(
    job.route.map(async (stage) => {
      const found = await records.stage(job.job, stage);
      if (found) return found.record;
      throw new CutlineError('STORE_UNAVAILABLE', { message: `${job.job}: no record of ${stage}` });
    }),
  );
  const total = Math.max(0, ports.now() - Date.parse(job.created));
  await publisher.publish('completed', completedDocument(job, stages, total), attributes(job));
  await records.announce(job.job, 'completed');
}

/** Publishes failed.json as it is. @throws STORE_UNAVAILABLE, PUBLISH_FAILED */
export async function announceFailed({ record, uri }: Found<Failed>, ports: EndPorts): Promise<void> {
  const end = `failed-${uri.split('#').at(-1)}`;
  if (await ports.records.isAnnounced(record.job, end)) return;
  await ports.publisher.publish('failed', record, attributes(record));
  await ports.records.announce(record.job, end);
}

/** @param stages the records of the route, in its order @param total milliseconds from job.json to now */
export function completedDocument(job: JobRecord, stages: readonly StageRecord[], total: number): Completed {
  const segment = stages.find(({ stage }) => stage === 'segment') ?? stages[0]!;
  const models: Partial<Record<StageName, ModelUsed[]>> = {};
  const timings: Record<string, number> = {};
  for (const record of stages) {
    // An upscaler that had nothing to do took no part.
    if (Object.keys(record.outputs).length > 0) models[record.stage] = record.models;
    for (const [step, ms] of Object.entries(record.timings_ms))
      timings[step === 'total' ? record.stage : `${record.stage}.${step}`] = ms;
  }
  return {
    schema: SCHEMA,
    job: job.job,
    tenant: job.tenant,
    reference: job.reference,
    input: job.input,
    outputs: Object.assign({}, ...stages.map(({ outputs }) => outputs)),
    models,
    width: segment.width,
    height: segment.height,
    subject: segment.subject,
    timings_ms: { ...timings, total },
    cached: stages.filter(({ cached }) => cached).map(({ stage }) => stage),
  };
}

function attributes({ job, tenant }: Pick<JobRecord, 'job' | 'tenant'>): Record<string, string> {
  return { job, tenant };
}
