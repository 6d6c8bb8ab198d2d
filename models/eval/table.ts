// The summary for people: who stands where, beside the brief's figures; agreement where there is no reference; what
// scale gains.
import type { FigureKind } from './figures.ts';
import { allFigures, briefFigures, costFigures, cutFigures, upscaleFigures } from './figures.ts';
import type { Figures } from './metrics/score.ts';
import type { Gain, Standing, Statistic, Summary } from './summary.ts';
import { BRIEF_REMARK } from './summary.ts';

type Kinds = Readonly<Record<string, FigureKind>>;

/** Recall and its like follow from the others; they are in summary.json. */
const LEFT_OUT = new Set(['recall', 'boundary_recall']);

export function evalTable(summary: Summary): string {
  const of = (kind: Standing['kind']): Standing[] =>
    summary.standings.filter((standing) => standing.kind === kind);
  const [cuts, pairs] = [of('cut'), of('pair')];
  const unmeasured = cuts.length > 0 && pairs.length === 0 && !cuts.some(hasReferences);
  const sections = [
    cutTable(cuts),
    unmeasured ? NO_REFERENCE : '',
    folderTable(cuts),
    pairTable(pairs),
    gainTable(summary.gains),
    statisticTable(of('upscale'), { ...upscaleFigures, ...costFigures }),
    errorLines(summary.standings),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

const NO_REFERENCE =
  'No references: X.alpha.png beside X.jpg is one. Without them several models can be held against each other: --models a,b';

function hasReferences({ figures }: Standing): boolean {
  return 'iou' in figures;
}

function cutTable(standings: readonly Standing[]): string {
  const kinds = Object.fromEntries(
    Object.entries({ ...cutFigures, ...costFigures }).filter(([name]) => !LEFT_OUT.has(name)),
  );
  const brief = Object.entries(briefFigures).map(([model, figures]) => [
    `${model} (the brief)`,
    '',
    'mean',
    ...figureCells(kinds, figures),
  ]);
  if (standings.length === 0) return '';
  if (!standings.some(hasReferences)) return statisticTable(standings, costFigures);
  return `${statisticTable(standings, kinds, brief)}\n${BRIEF_REMARK}`;
}

function statisticTable(
  standings: readonly Standing[],
  kinds: Kinds,
  more: readonly (readonly string[])[] = [],
): string {
  if (standings.length === 0) return '';
  const rows = standings.flatMap((standing) =>
    (['mean', 'median', 'worst'] as const).map((which, line) => [
      line === 0 ? nameOf(standing) : '',
      line === 0 ? countOf(standing) : '',
      which,
      ...figureCells(kinds, pick(standing.figures, which)),
    ]),
  );
  return layOut(['model', 'photos', '', ...titles(kinds)], [...rows, ...more], 1);
}

/** Photos measured; of all that were run, where some have no reference. */
function countOf({ photos, figures }: Standing): string {
  const { count } = figures.iou ?? figures.psnr ?? { count: photos };
  return count === photos ? String(photos) : `${count} of ${photos}`;
}

/** Beyond so many folders a table has no room for them. */
const MOST_FOLDERS = 10;

function folderTable(standings: readonly Standing[]): string {
  const compared = standings.flatMap(({ folders = {} }) =>
    Object.entries(folders).filter(([, figures]) => typeof figures.iou === 'number'),
  );
  const folders = [...new Set(compared.map(([folder]) => folder))];
  const measured = standings.filter(hasReferences);
  if (folders.length > MOST_FOLDERS || folders.length === 0 || measured.length === 0) return '';
  const rows = measured.map((standing) => [
    nameOf(standing),
    ...folders.map((folder) => {
      const figures = standing.folders?.[folder];
      const value = figures?.iou;
      return typeof value === 'number' ? `${cutFigures.iou!.write(value)} (${figures!.photos})` : '';
    }),
  ]);
  return layOut(['mean IoU % (photos)', ...folders], rows, 1);
}

function pairTable(standings: readonly Standing[]): string {
  if (standings.length === 0) return '';
  const kinds = { iou: cutFigures.iou!, mae: cutFigures.mae! };
  return `No reference: the models against each other\n${statisticTable(standings, kinds)}`;
}

function gainTable(gains: readonly Gain[]): string {
  if (gains.length === 0) return '';
  const names = [...new Set(gains.flatMap(({ figures }) => Object.keys(figures)))];
  const rows = gains.map((gain) => [
    `${gain.model}${gain.refine ? '' : ', no refine'}, scale ${gain.scale}`,
    String(gain.photos),
    ...names.map((name) => {
      const value = gain.figures[name];
      return typeof value === 'number' ? signed(allFigures[name as keyof typeof allFigures]!, value) : '';
    }),
  ]);
  const heads = names.map((name) => allFigures[name as keyof typeof allFigures]!.title);
  return `What enlarging before the cut changes, against scale 1 (mean of differences; edge: within 1 % of the diagonal)\n${layOut(['model', 'photos', ...heads], rows, 1)}`;
}

function signed(kind: FigureKind, value: number): string {
  const text = kind.write(value);
  if (Number(text) === 0) return kind.write(0);
  return value > 0 ? `+${text}` : text;
}

function errorLines(standings: readonly Standing[]): string {
  return standings
    .flatMap((standing) =>
      Object.entries(standing.errors).map(([code, count]) => `${nameOf(standing)}: ${count} × ${code}`),
    )
    .join('\n');
}

function nameOf({ kind, model, other, scale, refine, jpeg }: Standing): string {
  const options = [
    ...(other === undefined ? [] : [`against ${other}`]),
    ...(kind === 'upscale' || scale !== 1 ? [`scale ${scale}`] : []),
    ...(refine === false ? ['no refine'] : []),
    ...(jpeg ? ['JPEG'] : []),
  ];
  return [model, ...options].join(', ');
}

function pick(figures: Readonly<Record<string, Statistic>>, which: 'mean' | 'median' | 'worst'): Figures {
  return Object.fromEntries(Object.entries(figures).map(([name, statistic]) => [name, statistic[which]]));
}

function titles(kinds: Kinds): string[] {
  return Object.values(kinds).map(({ title }) => title);
}

function figureCells(kinds: Kinds, figures: Figures): string[] {
  return Object.entries(kinds).map(([name, { write }]) => {
    const value = figures[name];
    return typeof value === 'number' ? write(value) : '–';
  });
}

/** @param texts how many columns from the left are words; the others are numbers and stand right */
function layOut(head: readonly string[], rows: readonly (readonly string[])[], texts: number): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, column) => (column < texts ? text.padEnd(widths[column]!) : text.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}
