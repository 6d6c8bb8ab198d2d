// The README's tables from what they document: flags, configuration variables, error codes, models.
//   node tools/readme-tables.ts     writes them between their markers
import { readFileSync, writeFileSync } from 'node:fs';
import { describeParameter, looks } from '../functions/effects/looks.ts';
import { flags, meaningOf, usageOf } from '../functions/local/flags.ts';
import { sizeText } from '../models/inventory-table.ts';
import type { ManifestRow } from '../models/manifest.ts';
import { downloadBytes, parseManifest } from '../models/manifest.ts';
import { cardSchema } from '../shared/card.ts';
import { briefNames } from '../shared/config/brief-names.ts';
import { configVariables } from '../shared/config/variables.ts';
import { errorCatalogue } from '../shared/error-catalogue.ts';

export function optionsTable(): string {
  const rows = flags.map((flag) => [code(usageOf(flag)), meaningOf(flag)]);
  return table(['option', 'what it does'], rows);
}

export function looksTable(): string {
  const rows = Object.entries(looks).map(([name, { title, parameters }]) => [
    code(name),
    title,
    Object.entries(parameters)
      .map(([key, entry]) => `${code(key)} ${entry.help} (${describeParameter(entry)})`)
      .join('; '),
  ]);
  return table(['look', 'what', 'parameters (range, default)'], rows);
}

export function configTable(): string {
  const rows = Object.entries(configVariables).map(([name, { default: fallback, expects, meaning }]) => [
    code(name),
    fallback,
    expects,
    meaning,
  ]);
  const theirs = Object.entries(briefNames).map(([name, sets]) => [code(name), sets]);
  return [
    table(['variable', 'default', 'expected', 'what it means'], rows),
    'These names are read as well; where both are set, the one above wins:',
    table(['variable', 'sets'], theirs),
  ].join('\n\n');
}

export function errorTable(): string {
  const rows = Object.entries(errorCatalogue).map(([name, { status, event, meaning }]) => [
    code(name),
    String(status),
    event,
    meaning,
  ]);
  return table(['code', 'status', 'event', 'when'], rows);
}

/** The models that a caller can choose, in the order of preference. */
export function modelsTable(): string {
  const manifest = JSON.parse(readFileSync(new URL('../models/manifest.json', import.meta.url), 'utf8'));
  const rows = parseManifest(manifest).filter(({ stage }) => stage === 'upscale' || stage === 'segment');
  return table(
    ['model', 'stage', 'what', 'sees', 'licence', 'size'],
    rows.map((row) => {
      const { title, licence, bytes, shapes } = aboutModel(row);
      const names = [row.id, ...(row.aliases ?? [])].map(code).join(' ');
      return [
        names,
        row.stage,
        title,
        shapes.map((shape) => shape.join('×')).join(', '),
        licence,
        sizeText(bytes),
      ];
    }),
  );
}

interface AboutModel {
  readonly title: string;
  readonly licence: string;
  /** On disk, of one that ships; else what has to be fetched. */
  readonly bytes: number | null;
  /** Height × width; none for what goes tile by tile. */
  readonly shapes: readonly (readonly [number, number])[];
}

function aboutModel(row: ManifestRow): AboutModel {
  if (row.builtin) {
    const card = new URL(`../models/builtin/${row.file}.json`, import.meta.url);
    const { title, licence, bytes, shapes = [] } = cardSchema.parse(JSON.parse(readFileSync(card, 'utf8')));
    return { title, licence, bytes, shapes };
  }
  const { title = '', licence = '', bake } = row;
  return { title, licence, bytes: downloadBytes(row), shapes: bake?.shapes ?? [] };
}

const tables = {
  options: optionsTable,
  looks: looksTable,
  config: configTable,
  errors: errorTable,
  models: modelsTable,
};

export type TableName = keyof typeof tables;

/** What stands between a table's markers in a document; undefined when the markers do not. */
export function writtenTable(document: string, name: TableName): string | undefined {
  return between(name).exec(document)?.groups?.table?.trim();
}

/** The document with every table as it should be. @throws Error when a marker is missing */
export function withTables(document: string): string {
  let written = document;
  for (const [name, make] of Object.entries(tables) as [TableName, () => string][]) {
    if (!between(name).test(written))
      throw new Error(`Expected <!-- ${name} --> and <!-- /${name} --> in the document`);
    written = written.replace(between(name), () => `<!-- ${name} -->\n\n${make()}\n\n<!-- /${name} -->`);
  }
  return written;
}

function between(name: TableName): RegExp {
  return new RegExp(`<!-- ${name} -->(?<table>.*?)<!-- /${name} -->`, 's');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

if (import.meta.main) {
  const readme = new URL('../README.md', import.meta.url);
  writeFileSync(readme, withTables(readFileSync(readme, 'utf8')));
}
