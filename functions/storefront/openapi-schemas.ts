// The named schemas of the storefront's document: those that validate requests, and those of its answers.
import { z } from 'zod';
import type { FinishOptions } from '../../shared/finish-options.ts';
import { finishOptionsSchema } from '../../shared/finish-options.ts';
import { supportedFormats } from '../../shared/image/sniff.ts';
import type { CliMeta } from '../../shared/job.ts';
import { jobOptionsSchema } from '../../shared/job.ts';
import { looks } from '../effects/looks.ts';
import { DEFAULT_TTL_S, LONGEST_TTL_S } from './browser-token.ts';
import {
  addressSchema,
  batchSchema,
  completedJobSchema,
  createdBatchSchema,
  createdSchema,
  errorSchema,
  failedJobSchema,
  givenUploadSchema,
  healthSchema,
  issuedTokenSchema,
  jobEventSchema,
  keptSchema,
  unfinishedJobSchema,
  unhealthySchema,
  warmthSchema,
} from './openapi-answers.ts';
import {
  begunTaskSchema,
  processedSchema,
  removalDownSchema,
  removalHealthSchema,
  removedSchema,
  taskSchema,
} from './openapi-answers-now.ts';
import type { Schema } from './openapi-types.ts';
import { batchRequestSchema, tokenRequestSchema, uploadRequestSchema } from './requests.ts';

const requests = {
  JobOptions: jobOptionsSchema,
  UploadRequest: uploadRequestSchema,
  BatchRequest: batchRequestSchema,
  TokenRequest: tokenRequestSchema,
};

export const answers = {
  UnfinishedJob: unfinishedJobSchema,
  CompletedJob: completedJobSchema,
  FailedJob: failedJobSchema,
  Batch: batchSchema,
  JobEvent: jobEventSchema,
  Created: createdSchema,
  GivenUpload: givenUploadSchema,
  CreatedBatch: createdBatchSchema,
  Kept: keptSchema,
  Address: addressSchema,
  IssuedToken: issuedTokenSchema,
  Warmth: warmthSchema,
  Health: healthSchema,
  Removed: removedSchema,
  Processed: processedSchema,
  BegunTask: begunTaskSchema,
  Task: taskSchema,
  RemovalHealth: removalHealthSchema,
  RemovalDown: removalDownSchema,
  Unhealthy: unhealthySchema,
  Error: errorSchema,
};

export type SchemaName = keyof typeof requests | keyof typeof answers;

export const refTo = (name: SchemaName): Schema => ({ $ref: `#/components/schemas/${name}` });

export function namedSchemas(): Readonly<Record<SchemaName, Schema>> {
  const named = { ...all(requests, 'input'), ...all(answers, 'output') } as Record<SchemaName, Schema>;
  named.JobOptions = withLooks(named.JobOptions);
  named.UploadRequest = withOptions(named.UploadRequest);
  named.BatchRequest = withOptions(named.BatchRequest);
  named.TokenRequest = withOptions(named.TokenRequest);
  return named;
}

/** Of one option of a delivered file. */
export function finishSchema(name: keyof FinishOptions): Schema {
  return toJson(finishOptionsSchema.shape[name], 'input');
}

/** Of one option of a job. */
export function optionSchema(name: keyof typeof jobOptionsSchema.shape): Schema {
  return toJson(jobOptionsSchema.shape[name], 'input');
}

function all(schemas: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Record<string, Schema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toJson(schema, io)]));
}

function toJson(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => tidy(jsonSchema),
  });
  return json;
}

/** What the command line's help says is the description; a whole number's bounds are those that were meant. */
function tidy(json: Record<string, unknown>): void {
  const { cli } = json as { cli?: CliMeta };
  // `--no-refine` says what happens without.
  if (cli) json.description ??= cli.flag.startsWith('no-') ? `false: ${cli.help}` : cli.help;
  delete json.cli;
  delete json.propertyNames;
  if (json.format === 'date-time') delete json.pattern;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.type === 'integer' && json.exclusiveMinimum === 0) {
    delete json.exclusiveMinimum;
    json.minimum = 1;
  }
  const choices = json.anyOf as { const?: unknown }[] | undefined;
  if (!choices?.every((choice) => 'const' in choice)) return;
  delete json.anyOf;
  json.enum = choices.map((choice) => choice.const);
}

/** Each parameter of a look with its help and what it is when it is not given. */
function withLooks(options: Schema): Schema {
  const describe = (look: string): Schema => {
    const { title, parameters } = looks[look]!;
    const properties = Object.entries(parameters).map(([name, parameter]) => {
      const { min: minimum, max: maximum } = parameter as { min?: number; max?: number };
      const bounds = parameter.type === 'number' ? { type: 'number', minimum, maximum } : colour;
      const unit =
        'unit' in parameter && !parameter.help.includes(parameter.unit!) ? `, in ${parameter.unit}` : '';
      return [name, { ...bounds, default: parameter.default, description: `${parameter.help}${unit}` }];
    });
    return {
      description: title,
      type: 'object',
      properties: Object.fromEntries(properties),
      additionalProperties: false,
    };
  };
  const properties = options.properties as Readonly<Record<string, Schema>>;
  const ofLooks = Object.fromEntries(Object.keys(looks).map((look) => [look, describe(look)]));
  const effect_options = { ...properties.effect_options, properties: ofLooks };
  return { ...options, properties: { ...properties, effect_options } };
}

/** What `parseColour` reads. */
export const colour: Schema = { type: 'string', pattern: '^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$' };

/** Content types of photos, the names that phones have for some of them included. */
export const photoTypes: readonly string[] = [
  ...supportedFormats.map((format) => `image/${format.toLowerCase()}`),
  'image/jpg',
  'image/heif',
];

/** Read as anything at first, so that one answer can name all that is wrong with them. */
function withOptions(schema: Schema): Schema {
  const properties = schema.properties as Readonly<Record<string, Schema>>;
  const { description } = properties.options!;
  const options = { ...(description !== undefined && { description }), ...refTo('JobOptions') };
  const { content_type, uploads, ttl } = properties;
  const time = { minimum: 1, maximum: LONGEST_TTL_S, default: DEFAULT_TTL_S };
  const more = {
    ...(content_type && { content_type: { ...content_type, enum: photoTypes } }),
    ...(uploads && { uploads: { ...uploads, items: refTo('UploadRequest') } }),
    ...(ttl && { ttl: { ...ttl, ...time } }),
  };
  const either = uploads && { oneOf: [{ required: ['uploads'] }, { required: ['objects'] }] };
  return { ...schema, properties: { ...properties, options, ...more }, ...either };
}
