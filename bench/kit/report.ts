// What a benchmark leaves behind: a table on the terminal, the same as JSON, a chart.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MachineDescription } from './machine.ts';
import { describeMachine } from './machine.ts';

export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

export interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  /** Null where this machine cannot tell. */
  readonly met: boolean | null;
}

export interface Findings {
  /** Of the benchmark: the results' file name. */
  readonly name: string;
  readonly title: string;
  readonly device: string;
  readonly rows: readonly Row[];
  readonly goals?: readonly Goal[];
  readonly notes?: readonly string[];
  /** The text of an SVG file. */
  readonly chart?: string;
  /** With what it was measured, for whoever reads the figures. */
  readonly about?: string;
  /** Figures that other benchmarks read. */
  readonly figures?: Readonly<Record<string, number>>;
}

export type Stored = Omit<Findings, 'chart'> & { readonly machine: MachineDescription };

export const resultsFolder: string = fileURLToPath(new URL('../results/', import.meta.url));

/** Results of a GPU stand beside those of the CPU. */
export function resultName({ name, device }: Pick<Findings, 'name' | 'device'>): string {
  return device === 'cpu' ? name : `${name}-${device}`;
}

export async function report(findings: Findings): Promise<void> {
  const { chart, ...rest } = findings;
  const machine = await describeMachine();
  const stored: Stored = { ...rest, machine };
  console.log(describe(stored));
  await mkdir(resultsFolder, { recursive: true });
  const base = join(resultsFolder, resultName(findings));
  await writeFile(`${base}.json`, `${JSON.stringify(stored, null, 2)}\n`);
  if (chart !== undefined) await writeFile(`${base}.svg`, chart);
}

/** What a benchmark found when it ran last. @param name as resultName gives it */
export async function readResults(name: string): Promise<Stored | undefined> {
  const text = await readFile(join(resultsFolder, `${name}.json`), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );
  return text === undefined ? undefined : (JSON.parse(text) as Stored);
}

export function describe({ title, rows, goals = [], notes = [], machine, device }: Stored): string {
  const verdict = (met: boolean | null): string => (met === null ? 'not here' : met ? 'yes' : 'NO');
  const judged = goals.map(({ what, goal, measured, met }) => ({
    what,
    goal,
    measured,
    reached: verdict(met),
  }));
  return [
    '',
    title,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memory_gb} GB, ${device}; load ${machine.load}; ${machine.date}`,
    '',
    table(rows),
    ...(judged.length > 0 ? ['', table(judged)] : []),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');
}

/** Numbers to the right, words to the left. */
export function table(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const text = (cell: Cell | undefined): string => (typeof cell === 'number' ? figure(cell) : (cell ?? '–'));
  const lines = [Object.fromEntries(columns.map((column) => [column, column])), ...rows];
  const widths = columns.map((column) => Math.max(...lines.map((row) => text(row[column]).length)));
  const isNumber = columns.map((column) => rows.every((row) => typeof row[column] !== 'string'));
  return lines
    .map((row) =>
      columns
        .map((column, index) => {
          const cell = text(row[column]);
          return isNumber[index] ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Three digits that count. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
