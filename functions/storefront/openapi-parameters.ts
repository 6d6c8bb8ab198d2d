// What requests of the storefront are made of besides JSON: path, query, headers and form fields, from the tables by which
// they are read.

import type { FinishOptions } from '../../shared/finish-options.ts';
import { deliveryFormats, finishOptionsSchema } from '../../shared/finish-options.ts';
import { jobOptionsSchema } from '../../shared/job.ts';
import { wishFields } from '../../shared/job-text.ts';
import { lookNames } from '../effects/looks.ts';
import { MAX_BATCH } from './create-batch.ts';
import { finishSchema, optionSchema, photoTypes } from './openapi-schemas.ts';
import type { ApiFacts, MediaType, Parameter, Schema } from './openapi-types.ts';
import { previewKinds } from './preview.ts';

export const JOB = '0123456789abcdef0123456789abcdef';
const HEX_32 = '[0-9a-f]{32}';

export const jobParameter: Parameter = {
  name: 'job',
  in: 'path',
  description: 'id of a job, or of a batch where one is meant',
  required: true,
  schema: { type: 'string', pattern: `^${HEX_32}$` },
  example: JOB,
};

/** Of the stages before the looks: the photo enlarged, and cut out. */
const pictureNames = ['upscaled', 'cutout', ...lookNames];
const extensions = deliveryFormats.flatMap((format) => (format === 'jpeg' ? ['jpg', 'jpeg'] : [format]));

export const fileParameter: Parameter = {
  name: 'name',
  in: 'path',
  description: `of a file as the job lists them: ${pictureNames.join(', ')}; an extension says the format too`,
  required: true,
  schema: { type: 'string', pattern: `^(${pictureNames.join('|')})(\\.(${extensions.join('|')}))?$` },
  example: 'cutout',
};

export const previewParameter: Parameter = {
  ...fileParameter,
  description: `of a file as the job lists them: ${pictureNames.join(', ')}`,
  schema: { type: 'string', enum: pictureNames },
};

export const previewSizeParameter: Parameter = {
  name: 'size',
  in: 'query',
  description: 'small: at most 512 pixels, on a checkerboard; screen: at most 1440, transparent',
  schema: { type: 'string', enum: Object.keys(previewKinds), default: 'small' },
};

export const filesKeyParameter: Parameter = {
  name: 'k',
  in: 'query',
  description: 'the files_key of the job: it reads its files and does nothing else',
  schema: { type: 'string' },
};

export const ifNoneMatch: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  description: 'the ETag of the copy that you have',
  schema: { type: 'string' },
};

export const lastEventId: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'of the last event that you know; browsers send it when they come back',
  schema: { type: 'string' },
};

/** How a file is delivered. */
export function finishParameters({ templates }: ApiFacts): Parameter[] {
  const names = Object.keys(finishOptionsSchema.shape) as (keyof FinishOptions)[];
  return names.map((name) => {
    const { description, ...schema } =
      name === 'background' ? backgroundSchema(templates) : finishSchema(name);
    const example = examples[name];
    return {
      name,
      in: 'query',
      description: String(description),
      schema,
      ...(example !== undefined && { example }),
    };
  });
}

const examples: Partial<Record<keyof FinishOptions, unknown>> = {
  background: 'ff0000',
  margin: '5%',
  dpi: 300,
  size: '20x30cm',
};

/** A colour's `#` would begin a URL's fragment. */
function backgroundSchema(templates: readonly string[]): Schema {
  return {
    description:
      'behind the subject: a colour, a picture that ships by its name, or upload:JOB for the photo of another job of yours',
    anyOf: [
      { type: 'string', pattern: '^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$' },
      { type: 'string', enum: templates },
      { type: 'string', pattern: `^upload:${HEX_32}$` },
    ],
  };
}

export const refineParameter: Parameter = {
  name: 'refine',
  in: 'query',
  description: 'whether the cut-out follows the photo’s own edges near the mask’s; else as the job had it',
  schema: { type: 'boolean' },
};

export const waitParameter: Parameter = {
  name: 'wait',
  in: 'query',
  description: 'false: answered at once',
  schema: { type: 'boolean', default: true },
};

const binary: Schema = { type: 'string', format: 'binary' };
const photoEncoding = { contentType: photoTypes.join(', ') };

/** One photo, and what is asked of it. */
export function jobForm({ limits }: ApiFacts): MediaType {
  const photo = { ...binary, description: `the photo, of at most ${limits.maxFileBytes / 2 ** 20} MB` };
  const schema = {
    type: 'object',
    properties: { image: photo, file: photo, ...optionFields() },
    oneOf: [{ required: ['image'] }, { required: ['file'] }],
    additionalProperties: false,
  };
  return { schema, encoding: { image: photoEncoding, file: photoEncoding } };
}

/** One photo worked on while one waits, with some of the options and what is the endpoint’s own. */
export function photoForm(
  files: readonly string[],
  options: readonly string[],
  own: Readonly<Record<string, Schema>>,
): MediaType {
  const known = optionFields();
  const properties = {
    ...Object.fromEntries(files.map((name) => [name, { ...binary, description: 'the photo' }])),
    ...Object.fromEntries(options.map((name) => [name, known[name]!])),
    ...own,
  };
  const schema = {
    type: 'object',
    properties,
    oneOf: files.map((name) => ({ required: [name] })),
    additionalProperties: false,
  };
  return { schema, encoding: Object.fromEntries(files.map((name) => [name, photoEncoding])) };
}

/** Many photos, and what is asked of all. */
export function batchForm({ maxBatchBytes }: ApiFacts): MediaType {
  const description = `the photos, of at most ${maxBatchBytes / 2 ** 20} MB in all; image, file and files are read as well`;
  const images = { type: 'array', items: binary, minItems: 1, maxItems: MAX_BATCH, description };
  const schema = {
    type: 'object',
    properties: { images, ...optionFields() },
    required: ['images'],
    additionalProperties: false,
  };
  return { schema, encoding: { images: photoEncoding } };
}

function optionFields(): Record<string, Schema> {
  return Object.fromEntries(wishFields.map((field) => [field, fieldSchema(field)]));
}

/** Lists are written with commas. */
function fieldSchema(field: (typeof wishFields)[number]): Schema {
  if (field === 'reference')
    return { type: 'string', maxLength: 200, description: 'your own word for the photo' };
  const { description, default: fallback, ...schema } = optionSchema(field);
  const look = `(${lookNames.join('|')})`;
  if (field === 'effects') {
    const { default: names } = jobOptionsSchema.shape.effects.meta()!.cli!;
    return {
      type: 'string',
      pattern: `^(all|none|${look}(,${look})*)$`,
      default: names,
      description: `${description}: all, none or some of ${lookNames.join(', ')}`,
    };
  }
  if (field === 'effect_options')
    return {
      type: 'string',
      pattern: `^${look}\\.[a-z]+=[^,\\s]+(,${look}\\.[a-z]+=[^,\\s]+)*$`,
      description,
    };
  return { ...schema, ...(fallback !== undefined && { default: fallback }), description };
}
