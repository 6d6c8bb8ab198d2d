// The part of the notices about models that do not ship: what the bake fetches, whose it is, and under which licence.
import { readFileSync } from 'node:fs';
import type { BakedRow } from '../models/manifest.ts';
import { parseManifest } from '../models/manifest.ts';
import { licenceWith } from './notices-licences.ts';

export function modelNotices(): string[] {
  const file = new URL('../models/manifest.json', import.meta.url);
  const rows = parseManifest(JSON.parse(readFileSync(file, 'utf8'))).filter((row) => !row.builtin);
  const texts = new Map<string, string[]>();
  for (const { id, licence = '', notice } of rows) {
    const text = notice === undefined ? undefined : licenceWith(licence, notice);
    if (text !== undefined) texts.set(text, [...(texts.get(text) ?? []), id]);
  }
  return [
    '## Models that `npm run bake` fetches',
    '',
    'They are not in this repository. The command fetches them from where they are published; what it makes of them stays',
    'under their licence and is passed on with their notice. The data sets that they were trained on have terms of their',
    'own, of which these licences do not speak. The text of Apache-2.0 stands below with the packages that are under it.',
    '',
    '| model | project | file | licence | notice |',
    '|---|---|---|---|---|',
    ...rows.map(tableRow),
    ...[...texts].flatMap(([text, ids]) => ['', `### ${ids.join(', ')}`, '', '```text', text, '```']),
  ];
}

function tableRow({ id, project, bake, licence, notice }: BakedRow): string {
  const files = bake?.sources.map(({ url }) => url).join(' ') ?? '';
  return `| ${[id, project ?? '', files, licence ?? '', notice ?? ''].join(' | ')} |`;
}
