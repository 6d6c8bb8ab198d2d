// The table of variables in README.md, made of the variables themselves; `node terraform/testdata/variables-table.ts`
// writes it.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Block, Value } from './read-terraform.ts';
import { blocksOf, readModule, terraformFolder } from './read-terraform.ts';

const file = join(terraformFolder, 'README.md');

/** @param folder below terraform/ */
export async function variablesTable(folder: string): Promise<string> {
  const rows = blocksOf([await readModule(folder)], 'variable').map(row);
  return ['| variable | default | what it means |', '| --- | --- | --- |', ...rows].join('\n');
}

function row({ name, body }: Block): string {
  const fields = [...String(body.type).matchAll(/^\s*(\w+)\s*=\s*optional\(\w+(?:, ([^)]*))?\)$/gm)];
  const inside = fields.map(([, field, value]) => (value ? `${field} = ${value}` : field)).join(', ');
  const fallback = 'default' in body ? `\`${say(body.default ?? null, inside)}\`` : 'required';
  return `| \`${name}\` | ${fallback} | ${String(body.description).replaceAll('|', '\\|')} |`;
}

function say(value: Value, inside: string): string {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  if (isEmpty && inside.includes('=')) return `{ ${inside} }`;
  return JSON.stringify(value);
}

/** What lies between the markers, and with what takes its place. @throws where there are none */
export async function readmeTables(): Promise<{ readonly written: string; readonly made: string }> {
  const written = await readFile(file, 'utf8');
  let made = written;
  for (const folder of ['', 'bootstrap']) {
    const [from, to] = [`<!-- variables ${folder || 'root'} -->`, `<!-- /variables ${folder || 'root'} -->`];
    const [before, rest] = made.split(from);
    const after = rest?.split(to)[1];
    if (before === undefined || after === undefined)
      throw new Error(`Expected ${from} and ${to} in README.md`);
    made = `${before}${from}\n\n${await variablesTable(folder)}\n\n${to}${after}`;
  }
  return { written, made };
}

if (import.meta.main) await writeFile(file, (await readmeTables()).made);
