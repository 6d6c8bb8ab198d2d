// An error of the catalogue as it is thrown: the private message and the cause are for the log alone.
import type { ErrorCode } from './error-catalogue.ts';
import { errorCatalogue } from './error-catalogue.ts';
import type { ErrorFields, EventOutcome } from './error-entry.ts';

export interface CutlineErrorOptions {
  readonly fields?: ErrorFields;
  /** For the log, never for the public. */
  readonly message?: string;
  readonly cause?: unknown;
}

export class CutlineError extends Error {
  override readonly name = 'CutlineError';
  readonly code: ErrorCode;
  readonly fields: ErrorFields;

  constructor(code: ErrorCode, options: CutlineErrorOptions = {}) {
    super(options.message ?? errorCatalogue[code].detail(options.fields ?? {}), { cause: options.cause });
    this.code = code;
    this.fields = options.fields ?? {};
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }

  get event(): EventOutcome {
    return errorCatalogue[this.code].event;
  }

  /** The sentence that may leave the service. */
  get detail(): string {
    return errorCatalogue[this.code].detail(this.fields);
  }
}

/** Any thrown value as a CutlineError: ours unchanged, everything else INTERNAL with the cause kept for the log. */
export function toCutlineError(thrown: unknown): CutlineError {
  if (thrown instanceof CutlineError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CutlineError('INTERNAL', { message, cause: thrown });
}

/** What may be said of an error to whoever asked. */
export function publicError(error: CutlineError): Record<string, unknown> {
  return { error_code: error.code, detail: error.detail };
}
