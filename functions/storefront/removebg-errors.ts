// Errors as remove.bg's callers know them: its document, its codes, its statuses.
import type { ErrorCode } from '../../shared/error-catalogue.ts';
import type { CutlineError } from '../../shared/errors.ts';

export interface RemovebgError {
  readonly status: number;
  readonly document: {
    readonly errors: readonly [{ readonly title: string; readonly code: string; readonly detail?: string }];
  };
}

/** Those for which remove.bg has a word or a status of its own; what is not here keeps ours. */
const words: Partial<Record<ErrorCode, readonly [status: number, code: string, title?: string]>> = {
  UNAUTHORIZED: [403, 'auth_failed', 'API Key invalid'],
  FORBIDDEN: [403, 'auth_failed'],
  TOKEN_INVALID: [403, 'auth_failed'],
  TOKEN_EXPIRED: [403, 'auth_failed'],
  RATE_LIMIT_EXCEEDED: [429, 'rate_limit_exceeded'],
  QUOTA_EXCEEDED: [402, 'insufficient_credits', 'Insufficient credits'],
  NO_SUBJECT: [400, 'unknown_foreground', 'Could not identify foreground in image.'],
  FILE_TOO_LARGE: [400, 'file_too_large'],
  REQUEST_TOO_LARGE: [400, 'file_too_large'],
  INVALID_FORMAT: [400, 'invalid_file_type'],
  IMAGE_CORRUPT: [400, 'failed_to_read_image'],
  IMAGE_BOMB: [400, 'failed_to_read_image'],
  IMAGE_TOO_LARGE: [400, 'resolution_too_high'],
  IMAGE_TOO_SMALL: [400, 'resolution_too_low'],
  OUTPUT_TOO_LARGE: [400, 'resolution_too_high'],
};

export function removebgError(error: CutlineError): RemovebgError {
  const { code, fields, detail } = error;
  const [status, word, title = detail] = words[code] ?? [error.status, code.toLowerCase()];
  const own = fields.parameter === undefined ? fields.removebg_code : `invalid_${fields.parameter}`;
  const more = title === detail ? {} : { detail };
  return { status, document: { errors: [{ title, code: String(own ?? word), ...more }] } };
}
