// The bad moments that need a setting of their own: each a case that says what it saw, and throws what went wrong.

import type { Cleanup } from '../functions/local/testdata/serving.ts';
import type { Chance } from './chance.ts';
import { createCleanup } from './cleanup.ts';
import { clockGoesBack } from './end-clock.ts';
import { diskIsFull } from './end-disk.ts';
import { deviceOutOfMemory, hostOutOfMemory, memoryForGood } from './end-memory.ts';
import { toldToEndInEveryPhase } from './end-signals.ts';
import { stuckModel } from './end-stuck.ts';
import type { Findings } from './findings.ts';

export interface EndCase {
  readonly name: string;
  /** @returns what was seen, in words; nothing where it cannot be tried here. @throws what is wrong */
  run(cleanup: Cleanup, chance: Chance): Promise<string | undefined>;
}

export const endCases: readonly EndCase[] = [
  { name: 'device out of memory, but not for half the tile', run: deviceOutOfMemory },
  { name: 'device out of memory for good, then not any more', run: memoryForGood },
  { name: 'host memory over its limit', run: hostOutOfMemory },
  { name: 'a model that hangs', run: stuckModel },
  { name: 'disk full under .cutline', run: diskIsFull },
  { name: 'the clock goes backwards', run: clockGoesBack },
  { name: 'SIGTERM in every phase', run: toldToEndInEveryPhase },
];

export interface EndsOptions {
  readonly chance: Chance;
  readonly cases?: readonly EndCase[];
  say(line: string): void;
}

export async function badMoments({ chance, cases = endCases, say }: EndsOptions): Promise<Findings> {
  const rows = [];
  const wrong: string[] = [];
  for (const { name, run } of cases) {
    const cleanup = createCleanup();
    let seen: string;
    try {
      seen = (await run(cleanup, chance.fork(name))) ?? 'not tried: not possible here';
    } catch (error) {
      seen = `WRONG: ${(error as Error).message}`;
      wrong.push(`${name}: ${(error as Error).message}`);
    } finally {
      await cleanup.end();
    }
    say(`${name}: ${seen}`);
    rows.push({ case: name, seen });
  }
  return { part: 'ends', title: 'Bad moments, one by one', rows, wrong };
}
