// What the storefront answers, as schemas. Nothing is validated by them at run time: tests hold the real answers to them.
import { z } from 'zod';
import { stageNames } from '../../shared/card.ts';
import {
  boxSchema,
  failingStages,
  jobIdSchema,
  modelUsedSchema,
  outputSchema,
} from '../../shared/message.ts';

export const about = (description: string) => ({ description });
const path = z
  .string()
  .regex(/^\/jobs\//)
  .meta(about('relative to the service’s root'));
const time = z.iso.datetime().meta(about('UTC'));
export const progress = z.number().min(0).max(1);
export const estimateMs = z.number().nonnegative().nullable();
export const id = jobIdSchema.meta({
  ...about('128 bits, in hexadecimal'),
  examples: ['0123456789abcdef0123456789abcdef'],
});
export const token = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .meta(about('opens this job and no other; without it, or the key, nobody can read or delete it'));

const fileSchema = outputSchema.omit({ uri: true }).extend({ url: path, preview: path });
const files = z.record(z.string(), fileSchema).meta(about('those that are there already, by name'));
const commonOf = <Status extends string>(status: readonly [Status, ...Status[]]) => ({
  job: id,
  status: z.enum(status),
  reference: z.string().nullable().meta(about('your own word for the photo')),
  created: time,
  files,
});
const stagesDone = z.array(z.enum(stageNames));

export const unfinishedJobSchema = z.strictObject({
  ...commonOf(['queued', 'processing']),
  route: z.array(z.enum(stageNames)).min(1).meta(about('the stages that it goes through, in their order')),
  stage: z.enum(stageNames).meta(about('works on it, or will next')),
  progress: progress.meta(about('0–1, by measured times')),
  estimate_ms: estimateMs.meta(about('what is left; null where nothing was measured yet')),
  stages_done: stagesDone,
});

export const completedJobSchema = z.strictObject({
  ...commonOf(['completed']),
  zip: path,
  width: z.int().positive().meta(about('of the cut-out, in pixels')),
  height: z.int().positive(),
  subject: boxSchema.nullable().meta(about('where the subject stands in the cut-out, in pixels')),
  largest_prints: z
    .array(z.strictObject({ dpi: z.int(), width_cm: z.number(), height_cm: z.number() }))
    .meta(about('how large it may be printed: sharp, and good on a wall')),
  models: z.partialRecord(z.enum(stageNames), z.array(modelUsedSchema)).meta(about('by stage')),
  preview_models: z.boolean().meta(about('whether one of the small models that ship took part')),
  timings_ms: z.record(z.string(), z.number().nonnegative()),
  cached: z.array(z.enum(stageNames)).meta(about('stages served from the cache')),
});

export const failedJobSchema = z.strictObject({
  ...commonOf(['failed']),
  stage: z.enum(failingStages),
  error_code: z.string(),
  detail: z.string(),
  stages_done: stagesDone,
});

const batchStatuses = ['queued', 'processing', 'completed', 'failed', 'deleted'] as const;

export const batchSchema = z.strictObject({
  batch: id,
  created: time,
  status: z
    .enum(['queued', 'processing', 'completed', 'failed'])
    .meta(about('completed when all have ended and not all of them failed')),
  progress: progress.meta(about('the mean of its jobs’')),
  counts: z.record(z.enum(batchStatuses), z.int().nonnegative()),
  jobs: z.array(z.strictObject({ job: id, status: z.enum(batchStatuses), progress, url: path })),
  zip: path,
});

export const createdSchema = z.strictObject({
  job: id,
  status: z.literal('queued'),
  token,
  files_key: token.meta(
    about('opens the job’s files for reading, and nothing else: `?k=` in links that others see'),
  ),
  check_url: path,
  events_url: path,
});

/** One of a stream of server-sent events. */
export const jobEventSchema = z
  .strictObject({
    event: z.enum(['queued', 'processing', 'completed', 'failed', 'gone']),
    id: z.string().meta(about('the same for the same state')),
    data: z.string().meta(about('JSON: what reading the job answers; {} for gone')),
  })
  .meta(about('each event of the stream'));

export const givenUploadSchema = createdSchema.extend({
  upload_url: z.string().meta(about('where to PUT the photo, once')),
  method: z.literal('PUT'),
  headers: z.record(z.string(), z.string()).meta(about('to be sent with it, all of them as they are')),
  expires: time,
});

export const createdBatchSchema = z.strictObject({
  batch: id,
  token,
  check_url: path,
  jobs: z
    .array(
      z.union([
        createdSchema.extend({ file: z.string().meta(about('name or address of the photo')) }),
        givenUploadSchema,
      ]),
    )
    .meta(about('in the order of the photos')),
});

export const keptSchema = z.strictObject({ job: id, kept: z.literal(true) });

export const addressSchema = z.strictObject({
  url: z.string(),
  method: z.literal('GET'),
  expires: time,
  content_type: z.string(),
  bytes: z.int().positive(),
  width: z.int().positive(),
  height: z.int().positive(),
});

export const issuedTokenSchema = z.strictObject({ token: z.string(), expires: time });

const stageWarmthSchema = z.union([
  z.strictObject({ status: z.literal('warm'), last_seen: time }),
  z.strictObject({
    status: z.literal('starting'),
    elapsed_ms: z.number().nonnegative(),
    estimate_ms: estimateMs,
  }),
  z.strictObject({ status: z.literal('cold'), estimate_ms: estimateMs }),
]);
const overall = {
  status: z
    .enum(['warm', 'starting', 'cold'])
    .meta(about('warm when all are, starting when one is on its way')),
  elapsed_ms: z.number().nonnegative().optional().meta(about('since the start was asked for')),
  estimate_ms: estimateMs.meta(about('of the slowest that is not warm; null where none was measured')),
};
const stages = z.partialRecord(z.enum(stageNames), stageWarmthSchema);
export const warmthSchema = z.strictObject({ ...overall, stages });

export const healthSchema = z.strictObject({
  status: z.enum(['healthy', 'degraded']),
  stages: z.strictObject(overall).meta(about('as far as is known without waking one')),
  load: z.enum(['normal', 'moderate', 'heavy']).optional().meta(about('for operators, as what follows')),
  counters: z.enum(['redis', 'own']).optional(),
  each_stage: stages.optional(),
  memory_rss_mb: z.number().optional(),
});

export const unhealthySchema = z.strictObject({
  status: z.literal('unhealthy'),
  error_code: z.literal('STORE_UNAVAILABLE'),
});

export const errorSchema = z
  .looseObject({
    error_code: z.string(),
    detail: z.string().meta(about('for people')),
    request_id: z.string().optional().meta(about('name it when you ask us why')),
  })
  .meta(about('what else an error says of itself stands beside these'));
