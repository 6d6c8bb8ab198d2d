// Which models are here: the rows of manifest.json whose card and graph lie beside each other in `builtin/` or in
// the folder of baked models.
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Card, ModelRole, StageName } from '../shared/card.ts';
import { cardSchema } from '../shared/card.ts';
import { CutlineError } from '../shared/errors.ts';
import type { Shelf } from './choose.ts';
import { findModel } from './choose.ts';
import type { GraphFiles } from './graph-files.ts';
import { findGraphFiles, hashFiles } from './graph-files.ts';
import type { ManifestRow } from './manifest.ts';
import { parseManifest } from './manifest.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

export interface ModelEntry {
  readonly card: Card;
  readonly graph: string;
  readonly builtin: boolean;
}

export interface Registry extends Shelf<ModelEntry> {
  /** By id or alias. @throws MODEL_NOT_FOUND naming those that are there */
  find(stage: StageName, name?: string): ModelEntry;
  /** A helper graph. @throws MODEL_NOT_FOUND */
  helper(id: string): ModelEntry;
}

/** The rows of manifest.json and the looks. @param list another file of rows */
export async function readManifest(
  list: string = join(here, 'manifest.json'),
): Promise<readonly ManifestRow[]> {
  return parseManifest(JSON.parse(await readFile(list, 'utf8')));
}

/**
 * Where baked models lie: the folder that the configuration names, or the one that the bake writes to, if it is there.
 * @throws CONFIG_INVALID when the one that is named is no folder
 */
export async function bakedFolder(named: string | undefined): Promise<string | undefined> {
  const folder = named ?? join(here, 'baked');
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return folder;
  if (named === undefined) return undefined;
  const problem = `MODELS_DIR: expected a folder of baked models but received '${named}'`;
  throw new CutlineError('CONFIG_INVALID', { fields: { problems: [problem] } });
}

/**
 * @param folder where baked models lie; without one only the built-in models are there
 * @param list the file that names the known models
 * @param wanted of those the models that are looked for; a service with one stage has no use for all
 * @throws MODEL_INVALID
 */
export async function openRegistry(
  folder?: string,
  list?: string,
  wanted: (row: ManifestRow) => boolean = () => true,
): Promise<Registry> {
  const rows = await readManifest(list);
  const entries = await Promise.all(rows.filter(wanted).map((row) => openRow(row, folder)));
  return createRegistry(
    entries.filter((entry) => entry !== undefined),
    rows,
  );
}

/** A registry over entries that were read already. @param rows all that is known, for aliases and for hints */
export function createRegistry(entries: readonly ModelEntry[], rows: readonly ManifestRow[] = []): Registry {
  const shelf = {
    rows,
    list: (stage: ModelRole): ModelEntry[] => entries.filter(({ card }) => card.stage === stage),
  };
  return {
    ...shelf,
    find: (stage, name) => findModel(shelf, stage, name),
    helper: (id) => findModel(shelf, 'helper', id),
  };
}

/** A row's card and graph; undefined when its card is not there. @throws MODEL_INVALID */
export async function openRow(row: ManifestRow, folder: string | undefined): Promise<ModelEntry | undefined> {
  const base = folderOf(row, folder);
  if (base === undefined) return undefined;
  const text = await readFile(join(base, `${row.file}.json`), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && !row.builtin) return undefined;
      throw invalid(row.id, `card: expected ${row.file}.json to be readable`, error);
    },
  );
  if (text === undefined) return undefined;
  const card = parseCard(row, text);
  checkRuntime(row, card);
  const files = await findGraphFiles(base, row.file).catch((error: unknown) => {
    throw invalid(card.id, 'graph: expected the .onnx file beside the card', error);
  });
  await checkGraph(card, files);
  return { card, graph: files.graph, builtin: row.builtin };
}

/** Where a row's files lie or would lie. */
export function folderOf(row: ManifestRow, folder: string | undefined): string | undefined {
  return row.builtin ? join(here, 'builtin') : folder;
}

function parseCard(row: ManifestRow, text: string): Card {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(row.id, 'card: expected JSON', error);
  }
  const parsed = cardSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw invalid(row.id, `${issue.path.join('.') || 'card'}: ${issue.message}`, parsed.error);
  }
  for (const key of ['id', 'stage'] as const) {
    if (parsed.data[key] === row[key]) continue;
    const received = parsed.data[key];
    throw invalid(row.id, `${key}: expected '${row[key]}' as in the manifest but received '${received}'`);
  }
  return parsed.data;
}

const installed: string = createRequire(import.meta.url)('onnxruntime-node/package.json').version;

/** A graph that was optimised for one version may be refused by another, or be slower, in ways hard to find. */
function checkRuntime({ id, builtin }: ManifestRow, { onnxruntime }: Card): void {
  if (onnxruntime === installed) return;
  const again = builtin ? '' : `; bake it again: npm run bake -- ${id}`;
  throw invalid(
    id,
    `onnxruntime: expected ${installed}, which is installed, but received ${onnxruntime}${again}`,
  );
}

/** Hashing a gigabyte would cost every cold start a second; what ships is small and is checked each time. */
const HASH_UP_TO_BYTES = 16 * 1024 * 1024;

async function checkGraph(card: Card, files: GraphFiles): Promise<void> {
  if (files.bytes !== card.bytes) {
    const where = files.data === undefined ? 'on disk, without external data' : 'on disk, with external data';
    throw invalid(card.id, `bytes: expected ${files.bytes} as ${where}, but received ${card.bytes}`);
  }
  if (card.bytes > HASH_UP_TO_BYTES) return;
  const sha256 = await hashFiles(files);
  if (sha256 !== card.sha256)
    throw invalid(card.id, `sha256: expected ${sha256} as on disk but received ${card.sha256}`);
}

function invalid(model: string, field: string, cause?: unknown): CutlineError {
  return new CutlineError('MODEL_INVALID', { fields: { model, field }, cause });
}
