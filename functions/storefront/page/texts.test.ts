import { readdir, readFile } from 'node:fs/promises';
import test from 'ava';
import { errorCatalogue } from '../../../shared/error-catalogue.ts';
import type { Locales } from './texts.ts';
import { createTexts } from './texts.ts';

const folder = new URL('locales/', import.meta.url);
const files = await readdir(folder);
const locales: Locales = Object.fromEntries(
  await Promise.all(
    files.map(async (file) => [
      file.replace('.json', ''),
      JSON.parse(await readFile(new URL(file, folder), 'utf8')) as Record<string, string>,
    ]),
  ),
);

for (const lang of Object.keys(locales))
  test(`'${lang}' has the words that English has, with the same holes`, (t) => {
    const holes = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
    t.deepEqual(Object.keys(locales[lang]!).sort(), Object.keys(locales.en!).sort());
    for (const [key, text] of Object.entries(locales[lang]!))
      t.deepEqual(holes(text), holes(locales.en![key]!), key);
  });

test('Every word that the page asks for by name is there', async (t) => {
  const sources = (await readdir(new URL('.', import.meta.url))).filter((name) =>
    /^(?!.*\.test).*\.ts$/.test(name),
  );
  const texts = await Promise.all(sources.map((name) => readFile(new URL(name, import.meta.url), 'utf8')));
  const asked = texts.flatMap((text) => [...text.matchAll(/texts\(\s*'([^']+)'/g)].map(([, key]) => key!));
  t.true(asked.length > 40);
  t.deepEqual(
    asked.filter((key) => !Object.hasOwn(locales.en!, key)),
    [],
  );
});

test('The shopper’s first language that is there is spoken, else English', (t) => {
  t.is(createTexts(['de-AT', 'en'], locales).lang, 'de');
  t.is(createTexts(['xx', 'de'], locales).lang, 'de');
  t.is(createTexts(['xx'], locales).lang, 'en');
  t.is(createTexts([], locales).lang, 'en');
});

test('A language that is written from right to left says so', (t) => {
  t.is(createTexts(['ar'], { ...locales, ar: {} }).dir, 'rtl');
  t.is(createTexts(['ar'], { ...locales, ar: {} })('download'), 'Download');
  t.is(createTexts(['de'], locales).dir, 'ltr');
});

test('Numbers, bytes and times are written as in the region', (t) => {
  const [en, de] = [createTexts(['en-US'], locales), createTexts(['de-DE'], locales)];
  t.is(en.bytes(10 * 1024 * 1024), '10 MB');
  t.is(de.bytes(1.5 * 1024 * 1024), '1,5 MB');
  t.is(en.bytes(2048), '2 kB');
  t.is(en.time(11_200), '12 sec');
  t.is(en.time(180_000), '3 min');
  t.is(de('details.pixels', { width: 2400, height: 3000 }), '2.400 × 3.000 Pixel');
});

test('A problem is said with its numbers, or without where there are none', (t) => {
  const en = createTexts(['en'], locales);
  const fields = { width: 30, height: 40, min_side: 64 };
  t.is(
    en.problem({ code: 'IMAGE_TOO_SMALL', fields }),
    'This photo has 30 × 40 pixels. At least 64 × 64 are needed.',
  );
  t.is(en.problem({ code: 'IMAGE_TOO_SMALL' }), 'This photo has too few pixels.');
  t.is(
    en.problem({ code: 'FILE_TOO_LARGE', fields: { bytes: 12 * 1024 * 1024, max_bytes: 10 * 1024 * 1024 } }),
    'This file has 12 MB. At most 10 MB are taken.',
  );
});

test('Whatever the service can end in is said in whole sentences', (t) => {
  for (const lang of Object.keys(locales)) {
    const texts = createTexts([lang], locales);
    for (const code of Object.keys(errorCatalogue))
      t.regex(texts.problem({ code }), /^[A-ZÄÖÜ][^{}]+[.?!]$/, code);
  }
});
