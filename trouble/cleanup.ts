// Work to be undone at the end of a part, the last begun first; what a test's context is elsewhere.
import type { Cleanup } from '../functions/local/testdata/serving.ts';

export interface Undoing extends Cleanup {
  end(): Promise<void>;
}

const open = new Set<Undoing>();

export function createCleanup(): Undoing {
  const works: (() => unknown)[] = [];
  let hasEnded = false;
  const cleanup: Undoing = {
    teardown(work) {
      // Begun while all was being undone.
      if (hasEnded) work();
      else works.push(work);
    },
    async end() {
      hasEnded = true;
      open.delete(cleanup);
      for (const work of works.splice(0).toReversed()) await work();
    },
  };
  open.add(cleanup);
  return cleanup;
}

/** For a run that is interrupted: no process and no disk stays behind. */
export async function endAll(): Promise<void> {
  await Promise.allSettled([...open].map((cleanup) => cleanup.end()));
}
