// The measurements so far: one line of JSON each in results.jsonl, appended as they are made, so that whatever
// ends the process leaves a file to go on from.
import { appendFile, mkdir, open, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorCode } from '../../shared/error-catalogue.ts';
import { errorCatalogue } from '../../shared/error-catalogue.ts';
import type { Figures } from './metrics/score.ts';

export interface Row {
  readonly key: string;
  /** `pair`: two models against each other, where there is no reference. */
  readonly kind: 'cut' | 'pair' | 'upscale';
  /** Under the folder of photos. */
  readonly photo: string;
  readonly model: string;
  readonly model_sha256: string;
  readonly scale: number;
  /** Of a cut. */
  readonly refine?: boolean;
  readonly upscaler?: string | null;
  /** Of a pair. */
  readonly other?: string;
  /** Of an upscaler: its input was a JPEG. */
  readonly jpeg?: boolean;
  readonly device?: string;
  readonly width?: number;
  readonly height?: number;
  readonly figures: Figures;
  readonly timings_ms?: Readonly<Record<string, number>>;
  /** Largest resident set of the process meanwhile, and how many model sets were open in it. */
  readonly peak_rss_mb?: number;
  readonly open_models?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface Results {
  has(key: string): boolean;
  add(row: Row): Promise<void>;
  /** The newest row of every key that is wanted. */
  readonly rows: ReadonlyMap<string, Row>;
}

/** @param wanted keys of this run's measurements; rows of others stay in the file but are not held */
export async function openResults(folder: string, wanted: ReadonlySet<string>): Promise<Results> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'results.jsonl');
  await endAtWholeLine(path);
  const rows = new Map<string, Row>();
  for await (const row of readRows(path)) if (wanted.has(row.key)) rows.set(row.key, row);
  return {
    rows,
    has: (key) => rows.has(key) && !mayPass(rows.get(key)!),
    async add(row) {
      await appendFile(path, `${JSON.stringify(row)}\n`);
      rows.set(row.key, row);
    },
  };
}

/** A failure that another try may not meet again is tried again. */
function mayPass({ error }: Row): boolean {
  const known = error !== undefined && error.code in errorCatalogue;
  return known && errorCatalogue[error.code as ErrorCode].event === 'retry';
}

/** A line that was cut off in writing would swallow the next one. */
async function endAtWholeLine(path: string): Promise<void> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes && bytes.at(-1) !== 0x0a) await truncate(path, bytes.lastIndexOf(0x0a) + 1);
}

async function* readRows(path: string): AsyncGenerator<Row> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return;
  for await (const line of file.readLines()) {
    const row = parseRow(line);
    if (row) yield row;
  }
}

function parseRow(line: string): Row | undefined {
  try {
    const row: unknown = JSON.parse(line);
    return typeof row === 'object' && row !== null && 'key' in row && 'figures' in row
      ? (row as Row)
      : undefined;
  } catch {
    return undefined;
  }
}
