// The one catalogue of errors: code, HTTP status, what an event does with it, and the sentence the public may read.
import type { CatalogueEntry } from './error-entry.ts';
import { entry, list } from './error-entry.ts';
import { requestErrors } from './request-errors.ts';

export const errorCatalogue = {
  FILE_TOO_LARGE: entry(
    413,
    'fail',
    'the file has more bytes than allowed',
    (f) => `File size exceeds ${f.max_size_mb}MB limit`,
  ),
  INVALID_FORMAT: entry(
    400,
    'fail',
    'the content is none of the supported picture formats',
    (f) => `Unsupported file format. Please upload ${list(f.supported_formats)}.`,
  ),
  IMAGE_BOMB: entry(
    400,
    'fail',
    'the decoded picture would be out of all proportion to the file',
    (f) => `Image bomb detected: decompression ratio exceeds ${f.max_ratio}x`,
  ),
  IMAGE_TOO_LARGE: entry(
    400,
    'fail',
    'more pixels than 8K (7680×4320, either way up) or 50 megapixels',
    (f) =>
      `Image is ${f.width}×${f.height} pixels; the limit is 8K (${f.max_long_side}×${f.max_short_side}) and ${f.max_megapixels} megapixels`,
  ),
  IMAGE_TOO_SMALL: entry(
    400,
    'fail',
    'a side is shorter than 64 pixels',
    (f) => `Image is ${f.width}×${f.height} pixels; at least ${f.min_side}×${f.min_side} are needed`,
  ),
  IMAGE_CORRUPT: entry(
    400,
    'fail',
    'the file is truncated or damaged',
    () => 'The image is damaged and cannot be read',
  ),
  INPUT_NOT_FOUND: entry(
    404,
    'fail',
    'there is no such file, or it cannot be read',
    () => 'The photo was not found or cannot be read',
  ),
  INPUT_GONE: entry(
    410,
    'fail',
    'the photo was deleted or replaced before the work began',
    () => 'The photo is no longer there',
  ),
  OPTIONS_INVALID: entry(
    400,
    'fail',
    'an option is unknown or has a value that it cannot take; all are named',
    (f) => `The options are not valid: ${list(f.problems)}`,
  ),
  ...requestErrors,
  JOB_NOT_FOUND: entry(404, 'fail', 'the job is unknown or was deleted', () => 'There is no such job'),
  JOB_NOT_READY: entry(
    409,
    'fail',
    'the job has not come so far yet that it could be answered',
    () => 'The job has not come so far yet',
  ),
  FILE_NOT_FOUND: entry(
    404,
    'fail',
    'the job has no file of this name; those that it has are named',
    (f) => `There is no file '${f.name}'. Available: ${list(f.files)}`,
  ),
  TOO_MANY_FORMS: entry(
    429,
    'fail',
    'a job’s files were asked for in more forms than are kept of them',
    (f) => `More than ${f.limit} forms of this job's files were asked for`,
  ),
  OUTPUT_TOO_LARGE: entry(
    400,
    'fail',
    'the result would have more than 48 megapixels, or longer sides than its format can hold',
    (f) => `The result would be ${f.width}×${f.height} pixels, more than ${f.limit}; ${f.hint}`,
  ),
  MODEL_NOT_FOUND: entry(
    400,
    'fail',
    'a model is named that this service has not loaded',
    (f) => `There is no ${f.stage} model '${f.model}'. Available: ${list(f.available)}`,
  ),
  NO_SUBJECT: entry(
    422,
    'fail',
    'nothing in the photo stands out from its background',
    () => 'No subject was found in the image',
  ),
  MODEL_INVALID: entry(
    500,
    'retry',
    'a model file or its card is damaged, or one does not fit the other',
    (f) => `The model '${f.model}' is not usable: ${f.field}`,
  ),
  MODEL_LOADING: entry(
    503,
    'retry',
    'the models are still being loaded',
    () => 'The models are still loading. Please retry shortly.',
  ),
  GPU_MEMORY_EXHAUSTED: entry(
    503,
    'retry',
    'the device has too little memory, even for half the tile',
    () => 'Insufficient GPU memory to process request',
  ),
  PROCESSING_TIMEOUT: entry(
    504,
    'retry',
    'the work took longer than its limit',
    (f) => `Processing timeout exceeded ${f.limit_seconds} seconds`,
  ),
  INFERENCE_ERROR: entry(500, 'retry', 'a model failed while it ran', () => 'Model inference failed'),
  CONFIG_INVALID: entry(
    500,
    'fail',
    'the configuration has wrong values; all are reported at once',
    (f) => `The configuration is not valid: ${list(f.problems)}`,
  ),
  MESSAGE_INVALID: entry(
    400,
    'fail',
    'a message is none of ours: it is acknowledged and touches nothing',
    () => 'The message is not one of this service',
  ),
  MESSAGE_UNKNOWN: entry(
    409,
    'retry',
    'a message is for another stage or of a later version',
    () => 'The message is for another stage or version of this service',
  ),
  STORE_UNAVAILABLE: entry(
    503,
    'retry',
    'the object store does not answer',
    () => 'Storage is unavailable. Please retry shortly.',
  ),
  PUBLISH_FAILED: entry(
    503,
    'retry',
    'a message could not be handed over',
    () => 'A message could not be sent. Please retry shortly.',
  ),
  STAGE_UNAVAILABLE: entry(
    503,
    'retry',
    'a stage cannot be reached or does not become ready',
    (f) => `The ${f.stage} stage is unavailable. Please retry shortly.`,
  ),
  SHUTTING_DOWN: entry(
    503,
    'retry',
    'the instance is ending and takes no more work',
    () => 'The service is restarting. Please retry shortly.',
  ),
  PROCESS_DIED: entry(
    500,
    'fail',
    'the process ended each time it worked on the photo',
    () => 'The photo could not be processed',
  ),
  BUSY: entry(503, 'retry', 'the queue is full', () => 'The service is busy. Please retry shortly.'),
  CANCELLED: entry(
    499,
    'fail',
    'the caller went away or interrupted the work',
    () => 'The work was cancelled',
  ),
  INTERNAL: entry(500, 'retry', 'anything unforeseen', () => 'An unexpected error occurred'),
} satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
