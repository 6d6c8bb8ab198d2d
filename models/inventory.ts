// What is known and what of it is here, in figures; and whether the files that are here are still what they were.
import type { Card, ModelRole } from '../shared/card.ts';
import { CutlineError } from '../shared/errors.ts';
import { findGraphFiles, hashFiles } from './graph-files.ts';
import type { ManifestRow } from './manifest.ts';
import { downloadBytes } from './manifest.ts';
import { folderOf, openRow } from './registry.ts';

export interface InventoryLine {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly stage: ModelRole;
  readonly state: 'ships' | 'baked' | 'not baked' | 'damaged';
  /** It is here and small, made to fit; another one does the same job better. */
  readonly preview?: true;
  readonly licence: string | null;
  /** On disk where it is here, else of the files that the bake fetches; null where that is not known. */
  readonly bytes: number | null;
  readonly precision: Card['precision'] | null;
  /** What the check at bake time measured, baked against source; null where nothing was. */
  readonly agreement: Readonly<Record<string, number>> | null;
  /** What is wrong with one that is damaged. */
  readonly problem?: string;
}

/** One line for each row, in the rows' order. A damaged model is a line, not an error. */
export async function takeInventory(
  rows: readonly ManifestRow[],
  folder: string | undefined,
): Promise<InventoryLine[]> {
  return await Promise.all(rows.map((row) => takeLine(row, folder)));
}

async function takeLine(row: ManifestRow, folder: string | undefined): Promise<InventoryLine> {
  const { id, stage, aliases = [] } = row;
  const known = { id, aliases, stage, ...aboutRow(row) };
  try {
    const entry = await openRow(row, folder);
    if (!entry) return { ...known, state: 'not baked' };
    const { licence, bytes, precision, preview } = entry.card;
    const state = row.builtin ? 'ships' : 'baked';
    return {
      ...known,
      state,
      ...(preview && { preview }),
      licence,
      bytes,
      precision,
      agreement: agreementOf(entry.card),
    };
  } catch (error) {
    return { ...known, state: 'damaged', problem: problemOf(error) };
  }
}

function aboutRow(row: ManifestRow) {
  const nothing = { licence: null, bytes: null, precision: null, agreement: null };
  if (row.builtin) return nothing;
  return { ...nothing, licence: row.licence ?? null, bytes: downloadBytes(row) };
}

/** The names by which every bake writes how near the baked graph is to its source. */
export const agreements = ['iou', 'psnr_db', 'max_difference'] as const;

function agreementOf({ check }: Card): Record<string, number> | null {
  const measured = agreements.flatMap((name) => {
    const value = check[name];
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
  return measured.length > 0 ? Object.fromEntries(measured) : null;
}

export interface Verdict {
  readonly id: string;
  readonly files: readonly string[];
  readonly bytes: number;
  readonly ok: boolean;
  readonly problem?: string;
}

/** Hashes every byte of each model that is here, one after the other. Rows that are not are passed over. */
export async function* verify(
  rows: readonly ManifestRow[],
  folder: string | undefined,
): AsyncGenerator<Verdict> {
  for (const row of rows) {
    const base = folderOf(row, folder);
    if (base === undefined) continue;
    const found = await findGraphFiles(base, row.file).catch(() => undefined);
    const files = found ? [found.graph, ...(found.data === undefined ? [] : [found.data])] : [];
    const about = { id: row.id, files, bytes: found?.bytes ?? 0 };
    try {
      const entry = await openRow(row, folder);
      if (!entry || !found) continue;
      const sha256 = await hashFiles(found);
      const problem = `sha256: expected ${sha256} as on disk but received ${entry.card.sha256}`;
      yield sha256 === entry.card.sha256 ? { ...about, ok: true } : { ...about, ok: false, problem };
    } catch (error) {
      yield { ...about, ok: false, problem: problemOf(error) };
    }
  }
}

function problemOf(error: unknown): string {
  if (error instanceof CutlineError && error.code === 'MODEL_INVALID') return String(error.fields.field);
  throw error;
}
