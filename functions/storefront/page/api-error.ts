// What the service answered instead of what was asked for.
import type { Problem } from './state.ts';

export class ApiError extends Error {
  readonly problem: Problem;
  /** 0 where there was no answer. */
  readonly status: number;

  constructor(status: number, problem: Problem) {
    super(problem.code);
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
  }
}

/** @param body as it came: our own answers have a code, a bucket's have none */
export function apiError(status: number, body: string): ApiError {
  const { error_code, ...fields } = parsed(body);
  const code = typeof error_code === 'string' ? error_code : status === 0 ? 'OFFLINE' : 'INTERNAL';
  return new ApiError(status, { code, fields });
}

/** What to tell of anything that was thrown. */
export function problemOf(thrown: unknown): Problem {
  return thrown instanceof ApiError ? thrown.problem : { code: 'INTERNAL' };
}

export function isAbort(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'AbortError';
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
