// Errors as the brief's callers know them: what is in its documents beyond the error's own fields.
import type { ErrorRequestHandler } from 'express';
import type { ErrorCode } from '../../../shared/error-catalogue.ts';
import type { ErrorFields } from '../../../shared/error-entry.ts';
import { CutlineError, toCutlineError } from '../../../shared/errors.ts';

/** Memory is free again when the photos at work are done. */
const GPU_RETRY_S = 30;
const RETRY_S = 5;

/** Of a router, its last. */
export const briefErrors: ErrorRequestHandler = (thrown, _request, _response, next) => {
  // What is none of ours may be express's own, which says by its status that the caller was wrong.
  const isForeign = !(thrown instanceof CutlineError) && typeof Object(thrown).status === 'number';
  next(isForeign ? thrown : inBriefWords(toCutlineError(thrown)));
};

export function inBriefWords(error: CutlineError): CutlineError {
  const more = fieldsFor(error);
  if (!more) return error;
  const { code, message } = error;
  return new CutlineError(code, { fields: { ...more, ...error.fields }, message, cause: error });
}

function fieldsFor({ code, status, fields }: CutlineError): ErrorFields | undefined {
  if (status === 503) return waiting(Number(fields.retry_after_seconds ?? defaultWait(code)));
  if (status === 504) return { suggested_action: 'Reduce image size or retry with smaller image' };
  if (status === 500) return { message: 'The image could not be processed. Please try again.' };
  return undefined;
}

function defaultWait(code: ErrorCode): number {
  return code === 'GPU_MEMORY_EXHAUSTED' ? GPU_RETRY_S : RETRY_S;
}

/** The first for the answer's header, the second the brief's name. */
function waiting(seconds: number): ErrorFields {
  return {
    suggested_action: `Retry in ${seconds} seconds`,
    retry_after_seconds: seconds,
    retry_after: seconds,
  };
}
