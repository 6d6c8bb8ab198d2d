// What the command says at the end, for people: a table, and how to read it.
import { PRINT_DPIS } from '../../shared/print-size.ts';
import type { PhotoReport } from './process-photo.ts';

const steps = ['decode', 'upscale', 'segment', 'refine', 'effects', 'encode', 'total'] as const;

/** One row a photo: size, subject box, largest prints, model, seconds per stage. */
export function reportTable(reports: readonly PhotoReport[]): string {
  const head = ['photo', 'size', 'subject', `cm at ${PRINT_DPIS.join(' / ')} dpi`, 'model', ...steps];
  const rows = reports.map((report) => [
    shorten(report.input),
    ...(report.ok ? success(report) : [`${report.error!.code}: ${report.error!.message}`]),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.filter((row) => row.length > 2).map((row) => row[column]!.length)),
  );
  widths[0] = Math.max(...[head, ...rows].map((row) => row[0]!.length));
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) =>
        column >= head.length - steps.length ? text.padStart(widths[column]!) : text.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}

function success(report: PhotoReport): string[] {
  const { left, top, width, height } = report.subject!;
  const seconds = steps.map((step) => `${((report.timings_ms[step] ?? 0) / 1000).toFixed(2)}s`);
  return [
    `${report.width}×${report.height}`,
    `${width}×${height}+${left}+${top}`,
    (report.largest_prints ?? [])
      .map((print) => `${Math.floor(print.width_cm)}×${Math.floor(print.height_cm)}`)
      .join(' / '),
    report.models.segment,
    ...seconds,
  ];
}

function notesOf({ notes, print_check: check }: PhotoReport): readonly string[] {
  return check ? [...notes, `${check.size} prints at ${check.dpi} dpi: ${check.verdict}`] : notes;
}

function shorten(path: string): string {
  const LONGEST = 32;
  return path.length <= LONGEST ? path : `…${path.slice(1 - LONGEST)}`;
}

/** What follows the table: notes, what the models are, where to look. */
export function closingLines(
  reports: readonly PhotoReport[],
  out: string,
  sheet: string | undefined,
): string[] {
  const failed = reports.filter(({ ok }) => !ok).length;
  const notes = reports.flatMap((report) =>
    notesOf(report).map((note) => `${shorten(report.input)}: ${note}`),
  );
  // One that was not enlarged names fewer.
  const commands = reports.flatMap(({ full_models }) => full_models ?? []);
  const full = commands.sort((a, b) => b.length - a.length)[0];
  return [
    '',
    ...notes,
    ...(full ? [`Made with small preview models. The full ones: ${full}`] : []),
    `${reports.length - failed} of ${reports.length} photos done, in ${out}${sheet ? `; look at ${sheet}` : ''}`,
  ];
}
