// The README's chapters on running it: what they tell one to type and to look for is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { errorCatalogue } from '../shared/error-catalogue.ts';
import { readText, readYaml, root } from './testdata/read-deployment.ts';

const chapters = readText('README.md')
  .split(/^(?=## )/m)
  .filter((chapter) => /^## (On a machine of your own|In the cloud)\n/.test(chapter));
const text = chapters.join('\n');

/** All that the product may say. */
const source = sourcesBelow('functions').concat(sourcesBelow('shared')).join('\n');

test('Both chapters are there', (t) => {
  t.is(chapters.length, 2);
});

test('Every npm script is there', (t) => {
  const { scripts } = JSON.parse(readText('package.json'));
  const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!);
  t.true(named.length > 4);
  t.deepEqual(
    named.filter((name) => !(name in scripts)),
    [],
  );
});

test('Every message that a query looks for is one that the code writes', (t) => {
  const exact = [...text.matchAll(/jsonPayload\.message="([^"]+)"/g)].map(([, message]) => message!);
  t.true(exact.length >= 3);
  t.deepEqual(
    exact.filter((message) => !source.includes(`'${message}'`)),
    [],
  );
  t.true(text.includes('jsonPayload.message=~": ended$"') && source.includes(': ended`'));
  for (const field of ['duration_ms', 'elapsed_ms', 'device', 'outcome', 'model'])
    t.regex(source, new RegExp(`\\b${field}\\b`), field);
});

test('Every error code is in the catalogue', (t) => {
  const codes = [...text.matchAll(/`([A-Z]+_[A-Z_]+|BUSY)`/g)].map(([, code]) => code!);
  const known = new Set([...Object.keys(errorCatalogue), ...settings()]);
  t.deepEqual(
    codes.filter((code) => !known.has(code)),
    [],
  );
});

test('Every substitution is one of cloudbuild.yaml, and every setting of Terraform is there', (t) => {
  const { substitutions } = readYaml('cloudbuild.yaml') as { substitutions: Record<string, string> };
  for (const [, name] of text.matchAll(/(?<![A-Z])(_[A-Z][A-Z_]+)\b/g)) t.true(name! in substitutions, name);
  const terraform = readdirSync(join(root, 'terraform'))
    .filter((file) => file.endsWith('.tf'))
    .map((file) => readText(`terraform/${file}`))
    .join('\n');
  const variables = ['segment_models', 'allowed_origins', 'secrets', 'max_instances', 'work_slots'];
  for (const name of [...variables, 'gpu_quota', 'dashboard_url'])
    t.regex(terraform, new RegExp(`\\b${name}\\b`), name);
});

test('Every file that is named is there', (t) => {
  const named = [
    ...text.matchAll(/(?<![\w./-])((?:terraform|deploy)\/[\w./-]*\w|service\.yaml|compose\.yaml)(?![\w*])/g),
  ];
  const made = new Set(['terraform/terraform.tfvars', 'terraform/images.auto.tfvars.json']);
  const paths = named.map(([, path]) => path!).filter((path) => !made.has(path));
  t.true(paths.length > 5);
  t.deepEqual(
    paths.filter((path) => !existsSync(join(root, path))),
    [],
  );
});

/** Names in capitals that are settings, not codes. */
function settings(): string[] {
  return [...readText('shared/config/variables.ts').matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name!);
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => readFileSync(join(root, folder, path), 'utf8'));
}
