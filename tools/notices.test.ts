import { readFileSync } from 'node:fs';
import test from 'ava';
import { parseManifest } from '../models/manifest.ts';
import { noticesDocument } from './notices.ts';

const written = readFileSync(new URL('../THIRD_PARTY_NOTICES.md', import.meta.url), 'utf8');

test('the notices are those of the packages in the lock file', (t) => {
  t.is(written, noticesDocument(), 'npm run notices');
});

test('no package has a licence that the product may not take', (t) => {
  const packages = written.split('## What the built-in models learned from')[0]!;
  const rows = [...packages.matchAll(/^\| (?<name>[^|]+) \| [^|]+ \| (?<licence>[^|]+) \|$/gm)].slice(2);
  t.true(rows.length > 10);
  for (const { groups } of rows) {
    const { name, licence } = groups as { name: string; licence: string };
    t.regex(licence, allowed(name), name);
  }
});

function allowed(name: string): RegExp {
  if (name === 'libheif-js' || name.startsWith('@img/sharp-')) return /LGPL|Apache|MIT/;
  // Lists of names without code, which functions-framework brings along.
  if (name.startsWith('spdx-')) return /CC-BY-3\.0|CC0-1\.0|MIT|Apache/;
  return /^\(?(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD)\b/;
}

test('the data that a built-in model learned from is named with its licence', (t) => {
  t.regex(written, /^\| builtin\/segment \| .*Caltech-101.* \| CC BY 4\.0 \|$/m);
});

test('whose network taught a built-in model is named, and its licence stands there', (t) => {
  const line = written.split('\n').find((text) => text.startsWith('`builtin/upscale`: ')) ?? '';
  const notice = 'Copyright (c) 2021, Xintao Wang. All rights reserved.';
  t.true(line.includes(notice) && line.includes('BSD-3-Clause'), line);
  const text = written.split('```text\n').find((part) => part.includes(`\n${notice}\n`)) ?? '';
  t.regex(text, /^BSD 3-Clause License/);
  t.regex(text, /Neither the name of the copyright holder/);
});

const manifest = JSON.parse(readFileSync(new URL('../models/manifest.json', import.meta.url), 'utf8'));
const fetched = parseManifest(manifest).filter((row) => !row.builtin);
const section = written.split('## Models that `npm run bake` fetches\n')[1]!.split('\n## ')[0]!;

test('every model that is fetched is named with its source and its licence', (t) => {
  t.true(fetched.length > 10);
  for (const { id, licence, bake } of fetched) {
    const line = section.split('\n').find((text) => text.startsWith(`| ${id} | `)) ?? '';
    t.true(line.includes(` | ${licence} | `), id);
    for (const { url } of bake!.sources) t.true(line.includes(url), url);
  }
});

test('a licence that wants to be repeated stands there with the name of whom the model belongs to', (t) => {
  const texts = section.split('\n### ').slice(1);
  for (const { id, licence, notice } of fetched.filter((row) => row.licence !== 'Apache-2.0')) {
    const text = texts.find((part) => part.split('\n')[0]!.split(', ').includes(id)) ?? '';
    t.true(text.includes(`\n${notice}\n`), id);
    t.true(text.includes(licence === 'MIT' ? 'Permission is hereby granted' : 'Neither the name of'), id);
  }
  t.regex(written.split(section)[1]!, /Apache License\s+Version 2\.0/);
});
