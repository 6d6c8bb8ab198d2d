// A photo's results on disk: written beside their places under a temporary name, and moved there together once
// all are complete, so that an interruption leaves no half-written file and no half a set.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface ResultFiles {
  /** @returns the path that the file will have */
  write(name: string, bytes: Uint8Array): Promise<string>;
  commit(): Promise<void>;
  /** Removes what was written but not moved; safe to call twice. */
  discard(): Promise<void>;
}

const unfinished = new Set<string>();

/** For the last moment of a process, when nothing can be awaited any more. */
export function discardAllNow(): void {
  for (const path of unfinished) rmSync(path, { force: true });
}

export async function createResultFiles(folder: string): Promise<ResultFiles> {
  const moves = new Map<string, string>();
  return {
    async write(name, bytes) {
      await mkdir(folder, { recursive: true });
      const path = join(folder, name);
      const temporary = join(folder, `.${name}.${randomUUID()}.tmp`);
      unfinished.add(temporary);
      moves.set(temporary, path);
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(bytes);
      } finally {
        await file.close();
      }
      return path;
    },
    async commit() {
      for (const [temporary, path] of moves) {
        await rename(temporary, path);
        unfinished.delete(temporary);
      }
      moves.clear();
    },
    async discard() {
      for (const temporary of moves.keys()) {
        await rm(temporary, { force: true });
        unfinished.delete(temporary);
      }
      moves.clear();
      // A folder that others have put something into stays.
      await rmdir(folder).catch(() => {});
    },
  };
}
