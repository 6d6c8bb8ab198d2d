// For tables of cases that end in errors.
import type { ErrorCode } from '../error-catalogue.ts';
import { CutlineError } from '../errors.ts';

/** What it ends in: the code of our error, or `none`. Any other error is thrown on. */
export function thrownCode(run: () => unknown): ErrorCode | 'none' {
  try {
    run();
    return 'none';
  } catch (error) {
    if (error instanceof CutlineError) return error.code;
    throw error;
  }
}
