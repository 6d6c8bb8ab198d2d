// The one place where what Cloud Storage and its client throw becomes ours.
import { CutlineError } from '../errors.ts';

const MOST_CHARACTERS = 500;

/** Refusals of the request itself; all others may pass, a missing right too, once it is granted. */
const FAULTS_OF_OURS = [400, 405, 411, 413, 414, 416];

/** HTTP's status, where there was an answer. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const status = Number(error.code);
  return Number.isInteger(status) && status >= 100 ? status : undefined;
}

/** Is there a point in asking once more? True for the network's faults, and the server's own. */
export function isPassing(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined || status === 408 || status === 429 || status >= 500;
}

/**
 * @param what the request was to do, for the log
 * @returns STORE_UNAVAILABLE, or INTERNAL for a request that is wrong in itself
 */
export function storeError(what: string, error: unknown): CutlineError {
  if (error instanceof CutlineError) return error;
  const status = statusOf(error);
  const text = withoutSecrets(error instanceof Error ? error.message : String(error));
  return new CutlineError(FAULTS_OF_OURS.includes(status ?? 0) ? 'INTERNAL' : 'STORE_UNAVAILABLE', {
    message: `Expected Cloud Storage to ${what} but received ${status ?? 'no answer'}`,
    // Not the client's own error: it carries the request, and with it the token.
    cause: new Error(text),
  });
}

/** A signed URL's secret is in its query, a token's behind its kind. */
function withoutSecrets(text: string): string {
  return text
    .replace(/\?[^\s"'<>]*/g, '?…')
    .replace(/\b(Bearer|Basic)\s+\S+/gi, '$1 …')
    .replace(/\bya29\.[\w.-]+/g, 'ya29.…')
    .slice(0, MOST_CHARACTERS);
}
