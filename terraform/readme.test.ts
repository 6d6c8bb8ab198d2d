import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { terraformFolder } from './testdata/read-terraform.ts';
import { readmeTables } from './testdata/variables-table.ts';

test('The README’s tables of variables are what the variables say of themselves', async (t) => {
  const { written, made } = await readmeTables();
  t.is(written, made, 'node terraform/testdata/variables-table.ts');
  t.true(written.split('\n').length > 50);
});

test('The README’s map names what is there', async (t) => {
  const { written } = await readmeTables();
  const map = written.split('## Variables')[0]!;
  const paths = [...map.matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, cell]) => [
    ...cell!.matchAll(/`([^`]+)`/g),
  ]);
  t.true(paths.length > 10);
  for (const [, path] of paths) t.true(existsSync(join(terraformFolder, path!)), path);
});
