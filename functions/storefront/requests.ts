// What callers send as JSON: the schemas by which it is read, and from which the API's document is made.
import { z } from 'zod';
import { CutlineError } from '../../shared/errors.ts';
import { MAX_BATCH } from './create-batch.ts';

const options = z.record(z.string(), z.unknown()).default({}).describe('Options of the job, by their names');
const reference = z.string().optional().describe('Your own word for the photo');
const contentType = z.string().min(1).max(100).describe('The Content-Type with which the photo will be sent');

export const uploadRequestSchema = z.strictObject({ content_type: contentType, options, reference });

export const batchRequestSchema = z.strictObject({
  uploads: z.array(uploadRequestSchema).min(1).max(MAX_BATCH).optional().describe('Photos to be uploaded'),
  objects: z
    .array(z.string().min(1).max(2000))
    .min(1)
    .max(MAX_BATCH)
    .optional()
    .describe('Photos that you uploaded before: gs://bucket/object'),
  options,
  reference,
});

export const tokenRequestSchema = z.strictObject({
  origin: z.string().describe('Of the page that will use it: https://shop.example'),
  options: z.record(z.string(), z.unknown()).optional().describe('Options that the page cannot change'),
  ttl: z.int().optional().describe('Seconds for which it is valid'),
});

/** @throws REQUEST_INVALID, naming the first thing that is wrong */
export function readRequest<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const read = schema.safeParse(body ?? {});
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  const problem = [path.join('.'), message].filter((part) => part !== '').join(': ');
  throw new CutlineError('REQUEST_INVALID', { fields: { problem }, cause: read.error });
}
