// A job's records in the results bucket: where they lie and what they hold. A job's state is read from them alone. What a
// later version adds is passed over, so that two can run beside each other during a deploy.
import { z } from 'zod';
import type { StageName } from './card.ts';
import { stageNames } from './card.ts';
import { uriSchema } from './gs-uri.ts';
import { jobOptionsSchema } from './job.ts';
import {
  boxSchema,
  failedSchema,
  failingStages,
  jobIdSchema,
  modelUsedSchema,
  outputSchema,
  SCHEMA,
  tenantSchema,
} from './message.ts';

/** Where things lie, below the results bucket's root. */
export const paths = {
  folder: (job: string) => `jobs/${job}/`,
  job: (job: string) => `jobs/${job}/job.json`,
  try: (job: string, stage: StageName, number: number) => `jobs/${job}/tries/${stage}-${number}.json`,
  output: (job: string, stage: StageName, name: string, extension: string) =>
    `jobs/${job}/${stage}/${name}.${extension}`,
  record: (job: string, stage: StageName) => `jobs/${job}/${stage}.json`,
  /** A corrected one. */
  mask: (job: string) => `jobs/${job}/mask.png`,
  failed: (job: string) => `jobs/${job}/failed.json`,
  /** Written after the end was published, so that a second delivery does not publish it again. */
  announced: (job: string, end: string) => `jobs/${job}/announced/${end}.json`,
  cache: (key: string) => `cache/${key}.json`,
  warm: (stage: StageName) => `ops/warm/${stage}.json`,
  /** How long stages take, as learnt from jobs that ended. */
  times: 'ops/times.json',
} as const;

/** job.json: created once, never changed. */
export const jobRecordSchema = z.object({
  schema: z.literal(SCHEMA),
  job: jobIdSchema,
  tenant: tenantSchema,
  reference: z.string().max(200).nullable(),
  /** The photo as it was uploaded. */
  input: uriSchema,
  /** A mask that somebody corrected by hand, which takes the place of the segmentation model. */
  mask: uriSchema.optional(),
  options: jobOptionsSchema,
  /** The stages that the options ask for, in order. */
  route: z.array(z.enum(stageNames)).min(1),
  created: z.iso.datetime(),
});
export type JobRecord = z.infer<typeof jobRecordSchema>;

/** tries/<stage>-<n>.json: that a real try began; the code is written into it when the try ends in an error. */
export const tryRecordSchema = z.object({
  schema: z.literal(SCHEMA),
  started: z.iso.datetime(),
  /** Pub/Sub's id of the message: a redrive has another. */
  message_id: z.string(),
  code: z.string().optional(),
});
export type TryRecord = z.infer<typeof tryRecordSchema>;

/** <stage>.json: the stage's last write. */
export const stageRecordSchema = z.object({
  schema: z.literal(SCHEMA),
  job: jobIdSchema,
  stage: z.enum(stageNames),
  input: uriSchema,
  /** What the next stage works on: one of the outputs, or the input where there was nothing to do. */
  hands_on: uriSchema,
  outputs: z.record(z.string(), outputSchema),
  /** Of what is handed on. */
  width: z.int().positive(),
  height: z.int().positive(),
  subject: boxSchema.nullable(),
  notes: z.array(z.string()),
  models: z.array(modelUsedSchema),
  device: z.string(),
  timings_ms: z.record(z.string(), z.number().nonnegative()),
  cached: z.boolean(),
  /** The cache entry that points here, for deletion. */
  cache_key: z.string(),
  finished: z.iso.datetime(),
});
export type StageRecord = z.infer<typeof stageRecordSchema>;

/** cache/<key>.json */
export const cachePointerSchema = z.object({ schema: z.literal(SCHEMA), record: uriSchema });

/** ops/warm/<stage>.json: what the last warm-up measured. */
export const warmRecordSchema = z.object({
  started: z.iso.datetime(),
  /** Null when the stage did not become ready. */
  ready: z.iso.datetime().nullable(),
  measured_ms: z.number().nonnegative(),
});
export type WarmRecord = z.infer<typeof warmRecordSchema>;

export { failedSchema, failingStages };
