// What travels: the message from stage to stage, and the documents that tell of a job's end.
import { z } from 'zod';
import type { StageName } from './card.ts';
import { stageNames } from './card.ts';
import { uriSchema } from './gs-uri.ts';

export const SCHEMA = 1;

export const boxSchema = z.strictObject({
  left: z.int().nonnegative(),
  top: z.int().nonnegative(),
  width: z.int().positive(),
  height: z.int().positive(),
});

/** 128 random bits, or the first 128 of a hash, in hexadecimal. */
export const jobIdSchema = z.string().regex(/^[0-9a-f]{32}$/);

/** Of the photo's owner; part of paths, so plain. */
export const tenantSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);

export const stageMessageSchema = z.strictObject({
  schema: z.literal(SCHEMA),
  /** `job.json` of the job, pinned: a deleted job's messages name a version that is gone. */
  job: uriSchema,
  stage: z.enum(stageNames),
  /** The picture to work on. */
  input: uriSchema,
  /** W3C trace context's `traceparent`. */
  trace: z.string().max(128),
});
export type StageMessage = z.infer<typeof stageMessageSchema>;

/** The attribute by which a redrive names the failed.json, with its generation, that it is to make good. */
export const REDRIVES = 'redrives';

/** What a message's own attributes repeat, so that a log or a filter need not open it. */
export function attributesOf(message: StageMessage): Record<string, string> {
  return { stage: message.stage, schema: String(message.schema), traceparent: message.trace };
}

const modelUsedSchema = z.strictObject({
  id: z.string(),
  sha256: z.string(),
  precision: z.string(),
  preview: z.boolean(),
});
export type ModelUsed = z.infer<typeof modelUsedSchema>;
export { modelUsedSchema };

/** A picture that a stage wrote. */
export const outputSchema = z.strictObject({
  uri: uriSchema,
  width: z.int().positive(),
  height: z.int().positive(),
  bytes: z.int().positive(),
  content_type: z.string(),
});
export type Output = z.infer<typeof outputSchema>;

/** Published on `completed`, and posted to a tenant's webhook. Delivered at least once: tell jobs apart by `job`. */
export const completedSchema = z.strictObject({
  schema: z.literal(SCHEMA),
  job: jobIdSchema,
  tenant: tenantSchema,
  reference: z.string().nullable(),
  input: uriSchema,
  /** By name: `upscaled`, `cutout`, the looks. */
  outputs: z.record(z.string(), outputSchema),
  /** By stage; every model that took part under the caller's name for it. */
  models: z.partialRecord(z.enum(stageNames), z.array(modelUsedSchema)),
  /** Of the cut-out. */
  width: z.int().positive(),
  height: z.int().positive(),
  subject: boxSchema.nullable(),
  /** `<stage>.<step>` and `<stage>` in all; `total` from the job's beginning to its end. */
  timings_ms: z.record(z.string(), z.number().nonnegative()),
  /** The stages that were served from the cache. */
  cached: z.array(z.enum(stageNames)),
});
export type Completed = z.infer<typeof completedSchema>;

/** A stage, or `ingest` where the photo did not get that far. */
export const failingStages = ['ingest', ...stageNames] as const;
export type FailingStage = 'ingest' | StageName;

/** failed.json, published on `failed` as it is. */
export const failedSchema = z.strictObject({
  schema: z.literal(SCHEMA),
  job: jobIdSchema,
  tenant: tenantSchema,
  reference: z.string().nullable(),
  /** The photo as it was uploaded, whatever the stage worked on. */
  input: z.string(),
  stage: z.enum(failingStages),
  error: z.strictObject({ code: z.string(), detail: z.string() }),
  /** Whether the same photo might succeed another time. */
  retryable: z.boolean(),
  /** Real tries in all. */
  tries: z.int().nonnegative(),
  at: z.iso.datetime(),
});
export type Failed = z.infer<typeof failedSchema>;
