// Writes THIRD_PARTY_NOTICES.md: what is installed with the product, under which licence, with the texts.
//   node tools/notices.ts
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Card } from '../shared/card.ts';
import { cardSchema } from '../shared/card.ts';
import { modelNotices } from './notices-models.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/** The document, from the lock file and the installed packages; the same on every platform. */
export function noticesDocument(): string {
  const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && !dev);
  const rows = shipped.map(([path, entry]) => {
    return `| ${nameOf(path)} | ${entry.version} | ${entry.license ?? licenceInPackage(path)} |`;
  });
  const texts = new Map<string, string[]>();
  // Which binaries are installed depends on the platform, so that their texts stay with them.
  for (const [path] of shipped.filter(([, { optional }]) => !optional)) {
    const text = licenceText(path);
    if (text) texts.set(text, [...(texts.get(text) ?? []), nameOf(path)]);
  }
  return [
    '# Third-party notices',
    '',
    'Made by `npm run notices`. What is installed with Cutline at run time, as the lock file names it. The',
    'libvips binaries (`@img/sharp-libvips-*`) and libheif (`libheif-js`) are under the LGPL and stand as modules',
    'of their own, which anybody may replace. The models and pictures in this repository are part of Cutline (MIT).',
    '',
    '| package | version | licence |',
    '|---|---|---|',
    ...rows,
    '',
    '## What the built-in models learned from',
    '',
    '| model | source | licence |',
    '|---|---|---|',
    ...modelRows(),
    '',
    ...modelNoticeLines(),
    '',
    ...modelNotices(),
    ...[...texts].flatMap(([text, names]) => ['', `## ${names.join(', ')}`, '', '```text', text, '```']),
    '',
  ].join('\n');
}

/** Sources of the models that ship, but our own work. */
function modelRows(): string[] {
  return builtinCards().flatMap(({ id, sources }) =>
    sources
      .filter(({ licence }) => licence !== 'MIT')
      .map(({ what, licence }) => `| ${id} | ${what} | ${licence} |`),
  );
}

/** Whose teaching wants to be named; the text of that licence stands with the models that the bake fetches. */
function modelNoticeLines(): string[] {
  return builtinCards().flatMap(({ id, notice }) =>
    notice === undefined
      ? []
      : [`\`${id}\`: ${notice} The text of the licence stands below, with the models of the same authors.`],
  );
}

function builtinCards(): Card[] {
  const folder = `${root}models/builtin/`;
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => cardSchema.parse(JSON.parse(readFileSync(folder + name, 'utf8'))));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function licenceInPackage(path: string): string {
  const { license } = JSON.parse(readFileSync(`${root}${path}/package.json`, 'utf8'));
  if (license !== undefined) return license;
  return licenceText(path)?.includes(MIT_WORDS) ? 'MIT' : 'see its text';
}

/** How the MIT licence begins, and no other. */
const MIT_WORDS = 'Permission is hereby granted, free of charge, to any person obtaining a copy';

function licenceText(path: string): string | undefined {
  const file = readdirSync(`${root}${path}`).find((name) => /^(licen[cs]e|copying)(\.|$)/i.test(name));
  return (
    file &&
    readFileSync(`${root}${path}/${file}`, 'utf8')
      .replaceAll('\r\n', '\n')
      .replace(/[ \t]+$/gm, '')
      .trim()
  );
}

if (import.meta.main) writeFileSync(`${root}THIRD_PARTY_NOTICES.md`, noticesDocument());
