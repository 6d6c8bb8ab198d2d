// Which models are there: the rows of manifest.json whose card and graph lie beside each other in `builtin/`
// or in a folder of baked models.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { lookNames } from '../functions/effects/looks.ts';
import type { Card, ModelRole, StageName } from '../shared/card.ts';
import { cardSchema, modelRoles } from '../shared/card.ts';
import { CutlineError } from '../shared/errors.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

const rowSchema = z.strictObject({
  id: z.string(),
  stage: z.enum(modelRoles),
  /** File name without extension, in `builtin/` for those that ship, else in the folder of baked models. */
  file: z.string().regex(/^[a-z0-9.-]+$/),
  builtin: z.boolean(),
});

const manifestSchema = z.strictObject({ models: z.array(rowSchema) });

export type ManifestRow = z.infer<typeof rowSchema>;

/** The looks' own table names them; their graphs ship under their names. */
const lookRows = lookNames.map((id): ManifestRow => ({ id, stage: 'effects', file: id, builtin: true }));

export interface ModelEntry {
  readonly card: Card;
  readonly graph: string;
  readonly builtin: boolean;
}

export interface Registry {
  /** In the manifest's order; the first of a stage is its default, so baked models stand before built-in ones. */
  list(stage: ModelRole): readonly ModelEntry[];
  /** @throws MODEL_NOT_FOUND naming those that are there */
  find(stage: StageName, id?: string): ModelEntry;
  /** A helper graph. @throws MODEL_NOT_FOUND */
  helper(id: string): ModelEntry;
}

/**
 * @param folder where baked models lie; without one only the built-in models are there
 * @param list the file that names the known models
 * @throws MODEL_INVALID
 */
export async function openRegistry(
  folder?: string,
  list: string = join(here, 'manifest.json'),
): Promise<Registry> {
  const manifest = manifestSchema.parse(JSON.parse(await readFile(list, 'utf8')));
  const entries = await Promise.all([...manifest.models, ...lookRows].map((row) => openRow(row, folder)));
  return createRegistry(entries.filter((entry) => entry !== undefined));
}

/** A registry over entries that were read already. */
export function createRegistry(entries: readonly ModelEntry[]): Registry {
  const list = (stage: ModelRole): ModelEntry[] => entries.filter(({ card }) => card.stage === stage);
  const findIn = (stage: ModelRole, id: string | undefined): ModelEntry => {
    const available = list(stage);
    const found = id === undefined ? available[0] : available.find(({ card }) => card.id === id);
    if (found) return found;
    throw new CutlineError('MODEL_NOT_FOUND', {
      fields: { stage, model: id ?? '', available: available.map(({ card }) => card.id) },
    });
  };
  return { list, find: findIn, helper: (id) => findIn('helper', id) };
}

async function openRow(row: ManifestRow, folder: string | undefined): Promise<ModelEntry | undefined> {
  const base = row.builtin ? join(here, 'builtin') : folder;
  if (base === undefined) return undefined;
  const path = join(base, `${row.file}.json`);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && !row.builtin) return undefined;
    throw invalid(row.id, `card: expected ${row.file}.json to be readable`, error);
  });
  if (text === undefined) return undefined;
  const card = parseCard(row, text);
  const graph = join(base, `${row.file}.onnx`);
  await checkGraphFile(card, graph);
  return { card, graph, builtin: row.builtin };
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
  if (parsed.data.id !== row.id)
    throw invalid(row.id, `id: expected '${row.id}' as in the manifest but received '${parsed.data.id}'`);
  if (parsed.data.stage !== row.stage) {
    throw invalid(
      row.id,
      `stage: expected '${row.stage}' as in the manifest but received '${parsed.data.stage}'`,
    );
  }
  return parsed.data;
}

/** Hashing a gigabyte would cost every cold start a second; what ships is small and is checked each time. */
const HASH_UP_TO_BYTES = 16 * 1024 * 1024;

async function checkGraphFile(card: Card, graph: string): Promise<void> {
  const found = await stat(graph).catch((error: unknown) => {
    throw invalid(card.id, 'graph: expected the .onnx file beside the card', error);
  });
  if (found.size !== card.bytes)
    throw invalid(card.id, `bytes: expected ${found.size} as on disk but received ${card.bytes}`);
  if (card.bytes > HASH_UP_TO_BYTES) return;
  const sha256 = createHash('sha256')
    .update(await readFile(graph))
    .digest('hex');
  if (sha256 !== card.sha256)
    throw invalid(card.id, `sha256: expected ${sha256} as on disk but received ${card.sha256}`);
}

function invalid(model: string, field: string, cause?: unknown): CutlineError {
  return new CutlineError('MODEL_INVALID', { fields: { model, field }, cause });
}
