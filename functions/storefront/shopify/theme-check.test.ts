// The block as Shopify's own checker sees it, with the scripts in it that `npm run page` puts there.
import { mkdtempSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { bundleLineItems } from '../../../tools/shopify-assets.ts';
import { looks } from '../../effects/looks.ts';
import { bundlePage } from '../../local/build-page.ts';

interface Checker {
  check(
    root: string,
    config: string,
  ): Promise<readonly { check: string; message: string; uri: string; start: { line: number } }[]>;
}

// It looks for newer rules in the network and keeps them at home, a place that it takes once: those that came with it
// are meant.
const nowhere = mkdtempSync(join(tmpdir(), 'cutline-docs-'));
Object.assign(process.env, { SHOPIFY_TLD_ROOT: nowhere, XDG_CACHE_HOME: nowhere });
test.after.always(() => rm(nowhere, { recursive: true }));

const extension = join(import.meta.dirname, 'extensions/cutline-studio');
const checker = findChecker();
const withChecker = checker ? test : test.skip;
if (!checker)
  test('@shopify/theme-check-node is not installed: the Liquid files are not checked', (t) => t.pass());

function findChecker(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('@shopify/theme-check-node');
  } catch {
    return undefined;
  }
}

/** A copy as it is deployed. */
async function copyOf(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-theme-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await cp(extension, folder, { recursive: true });
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(folder, 'assets/cutline-studio.js'), await bundlePage());
  await writeFile(join(folder, 'assets/cutline-line-items.js'), await bundleLineItems());
  return folder;
}

async function offences(folder: string): Promise<string[]> {
  const { check } = createRequire(import.meta.url)(checker!) as Checker;
  const found = await check(folder, 'theme-check:theme-app-extension');
  return found.map(
    (each) => `${each.check} ${each.uri.split('/').at(-1)}:${each.start.line} ${each.message}`,
  );
}

withChecker('Shopify’s checker finds nothing in the block', async (t) => {
  t.deepEqual(await offences(await copyOf(t)), []);
});

withChecker('What is wrong it finds', async (t) => {
  const folder = await copyOf(t);
  const block = join(folder, 'blocks/cutline-studio.liquid');
  const text = await readFile(block, 'utf8');
  await writeFile(block, text.replace("'studio.open' | t", "'studio.opened' | t").replace('<div', '<dif'));
  await rm(join(folder, 'assets/cutline-studio.js'));
  const names = (await offences(folder)).map((line) => line.split(' ')[0]);
  t.deepEqual(names, ['LiquidHTMLSyntaxError']);
  await writeFile(block, text.replace("'studio.open' | t", "'studio.opened' | t"));
  const others = (await offences(folder)).map((line) => line.split(' ')[0]);
  t.deepEqual(others.toSorted(), ['MissingAsset', 'TranslationKeyExists']);
});

interface Schema {
  readonly settings: readonly { readonly id?: string }[];
}

test('The script that Shopify loads on every product’s page is within its 10 kB', async (t) => {
  t.true((await bundleLineItems()).byteLength < 10_000);
});

test('The block offers every look that there is', async (t) => {
  const text = await readFile(join(extension, 'blocks/cutline-studio.liquid'), 'utf8');
  const schema = JSON.parse(/\{% schema %\}(.*)\{% endschema %\}/s.exec(text)![1]!) as Schema;
  const offered = schema.settings.flatMap(({ id }) => (id?.startsWith('look_') ? [id] : []));
  t.deepEqual(
    offered.toSorted(),
    Object.keys(looks)
      .map((name) => `look_${name.replaceAll('-', '_')}`)
      .toSorted(),
  );
  for (const name of Object.keys(looks)) t.true(text.includes(`',${name}'`), name);
});

test('Every text is there in both languages', async (t) => {
  const keysOf = async (name: string) =>
    keys(JSON.parse(await readFile(join(extension, 'locales', name), 'utf8')));
  t.deepEqual(await keysOf('de.json'), await keysOf('en.default.json'));
  t.deepEqual(await keysOf('de.schema.json'), await keysOf('en.default.schema.json'));
});

function keys(tree: object): string[] {
  return Object.entries(tree).flatMap(([name, inner]) =>
    typeof inner === 'string' ? [name] : keys(inner as object).map((below) => `${name}.${below}`),
  );
}
