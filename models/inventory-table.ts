// The inventory in words, for people: a table of models, and a line for each verdict on their files.
import type { InventoryLine, Verdict } from './inventory.ts';

const head = ['id', 'stage', 'licence', 'size', 'state', 'precision', 'agreement', 'other names'];
const SIZE_COLUMN = 3;

/** One row a model; below them what is wrong with those that are damaged. */
export function inventoryTable(lines: readonly InventoryLine[]): string {
  const rows = lines.map((line) => [
    line.id,
    line.stage,
    line.licence ?? '',
    sizeText(line.bytes),
    line.preview ? `${line.state} (preview)` : line.state,
    line.precision ?? '',
    agreementText(line.agreement),
    line.aliases.join(', '),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const layOut = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === SIZE_COLUMN ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  const problems = lines.flatMap(({ id, problem }) => (problem === undefined ? [] : [`${id}: ${problem}`]));
  return [
    layOut(head),
    layOut(widths.map((width) => '─'.repeat(width))),
    ...rows.map(layOut),
    ...(problems.length > 0 ? ['', ...problems] : []),
  ].join('\n');
}

export function verdictLine({ id, files, bytes, ok, problem }: Verdict): string {
  const names = files.map((file) => file.split(/[\\/]/).at(-1)).join(', ') || 'no graph';
  return `${ok ? 'ok     ' : 'damaged'}  ${id}  ${names}  ${sizeText(bytes)}${ok ? '' : `  ${problem}`}`;
}

/** In thousands or millions of bytes, as download pages count them. */
export function sizeText(bytes: number | null): string {
  if (bytes === null) return 'unknown';
  if (bytes < 100_000) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;
}

function agreementText(agreement: InventoryLine['agreement']): string {
  const { iou, psnr_db: psnr, max_difference: most } = agreement ?? {};
  return [
    ...(iou === undefined ? [] : [`IoU ${iou.toFixed(4)}`]),
    ...(psnr === undefined ? [] : [`${psnr.toFixed(1)} dB`]),
    ...(most === undefined ? [] : [`${most} ${most === 1 ? 'level' : 'levels'} at most`]),
  ].join(', ');
}
