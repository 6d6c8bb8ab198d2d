// What Pub/Sub gave up after its last delivery: the job that hung on it ends, unless it is complete or ended already.
import type { StageName } from '../../shared/card.ts';
import { stageNames } from '../../shared/card.ts';
import type { ErrorCode } from '../../shared/error-catalogue.ts';
import { errorCatalogue } from '../../shared/error-catalogue.ts';
import { CutlineError } from '../../shared/errors.ts';
import { announceFailed } from '../../shared/job-end.ts';
import type { JobRecords } from '../../shared/job-records.ts';
import { referenceIn } from '../../shared/job-text.ts';
import type { Delivery } from '../../shared/push.ts';
import type { JobRecord } from '../../shared/records.ts';
import type { Addressed } from '../../shared/stage-message.ts';
import { readStageMessage } from '../../shared/stage-message.ts';
import type { Failure } from './fail-job.ts';
import { endInFailure, sweepIfUploadDeleted } from './fail-job.ts';
import type { IngestPorts } from './take-upload.ts';
import type { Upload } from './upload-event.ts';
import { readUpload } from './upload-event.ts';

/**
 * Resolves when the delivery may be acknowledged.
 * @throws STORE_UNAVAILABLE, PUBLISH_FAILED, INTERNAL: to be delivered again
 */
export async function giveUp(delivery: Delivery, ports: IngestPorts): Promise<void> {
  const { attributes, messageId: message_id, subscription, data } = delivery;
  const { buckets, uploadsPrefix: prefix } = ports;
  const addressed = ours(() => readStageMessage(data, stageNames, buckets));
  if (addressed) return await giveUpStage(addressed, ports);
  const upload = ours(() => readUpload(delivery, { bucket: buckets.uploads, prefix }));
  if (upload && 'uri' in upload) return await giveUpUpload(upload, ports);
  ports.log.error('A dead letter belongs to no job', { attributes, message_id, subscription });
}

function ours<Read>(read: () => Read): Read | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CutlineError && error.code.startsWith('MESSAGE_')) return undefined;
    throw error;
  }
}

async function giveUpStage({ message, job: id }: Addressed, ports: IngestPorts): Promise<void> {
  const { records } = ports;
  const { stage, trace } = message;
  const log = ports.log.child({ job: id, stage, trace });
  const job = await records.readJob(message.job);
  if (!job) return log.info('A dead letter’s job was deleted');
  if (!job.route.includes(stage)) return log.error('A dead letter is for a stage that its job does not have');
  if (await isComplete(job, records)) return log.info('A dead letter’s job is complete');
  const sweep = () => records.sweepIfDeleted(message.job, id);
  const failed = await records.failed(id);
  if (failed) {
    await announceFailed(failed, ports);
    await sweep();
    return;
  }
  const { tries, code } = await lastTry(id, stage, records);
  const { tenant, reference, input } = job;
  const failure: Failure = { job: id, tenant, reference, input, stage, error: givenUp(code), tries };
  log.error('The job failed: its message was given up', { tries, code });
  await endInFailure(failure, sweep, ports);
}

/** The notification of an upload that ingest could not even begin, or not hand on. */
async function giveUpUpload(upload: Upload, ports: IngestPorts): Promise<void> {
  const { job: id, tenant, uri: input } = upload;
  const { records } = ports;
  const log = ports.log.child({ job: id, stage: 'ingest' });
  const found = await records.findJob(id);
  if (found && (found.record.input !== input || (await hasBegun(found.record, records))))
    return log.info('A dead letter’s job is on its way');
  const failed = await records.failed(id);
  const sweep = () => (found ? records.sweepIfDeleted(found.uri, id) : sweepIfUploadDeleted(upload, ports));
  if (failed) {
    if (failed.record.input === input) await announceFailed(failed, ports);
    await sweep();
    return;
  }
  const info = await ports.store.head(upload.version);
  if (!info && !found) return log.info('A dead letter’s photo is gone');
  const reference = found ? found.record.reference : referenceIn(info?.metadata ?? {});
  const error = givenUp('INTERNAL');
  log.error('The job failed: its upload was given up', { input });
  await endInFailure({ job: id, tenant, reference, input, stage: 'ingest', error, tries: 0 }, sweep, ports);
}

async function isComplete({ job, route }: JobRecord, records: JobRecords): Promise<boolean> {
  return (await records.stage(job, route.at(-1)!)) !== undefined;
}

async function hasBegun({ job, route }: JobRecord, records: JobRecords): Promise<boolean> {
  const first = route[0]!;
  return Boolean((await records.stage(job, first)) ?? (await records.readTry(job, first, 1)));
}

/** A try without a code ended with its process; without a try the reason is known to the log alone. */
async function lastTry(
  job: string,
  stage: StageName,
  records: JobRecords,
): Promise<{ tries: number; code: ErrorCode }> {
  let code: ErrorCode = 'INTERNAL';
  for (let number = 1; ; number++) {
    const found = await records.readTry(job, stage, number);
    if (!found) return { tries: number - 1, code };
    const known = found.code === undefined || Object.hasOwn(errorCatalogue, found.code);
    code = known ? ((found.code ?? 'PROCESS_DIED') as ErrorCode) : 'INTERNAL';
  }
}

/** The error's own sentence would need what only its thrower knew. */
function givenUp(code: ErrorCode): Failure['error'] {
  const { event, meaning } = errorCatalogue[code];
  return { code, event, detail: `The photo could not be processed: ${meaning}` };
}
