// The errors in the storefront's document: of each status the codes that can come, as the catalogue has them, with the
// sentence and the fields of an example each.

import type { ErrorCode } from '../../shared/error-catalogue.ts';
import { errorCatalogue } from '../../shared/error-catalogue.ts';
import type { ErrorFields } from '../../shared/error-entry.ts';
import { supportedFormats } from '../../shared/image/sniff.ts';
import { MAX_FORMS } from './derive.ts';
import { refTo } from './openapi-schemas.ts';
import type { Answer, ApiFacts, Example, Header } from './openapi-types.ts';

/** Not of the catalogue: what no route was found for, or no route could read. */
const besides = {
  BAD_REQUEST: {
    code: 'BAD_REQUEST',
    status: 400,
    meaning: 'the request cannot be read',
    detail: 'The request cannot be read',
  },
  BAD_REQUEST_413: {
    code: 'BAD_REQUEST',
    status: 413,
    meaning: 'JSON of more than 1 MB',
    detail: 'The request is too large',
  },
  BAD_REQUEST_415: {
    code: 'BAD_REQUEST',
    status: 415,
    meaning: 'JSON in a charset or an encoding that is not known here',
    detail: 'The request cannot be read',
  },
} as const;

export type ApiErrorCode = ErrorCode | keyof typeof besides;

const REQUEST_ID = '7c9f0d5a1b3e4f60';

export function errorAnswers(codes: readonly ApiErrorCode[], facts: ApiFacts): Record<string, Answer> {
  const all = [...new Set(codes)].map((code) => knownError(code, facts));
  const statuses = [...new Set(all.map(({ status }) => status))].sort();
  return Object.fromEntries(
    statuses.map((status) => [status, answerOf(all.filter((error) => error.status === status))]),
  );
}

interface KnownError {
  readonly name: ApiErrorCode;
  readonly code: string;
  readonly status: number;
  readonly meaning: string;
  readonly example: Example;
}

function knownError(name: ApiErrorCode, facts: ApiFacts): KnownError {
  const isBesides = (text: string): text is keyof typeof besides => text in besides;
  const example = (code: string, detail: string, fields: ErrorFields = {}): Example => ({
    value: { error_code: code, detail, ...fields, request_id: REQUEST_ID },
  });
  if (isBesides(name)) {
    const { detail, ...error } = besides[name];
    return { name, ...error, example: example(error.code, detail) };
  }
  const { status, meaning, detail } = errorCatalogue[name];
  const fields = fieldsOf(facts)[name] ?? {};
  return { name, code: name, status, meaning, example: example(name, detail(fields), fields) };
}

const EXAMPLES = '#/components/examples/';

/** One of each error that the paths speak of. */
export function errorExamples(paths: object, facts: ApiFacts): Record<string, Example> {
  const text = JSON.stringify(paths);
  const names = ([...Object.keys(errorCatalogue), ...Object.keys(besides)] as ApiErrorCode[]).filter((name) =>
    text.includes(`"${EXAMPLES}${name}"`),
  );
  return Object.fromEntries(names.map((name) => [name, summedUp(knownError(name, facts))]));
}

function summedUp({ status, meaning, example }: KnownError): Example {
  return { summary: `${status}: ${meaning}`, ...example };
}

function answerOf(errors: readonly KnownError[]): Answer {
  const [{ status }] = errors as [KnownError];
  const only = { properties: { error_code: { enum: [...new Set(errors.map(({ code }) => code))] } } };
  return {
    description: errors.map(({ code, meaning }) => `\`${code}\` ${meaning}`).join('; '),
    headers: { ...commonHeaders, ...(mayBeRetried.has(status) && { 'Retry-After': retryAfter }) },
    content: {
      'application/json': {
        schema: { allOf: [refTo('Error'), only] },
        examples: Object.fromEntries(errors.map(({ name }) => [name, { $ref: `${EXAMPLES}${name}` }])),
      },
    },
  };
}

/** What those errors say of themselves that say more than their code. */
function fieldsOf({
  limits,
  rateLimitPerSecond,
  warmupsPerDay,
}: ApiFacts): Partial<Record<ErrorCode, ErrorFields>> {
  const mebi = limits.maxFileBytes / 2 ** 20;
  const problems = ["scale: expected 1|2|4 but received '3'"];
  const wait = { retry_after_seconds: 1, limit_reset_at: '2026-11-20T12:00:01Z' };
  return {
    FILE_TOO_LARGE: { file_size_mb: mebi + 2.4, max_size_mb: mebi },
    REQUEST_TOO_LARGE: { max_size_mb: 32 },
    INVALID_FORMAT: { supported_formats: supportedFormats, received_format: 'application/pdf' },
    IMAGE_BOMB: {
      file_size_bytes: 40_000,
      decompressed_size_bytes: 160_000_000,
      ratio: 4000,
      max_ratio: limits.maxDecompressionRatio,
    },
    IMAGE_TOO_LARGE: {
      width: 9000,
      height: 6000,
      max_long_side: limits.maxLongSide,
      max_short_side: limits.maxShortSide,
      max_megapixels: limits.maxPixels / 1e6,
    },
    IMAGE_TOO_SMALL: { width: 48, height: 48, min_side: limits.minSide },
    OUTPUT_TOO_LARGE: {
      width: 16_000,
      height: 12_000,
      limit: `${Math.floor(limits.maxOutputPixels / 1e6)} megapixels`,
      fitting_scale: 2,
      hint: 'scale 2 fits',
    },
    OPTIONS_INVALID: { problems },
    REQUEST_INVALID: { problem: 'expected a file as image or file but received none' },
    REQUEST_TIMEOUT: { limit_seconds: 120 },
    RATE_LIMIT_EXCEEDED: { limit: rateLimitPerSecond, per: 'second', ...wait, requests_remaining: 0 },
    QUOTA_EXCEEDED: { limit: warmupsPerDay, what: 'warm-ups', ...wait },
    FILE_NOT_FOUND: { name: 'cutuot', files: ['upscaled', 'cutout', 'color'] },
    TOO_MANY_FORMS: { limit: MAX_FORMS },
    MODEL_NOT_FOUND: {
      stage: 'segment',
      model: 'birefnt',
      available: ['birefnet-general', 'inspyrenet-base'],
    },
    MODEL_INVALID: { model: 'birefnet-general', field: 'sha256' },
    STAGE_UNAVAILABLE: { stage: 'segment' },
    PROCESSING_TIMEOUT: { limit_seconds: 30 },
    MEDIA_TYPE_UNSUPPORTED: { received_type: 'application/json' },
    UPLOAD_REFUSED: { problem: 'it has expired' },
  };
}

const mayBeRetried: ReadonlySet<number> = new Set([429, 503]);
const retryAfter: Header = { description: 'seconds to wait', schema: { type: 'integer', minimum: 1 } };

/** Of every answer. */
export const commonHeaders: Readonly<Record<string, Header>> = {
  'X-Request-Id': {
    description: 'your own, or one that we gave',
    required: true,
    schema: { type: 'string' },
  },
};
