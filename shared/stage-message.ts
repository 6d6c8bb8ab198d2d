// Is a message one of ours, and for whom: looked at before anything is touched.
import type { StageName } from './card.ts';
import { CutlineError } from './errors.ts';
import { parseUri } from './gs-uri.ts';
import type { StageMessage } from './message.ts';
import { SCHEMA, stageMessageSchema } from './message.ts';
import { paths } from './records.ts';

export interface Buckets {
  readonly uploads: string;
  readonly results: string;
}

export interface Addressed {
  readonly message: StageMessage;
  /** The job's id, from the path of its record. */
  readonly job: string;
}

/**
 * @throws MESSAGE_INVALID for what nobody of ours sent: it is acknowledged and touches nothing;
 *   MESSAGE_UNKNOWN for another version's or another stage's: it is delivered again
 */
export function readStageMessage(data: unknown, stages: readonly StageName[], buckets: Buckets): Addressed {
  if (typeof data === 'object' && data !== null && 'schema' in data && isLater(data.schema))
    throw new CutlineError('MESSAGE_UNKNOWN', { message: `schema ${data.schema}` });
  const parsed = stageMessageSchema.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw invalid(`${issue.path.join('.') || 'message'}: ${issue.message}`);
  }
  const message = parsed.data;
  const job = jobIn(message, buckets);
  if (!stages.includes(message.stage))
    throw new CutlineError('MESSAGE_UNKNOWN', { message: `stage ${message.stage}` });
  return { message, job };
}

function isLater(schema: unknown): boolean {
  return typeof schema === 'number' && Number.isInteger(schema) && schema > SCHEMA;
}

function jobIn(message: StageMessage, buckets: Buckets): string {
  const record = parseUri(message.job)!;
  const [, job] = /^jobs\/([0-9a-f]{32})\/job\.json$/.exec(record.name) ?? [];
  if (record.bucket !== buckets.results || job === undefined)
    throw invalid(`job: expected jobs/<id>/job.json in ${buckets.results} but received ${message.job}`);
  const input = parseUri(message.input)!;
  const own = input.bucket === buckets.results && input.name.startsWith(paths.folder(job));
  const upload = input.bucket === buckets.uploads && !input.name.startsWith('jobs/');
  if (!own && !upload)
    throw invalid(`input: expected an upload or an output of the job but received ${message.input}`);
  return job;
}

function invalid(message: string): CutlineError {
  return new CutlineError('MESSAGE_INVALID', { message });
}
