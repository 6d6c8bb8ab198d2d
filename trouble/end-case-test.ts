// Declares tests of bad moments, which are spread over files so that none takes long.
import type { TestFn } from 'ava';
import { createChance } from './chance.ts';
import { createCleanup } from './cleanup.ts';
import { endCases } from './ends.ts';

const seed = Number(process.env.TROUBLE_SEED ?? 10);

/** @param words that begin the names of the cases */
export function testEndCases(test: TestFn, ...words: readonly string[]): void {
  for (const word of words) {
    const { name, run } = endCases.find(({ name }) => name.startsWith(word))!;
    test.serial(`${name}: the right code, nothing lost`, async (t) => {
      t.timeout(600_000);
      const cleanup = createCleanup();
      t.teardown(() => cleanup.end());
      const seen = await run(cleanup, createChance(seed));
      t.log(seen ?? 'not tried: not possible here');
      t.pass();
    });
  }
}
