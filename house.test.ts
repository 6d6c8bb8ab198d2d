// What the house holds to, beyond what the compiler sees: who imports whom, and which names files have.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import test from 'ava';

const root = import.meta.dirname;
const files = filesBelow('', ['.git']);
const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));

/** Help for tests, for authors and for this page: no part of the product, which may not import it. */
const besides =
  /\.test\.ts$|\/testdata\/|^shared\/testing\/|^tools\/|^(bench|deploy|trouble)\/|^models\/(samples|backgrounds)\//;
const product = sources.filter((file) => !besides.test(file));

/** The first that fits counts. 0 knows pixels, 1 ports, 2 libraries and machines, 3 wires. */
const rings: readonly (readonly [pattern: RegExp, ring: 0 | 1 | 2 | 3])[] = [
  [/^functions\/local\//, 3],
  [/^functions\/([^/]+\/index|[^/]+)\.ts$/, 3],
  [/^functions\/storefront\/(routes|page)\//, 2],
  [/^functions\/(ingest|warmup|storefront)\/[^/]+\.ts$/, 1],
  [/^functions\/[^/]+\/[^/]+\.ts$/, 0],
  [/^shared\/image\/(codec|vips|thumbnail|compose|foreign-decoder)\.ts$/, 2],
  [/^shared\/image\//, 0],
  [/^shared\/inference\/(model|card-check)\.ts$/, 1],
  [/^shared\/inference\//, 2],
  [/^shared\/((run|handle)-[a-z-]+|job-records|job-end|job-state|stage-times|result-cache|slots)\.ts$/, 1],
  [/^shared\/transport\//, 2],
  [/^shared\/(config\/.*|config|finish|serve-[a-z]+)\.ts$/, 2],
  [/^shared\/[^/]+\.ts$/, 0],
  [/^models\/(manifest|choose)\.ts$/, 0],
  [/^models\/(registry|graph-files|inventory|inventory-table)\.ts$/, 2],
  [/^models\/(list|bake\/(run|environment))\.ts$/, 3],
  [/^models\/eval\//, 3],
];

/** The one module that may know a package; any may know what is not listed. */
const owners: Readonly<Record<string, string>> = {
  'onnxruntime-node': 'shared/inference/worker.ts',
  sharp: 'shared/image/vips.ts',
  busboy: 'shared/transport/read-multipart.ts',
  'rate-limiter-flexible': 'shared/transport/rate-limit-counters.ts',
  redis: 'shared/transport/rate-limit-counters.ts',
  'heic-decode': 'shared/image/foreign-decoder.ts',
  'bmp-ts': 'shared/image/foreign-decoder.ts',
  'cli-progress': 'functions/local/progress-bar.ts',
  '@google-cloud/storage': 'shared/transport/cloud-storage-client.ts',
  pino: 'shared/transport/pino-log.ts',
  'prom-client': 'shared/transport/prom-metrics.ts',
  'google-auth-library': 'shared/transport/id-token.ts',
};

/** What a pure module may import from outside. */
const pure: Readonly<Record<string, RegExp>> = { zod: /./, 'node:zlib': /^shared\/image\/png-profile\.ts$/ };
const impure =
  /\bprocess\.|\bDate\b|\bperformance\b|\bMath\.random\b|\bfetch\(|\bsetTimeout\b|\bsetInterval\b/;

const importForms: readonly (readonly [source: string, specifiers: string[]])[] = [
  ["import a from 'a';", ['a']],
  ["import type { A } from './a.ts';", ['./a.ts']],
  ["import {\n  a,\n  type B,\n} from './b.ts';", ['./b.ts']],
  ["import './c.ts';", ['./c.ts']],
  ["import * as d from 'd';\nimport e, { f } from 'e';", ['d', 'e']],
  ["export { g } from './g.ts';\nexport * from './h.ts';", ['./g.ts', './h.ts']],
  ["const { i } = await import('i');", ['i']],
  ["new Worker(new URL('./j.ts', import.meta.url))", ['./j.ts']],
  ["type K = import('./k.ts').K;", ['./k.ts']],
  ["// import l from 'l';\n/* import m from 'm' */\nconst n = 'from';", []],
];

for (const [source, specifiers] of importForms) {
  test(`Imports are recognised in ${JSON.stringify(source)}`, (t) => {
    t.deepEqual(importsIn(source), specifiers);
  });
}

test('Every module has its place in a ring', (t) => {
  t.true(product.length > 30);
  t.deepEqual(
    product.filter((file) => ringOf(file) === undefined),
    [],
  );
});

test('A module imports only from its own ring or further in, and never what stands beside the product', (t) => {
  const breaches: string[] = [];
  for (const file of product) {
    for (const imported of importsOf(file).filter((specifier) => specifier.startsWith('.'))) {
      const target = posix.join(dirname(file), imported);
      if (!target.endsWith('.ts')) continue;
      const [from, to] = [ringOf(file), ringOf(target)];
      const breach = to === undefined || from === undefined || to > from || besides.test(target);
      if (breach) breaches.push(`${file} (ring ${from}) imports ${target} (ring ${to})`);
    }
  }
  t.deepEqual(breaches, []);
});

test('What runs in the browser stands on itself, and on what is pure', (t) => {
  const isOfPage = (file: string): boolean => file.startsWith('functions/storefront/page/');
  const ofPage = product.filter(isOfPage);
  t.true(ofPage.length > 0);
  const breaches = ofPage.flatMap((file) =>
    importsOf(file)
      .map((specifier) => (specifier.startsWith('.') ? posix.join(dirname(file), specifier) : specifier))
      .filter((target) => target.endsWith('.ts') && !isOfPage(target) && ringOf(target) !== 0)
      .map((target) => `${file} imports ${target}`),
  );
  t.deepEqual(breaches, []);
});

test('The innermost ring knows no file, no environment, no clock and no chance', (t) => {
  const breaches: string[] = [];
  for (const file of product.filter((file) => ringOf(file) === 0)) {
    for (const specifier of importsOf(file).filter((specifier) => !specifier.startsWith('.')))
      if (!pure[specifier]?.test(file)) breaches.push(`${file} imports ${specifier}`);
    const use = impure.exec(withoutComments(read(file)));
    if (use) breaches.push(`${file} uses ${use[0]}`);
  }
  t.deepEqual(breaches, []);
});

for (const [name, owner] of Object.entries(owners)) {
  test(`Only ${owner} imports ${name}`, (t) => {
    const importers = product.filter((file) => importsOf(file).includes(name));
    t.deepEqual(importers, [owner]);
  });
}

test('Files have kebab-case names that say what they own', (t) => {
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|d))?\.(ts|mjs)$/;
  const named = files.filter((file) => /\.(ts|mjs|js|cjs)$/.test(file));
  t.deepEqual(
    named.filter(
      (file) => !kebab.test(basename(file)) || /^(utils?|helpers?|misc|common)\./.test(basename(file)),
    ),
    [],
  );
});

test('An index.ts is a function’s entry, never a barrel', (t) => {
  const indexes = files.filter((file) => /^index\.(ts|mjs|js)$/.test(basename(file)));
  t.deepEqual(
    indexes.filter((file) => !/^functions\/[^/]+\/index\.ts$/.test(file)),
    [],
  );
  const barrels = product.filter((file) => /^export \*|^export \{[^}]*\} from /m.test(read(file)));
  t.deepEqual(barrels, []);
});

test('No source is longer than a person reads at once', (t) => {
  const MOST_LINES = 260;
  const long = sources
    .filter((file) => !/^models\/(samples|backgrounds)\//.test(file))
    .map((file) => ({ file, lines: read(file).split('\n').length - 1 }));
  t.deepEqual(
    long.filter(({ lines }) => lines > MOST_LINES),
    [],
  );
});

test('Nothing depends on a folder outside the repository or on a package registry’s host', (t) => {
  // Written apart, so that this file does not name what it looks for.
  const outside = new RegExp(`${'\\.\\./'}shared/|/${'work'}/`);
  const host = new RegExp(
    `registry\\.${'npmjs'}|https?://[^/\\s"']*(${['registry', 'artifactory', 'nexus'].join('|')})|"${'resolved'}": "`,
  );
  const breaches: string[] = [];
  for (const file of files.filter((name) =>
    /\.(ts|mjs|json|md|py|txt|tf|ya?ml)$|^\.npmrc$|^\.ci\/|Dockerfile$/.test(name),
  )) {
    const text = withoutImports(file);
    if (file !== '.ci/run' && outside.test(text)) breaches.push(`${file}: ${outside.exec(text)![0]}`);
    if (host.test(text)) breaches.push(`${file}: ${host.exec(text)![0]}`);
  }
  t.deepEqual(breaches, []);
});

function ringOf(file: string): number | undefined {
  return rings.find(([pattern]) => pattern.test(file))?.[1];
}

function importsOf(file: string): string[] {
  return importsIn(read(file));
}

function importsIn(source: string): string[] {
  const forms =
    /^(?:import|export)\b[^'";]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'|\bnew URL\(\s*'([^']+\.ts)'/gm;
  return [...withoutComments(source).matchAll(forms)].map((match) => match.slice(1).find(Boolean)!);
}

function withoutComments(source: string): string {
  return source.replace(/\/\*.*?\*\//gs, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** The text with the imports that lead to a file of this repository taken out. */
function withoutImports(file: string): string {
  return read(file).replace(/'((?:\.\.\/)+[^']+)'/g, (quoted, path: string) =>
    existsSync(join(root, dirname(file), path)) && !join(dirname(file), path).startsWith('..') ? '' : quoted,
  );
}

/** What git ignores is none of ours: folders by their names, there and below. */
function filesBelow(folder: string, above: readonly string[]): string[] {
  const list = posix.join(folder, '.gitignore');
  const own = existsSync(join(root, list)) ? read(list).split('\n') : [];
  const ignored = [...above, ...own.map((line) => line.replace(/\/$/, ''))];
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .filter(({ name }) => !ignored.includes(name))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path, ignored) : [path];
    });
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
