import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { TableName } from './readme-tables.ts';
import {
  configTable,
  errorTable,
  looksTable,
  modelsTable,
  optionsTable,
  withTables,
  writtenTable,
} from './readme-tables.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

const tables: readonly (readonly [TableName, () => string])[] = [
  ['options', optionsTable],
  ['looks', looksTable],
  ['models', modelsTable],
  ['config', configTable],
  ['errors', errorTable],
];

for (const [name, make] of tables) {
  test(`The README’s table of ${name} is what the source says`, (t) => {
    t.is(writtenTable(readme, name), make(), 'node tools/readme-tables.ts');
  });
}

test('Tables are written between their markers and nowhere else, and a missing marker is an error', (t) => {
  const document =
    'a\n<!-- options -->\nstale row\n<!-- /options -->\nb\n<!-- looks --><!-- /looks --><!-- config --><!-- /config --><!-- models --><!-- /models -->';
  t.throws(() => withTables(document), { message: /errors/ });
  const written = withTables(`${document}<!-- errors --><!-- /errors -->c`);
  t.is(writtenTable(written, 'options'), optionsTable());
  t.true(written.startsWith('a\n<!-- options -->') && written.endsWith('<!-- /errors -->c'));
  t.false(written.includes('stale row'));
  t.is(withTables(written), written);
});

test('The README’s map names what is there', (t) => {
  const map = readme.split('## The map of the house')[1]!.split('\n## ')[0]!;
  const named = [...map.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)]);
  const paths = named.flatMap(([, path]) => expandBraces(path!));
  t.true(paths.length > 10);
  t.deepEqual(
    paths.filter((path) => !existsSync(join(root, path))),
    [],
  );
});

function expandBraces(path: string): string[] {
  const [, before, inside, after] = /^(.*)\{(.*)\}(.*)$/.exec(path) ?? [];
  return inside ? inside.split(',').map((part) => `${before}${part}${after}`) : [path];
}
