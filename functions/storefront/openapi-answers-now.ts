// What the storefront answers to those who wait for their picture, and under the brief's names, as schemas.
import { z } from 'zod';
import { boxSchema } from '../../shared/message.ts';
import { about, addressSchema, estimateMs, id, progress, token } from './openapi-answers.ts';

const sizeText = z
  .string()
  .regex(/^\d+x\d+$/)
  .meta(about('WIDTHxHEIGHT'));
const link = z.string().regex(/^\//).meta(about('with the token, relative to the service’s root'));

export const removedSchema = z
  .strictObject({
    success: z.literal(true),
    processed_image: z.string().optional().meta(about('data:image/png;base64,…')),
    ...addressSchema.partial().shape,
    processing_info: z.strictObject({
      original_size: sizeText,
      output_size: sizeText,
      background_removed: z.literal(true),
      edge_smoothing_applied: z.boolean(),
      processing_time_ms: z.number().nonnegative(),
      model_version: z.string(),
      tensorrt_enabled: z.boolean(),
    }),
  })
  .meta(about('the picture, or its address where it is large'));

export const processedSchema = z.strictObject({
  success: z.literal(true),
  job: id,
  token,
  effects: z.record(z.string(), link),
  upscaled: link.optional(),
  cutout: link,
  zip: link,
  processing_info: z.strictObject({
    original_size: sizeText,
    output_size: sizeText,
    processing_time_ms: z.number().nonnegative(),
    models: z.record(z.string(), z.array(z.string())),
    subject: boxSchema.nullable(),
  }),
});

const taskOf = <Status extends string>(status: Status) => ({
  task_id: id,
  status: z.literal(status),
  check_url: link,
});

export const begunTaskSchema = z.strictObject({ ...taskOf('processing'), token });

export const taskSchema = z.union([
  z.strictObject({ ...taskOf('processing'), progress, estimate_ms: estimateMs }),
  z.strictObject({
    ...taskOf('completed'),
    progress: z.literal(1),
    result_url: link,
    output_size: sizeText,
    model_version: z.string().nullable(),
  }),
  z.strictObject({ ...taskOf('failed'), error_code: z.string(), detail: z.string() }),
]);

export const removalHealthSchema = z.looseObject({
  status: z.enum(['healthy', 'degraded']),
  service: z.string(),
  version: z.string(),
  model: z.string().nullable(),
  device: z.string().nullable(),
  tensorrt_enabled: z.boolean(),
  gpu_memory_free_mb: z.number().nullable(),
});

export const removalDownSchema = z.strictObject({
  status: z.literal('unhealthy'),
  error: z.string(),
  detail: z.string(),
});
