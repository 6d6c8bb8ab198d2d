// The one place where the file system's errors become ours.
import { CutlineError, toCutlineError } from '../errors.ts';

/** What a name that is no file's ends in: missing, below a file, too long, a link, or not writable in this encoding. */
const ABSENT = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EILSEQ'];

/** A name that cannot be kept beside the others, so that trying again is no help. */
const IMPOSSIBLE = ['ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'ENAMETOOLONG', 'ELOOP', 'EILSEQ'];

/** The task's result, or `undefined` when it ends in one of these errors. */
export async function ignoring<T>(codes: readonly string[], task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task();
  } catch (error) {
    if (codes.includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** The task's result, or `undefined` when there is no such file. */
export function ifThere<T>(task: () => Promise<T>): Promise<T | undefined> {
  return ignoring(ABSENT, task);
}

/** @throws STORE_UNAVAILABLE for what the file system refuses today, INTERNAL for what it will never do */
export async function attempt<T>(what: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof CutlineError || code === '') throw toCutlineError(error);
    throw new CutlineError(IMPOSSIBLE.includes(code) ? 'INTERNAL' : 'STORE_UNAVAILABLE', {
      message: `Expected the file system to ${what} but received ${code}`,
      cause: error,
    });
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : '';
}
