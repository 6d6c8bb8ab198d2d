// From rows to what is said of each contender: mean, median and worst, by folder, and what scale gains.
import type { Contenders, CutContender, UpscaleContender } from './contenders.ts';
import { rivalPairs } from './contenders.ts';
import { allFigures, briefFigures, figuresOf } from './figures.ts';
import type { Figures } from './metrics/score.ts';
import type { Row } from './results.ts';

export interface Statistic {
  /** Photos that have the figure: only those with a reference have most. */
  readonly count: number;
  readonly mean: number;
  readonly median: number;
  readonly worst: number;
  readonly worst_photo: string;
}

export type Statistics = Readonly<Record<string, Statistic>>;

export interface Standing {
  readonly kind: Row['kind'];
  readonly model: string;
  readonly model_sha256: string;
  readonly other?: string;
  readonly scale: number;
  readonly refine?: boolean;
  readonly upscaler?: string | null;
  readonly jpeg?: boolean;
  /** Run without an error, and those in which no subject was found. */
  readonly photos: number;
  /** How many photos ended with which code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly figures: Statistics;
  /** Mean figures by the photos' folder, where there is more than one. */
  readonly folders?: Readonly<Record<string, Figures>>;
}

/** Mean differences to the same model at scale 1, over photos measured at both. */
export interface Gain {
  readonly model: string;
  readonly refine: boolean;
  readonly scale: number;
  readonly photos: number;
  readonly figures: Figures;
}

export interface Summary {
  readonly standings: readonly Standing[];
  readonly gains: readonly Gain[];
  readonly brief: { readonly figures: typeof briefFigures; readonly remark: string };
}

export const BRIEF_REMARK =
  'The brief’s figures are of 1,000 portraits that are not here, and it does not say how it counts edge precision and false positives: compare with care.';

export function summarise(rows: Iterable<Row>, contenders: Contenders): Summary {
  const all = [...rows];
  const { cuts, upscales } = contenders;
  const standings = [
    ...[...cuts, ...upscales].map((contender) => standing(all.filter((row) => isOf(row, contender)))),
    ...rivalPairs(cuts).map(([a, b]) =>
      standing(all.filter((row) => isOf(row, a, 'pair') && row.other === b.model)),
    ),
  ].filter((found) => found !== undefined);
  return { standings, gains: gainsOf(all, cuts), brief: { figures: briefFigures, remark: BRIEF_REMARK } };
}

/** Is this row about the contender? */
export function isOf(
  row: Row,
  contender: CutContender | UpscaleContender,
  kind: Row['kind'] = contender.kind,
): boolean {
  const sameOption = contender.kind === 'cut' ? row.refine === contender.refine : row.jpeg === contender.jpeg;
  return row.kind === kind && row.model === contender.model && row.scale === contender.scale && sameOption;
}

function standing(rows: readonly Row[]): Standing | undefined {
  const [first] = rows;
  if (!first) return undefined;
  const { kind, model, model_sha256, other, scale, refine, upscaler, jpeg } = first;
  const errors: Record<string, number> = {};
  for (const { error } of rows) if (error) errors[error.code] = (errors[error.code] ?? 0) + 1;
  const measured = rows.filter((row) => Object.keys(figuresOf(row)).length > 0);
  const folders = byFolder(measured);
  return {
    kind,
    model,
    model_sha256,
    ...(other !== undefined && { other }),
    scale,
    ...(refine !== undefined && { refine }),
    ...(upscaler !== undefined && { upscaler }),
    ...(jpeg !== undefined && { jpeg }),
    photos: measured.length,
    errors,
    figures: statisticsOf(measured),
    ...(folders.size > 1 && {
      folders: Object.fromEntries([...folders].map(([name, part]) => [name, meansOf(part)])),
    }),
  };
}

function byFolder(rows: readonly Row[]): Map<string, Row[]> {
  const folders = new Map<string, Row[]>();
  for (const row of rows) {
    const folder = row.photo.split('/').slice(0, -1).join('/') || '.';
    const part = folders.get(folder);
    if (part) part.push(row);
    else folders.set(folder, [row]);
  }
  return folders;
}

function statisticsOf(rows: readonly Row[]): Statistics {
  const statistics: Record<string, Statistic> = {};
  for (const [name, { better }] of Object.entries(allFigures)) {
    const values = valuesOf(rows, name).sort((a, b) => a.value - b.value);
    const worst = better === 'high' ? values[0] : values.at(-1);
    if (!worst) continue;
    const half = values.length >> 1;
    const [upper, lower] = [values[half]!.value, values[values.length - 1 - half]!.value];
    statistics[name] = {
      count: values.length,
      mean: mean(values.map(({ value }) => value)),
      median: (lower + upper) / 2,
      worst: worst.value,
      worst_photo: worst.photo,
    };
  }
  return statistics;
}

function meansOf(rows: readonly Row[]): Figures {
  const names = Object.keys(allFigures).filter((name) => valuesOf(rows, name).length > 0);
  const means = names.map((name) => [name, mean(valuesOf(rows, name).map(({ value }) => value))]);
  return { photos: rows.length, ...Object.fromEntries(means) };
}

function valuesOf(rows: readonly Row[], name: string): { value: number; photo: string }[] {
  return rows.flatMap((row) => {
    const value = figuresOf(row)[name];
    return typeof value === 'number' ? [{ value, photo: row.photo }] : [];
  });
}

const GAINED = ['iou', 'edge_iou', 'edge_mae', 'boundary_f', 'gradient', 'mae', 'seconds'];

function gainsOf(rows: readonly Row[], cuts: readonly CutContender[]): Gain[] {
  return cuts
    .filter(({ scale }) => scale > 1)
    .flatMap((contender): Gain[] => {
      const plain = new Map(
        rows.filter((row) => isOf(row, { ...contender, scale: 1 })).map((row) => [row.photo, figuresOf(row)]),
      );
      const both = rows.filter((row) => isOf(row, contender) && plain.has(row.photo));
      const differences = GAINED.map(
        (name) =>
          [
            name,
            both.flatMap((row) => difference(figuresOf(row)[name], plain.get(row.photo)![name])),
          ] as const,
      ).filter(([, values]) => values.length > 0);
      if (differences.length === 0) return [];
      const { model, refine, scale } = contender;
      const figures = Object.fromEntries(differences.map(([name, values]) => [name, mean(values)]));
      return [{ model, refine, scale, photos: differences[0]![1].length, figures }];
    });
}

function difference(a: number | null | undefined, b: number | null | undefined): number[] {
  return typeof a === 'number' && typeof b === 'number' ? [a - b] : [];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
