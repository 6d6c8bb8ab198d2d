// Which models serve a job: what it names, by id or alias, or else the first of each stage; and of an upscaler that
// denoises, the strength nearest to the one that was asked for.
import type { Card, ModelRole } from '../shared/card.ts';
import { CutlineError } from '../shared/errors.ts';
import type { JobOptions } from '../shared/job.ts';
import type { Job } from '../shared/pipeline.ts';
import type { ManifestRow } from './manifest.ts';
import { namesOf } from './manifest.ts';

interface Present {
  readonly card: Card;
}

/** What is known, and what of it can be had: all that is on disk, or what a service has loaded. */
export interface Shelf<Entry extends Present = Present> {
  /** A service that has loaded some of its models alone gives the rows of those: what it lacks could not be baked. */
  readonly rows: readonly ManifestRow[];
  /** In the order of preference; the first of a stage is its default. */
  list(stage: ModelRole): readonly Entry[];
}

/**
 * A job with its models chosen.
 * @throws MODEL_NOT_FOUND naming those that are there; its message for the log says what could be baked
 */
export function chooseModels(options: JobOptions, shelf: Shelf): Job {
  const { upscaler, note } = chooseUpscaler(options, shelf);
  const model = chooseSegmenter(options, shelf);
  return { ...options, model, upscaler, ...(note !== undefined && { upscaler_note: note }) };
}

/** @returns the id of the segmentation model. @throws MODEL_NOT_FOUND */
export function chooseSegmenter(options: Pick<JobOptions, 'model'>, shelf: Shelf): string {
  return findModel(shelf, 'segment', options.model).card.id;
}

export interface ChosenUpscaler {
  readonly upscaler: string;
  /** What became of the wish for denoising, where it could not be met as it is. */
  readonly note?: string;
}

/** @throws MODEL_NOT_FOUND */
export function chooseUpscaler(
  options: Pick<JobOptions, 'upscaler' | 'denoise'>,
  shelf: Shelf,
): ChosenUpscaler {
  const wish = options.denoise;
  const strengths = wish === undefined ? [] : strengthsOf(options.upscaler, shelf);
  const nearest = strengths.reduce<Strength | undefined>(
    (best, next) => (best && Math.abs(best.denoise - wish!) <= Math.abs(next.denoise - wish!) ? best : next),
    undefined,
  );
  if (nearest) {
    const met = nearest.denoise === wish;
    const note = `denoising of ${wish} was taken as ${nearest.denoise}, the nearest that is there`;
    return { upscaler: nearest.id, ...(!met && { note }) };
  }
  const { id } = findModel(shelf, 'upscale', options.upscaler).card;
  return { upscaler: id, ...(wish !== undefined && { note: withoutEffect(wish, id, shelf) }) };
}

interface Strength {
  readonly id: string;
  readonly denoise: number;
}

/** Those of the upscaler's family that can be had, weakest first, so that of two equally near the weaker is taken. */
function strengthsOf(name: string | undefined, shelf: Shelf): Strength[] {
  const { rows } = shelf;
  const there = shelf.list('upscale').map(({ card }) => card.id);
  const wanted = name ?? there[0] ?? '';
  const family = rows.find((row) => row.stage === 'upscale' && namesOf(row).includes(wanted))?.family;
  return rows
    .filter((row) => family !== undefined && row.family === family && there.includes(row.id))
    .map(({ id, denoise }) => ({ id, denoise: denoise! }))
    .sort((a, b) => a.denoise - b.denoise);
}

function withoutEffect(wish: number, id: string, { rows }: Shelf): string {
  const families = [...new Set(rows.flatMap(({ family }) => family ?? []))];
  return `denoising of ${wish} has no effect with ${id}${families.length > 0 ? `; ${families.join(', ')} has it` : ''}`;
}

/** The model of this id or alias, or the first. @throws MODEL_NOT_FOUND */
export function findModel<Entry extends Present>(
  shelf: Shelf<Entry>,
  stage: ModelRole,
  name?: string,
): Entry {
  const there = shelf.list(stage);
  const row = shelf.rows.find((known) => known.stage === stage && namesOf(known).includes(name ?? ''));
  const id = row?.id ?? name;
  const found = id === undefined ? there[0] : there.find(({ card }) => card.id === id);
  if (found) return found;
  const available = there.map(({ card }) => card.id);
  const error = { fields: { stage, model: name ?? '', available } };
  const hint = bakeHint(row, stage, shelf);
  throw new CutlineError('MODEL_NOT_FOUND', hint === undefined ? error : { ...error, message: hint });
}

/** What is known but not there, and how it is got: for whoever runs the product, not for a caller. */
function bakeHint(row: ManifestRow | undefined, stage: ModelRole, shelf: Shelf): string | undefined {
  const there = new Set(shelf.list(stage).map(({ card }) => card.id));
  const missing = shelf.rows.filter(
    (known) => known.stage === stage && !known.builtin && known.bake && !there.has(known.id),
  );
  if (row && missing.includes(row)) return `${row.id} is known but not baked: npm run bake -- ${row.id}`;
  if (missing.length === 0) return undefined;
  return `known but not baked: ${missing.map(({ id }) => id).join(', ')}; npm run bake -- ID bakes one`;
}
