// What a part of the run leaves behind: counts in a table, and what was found wrong, a sentence each.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeMachine } from '../bench/kit/machine.ts';
import type { Row } from '../bench/kit/report.ts';
import { table } from '../bench/kit/report.ts';

export interface Findings {
  readonly part: string;
  readonly title: string;
  readonly rows: readonly Row[];
  /** What is lost, doubled, crashed, hung or grew; nothing when all is well. */
  readonly wrong: readonly string[];
  /** What could not be tried here. */
  readonly notes?: readonly string[];
}

export function describeFindings({ title, rows, wrong, notes = [] }: Findings): string {
  const verdict = wrong.length === 0 ? 'All is well.' : wrong.map((one) => `WRONG: ${one}`).join('\n');
  return ['', title, '', table(rows), '', ...notes, verdict, ''].join('\n');
}

/** Beside what other parts found when they ran last. @param path of a JSON file */
export async function keepFindings(path: string, seed: number, { part, ...found }: Findings): Promise<void> {
  const machine = await describeMachine();
  const kept = JSON.parse(await readFile(path, 'utf8').catch(() => '{"parts":{}}')) as Kept;
  const parts = { ...kept.parts, [part]: { seed, machine, ...found } };
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify({ name: 'trouble', parts }, null, 2)}\n`);
}

interface Kept {
  readonly parts: Readonly<Record<string, unknown>>;
}
