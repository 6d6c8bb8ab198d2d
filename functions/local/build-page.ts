// The page's script, bundled: for the image, and for a fresh clone when it starts to serve.
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { pageScript } from '../open-page.ts';

const folder = new URL('../storefront/page/', import.meta.url);

/** @returns the module's text, minified @throws where a source does not compile */
export async function bundlePage(): Promise<Uint8Array> {
  // A tool of those who build: an image does not have it.
  const { build, transform } = await import('esbuild');
  const allLocales = {
    name: 'all-locales',
    setup(builder: import('esbuild').PluginBuild) {
      builder.onResolve({ filter: /^cutline:locales$/ }, ({ path }) => ({ path, namespace: 'cutline' }));
      builder.onLoad({ filter: /./, namespace: 'cutline' }, async () => ({
        contents: JSON.stringify(await readLocales()),
        loader: 'json',
      }));
    },
  };
  const minifyCss = {
    name: 'minify-css',
    setup(builder: import('esbuild').PluginBuild) {
      builder.onLoad({ filter: /\.css$/ }, async ({ path }) => {
        const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true });
        return { contents: code, loader: 'text' };
      });
    },
  };
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('cutline-studio.ts', folder))],
    bundle: true,
    format: 'esm',
    target: ['chrome120', 'safari17.2', 'firefox121'],
    minify: true,
    charset: 'utf8',
    write: false,
    plugins: [minifyCss, allLocales],
    logLevel: 'silent',
  });
  return outputFiles[0]!.contents;
}

/** A language is a file. */
async function readLocales(): Promise<Record<string, unknown>> {
  const names = (await readdir(new URL('locales/', folder))).filter((name) => name.endsWith('.json')).sort();
  const pairs = names.map(async (name) => {
    const text = await readFile(new URL(`locales/${name}`, folder), 'utf8');
    return [name.replace('.json', ''), JSON.parse(text)] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

/** Writes it to where it is served from. @returns its text */
export async function buildPage(): Promise<Uint8Array> {
  const source = await bundlePage();
  await mkdir(new URL('.', pageScript), { recursive: true });
  // Whoever serves meanwhile reads the whole of one or of the other.
  const half = new URL(`.${process.pid}.js`, pageScript);
  await writeFile(half, source);
  await rename(half, pageScript);
  return source;
}

/** Builds it where it is missing or older than its sources, and there is what builds it. */
export async function buildPageIfStale(): Promise<void> {
  const built = await modified(pageScript);
  const names = await readdir(folder, { recursive: true });
  const sources = names.filter((name) => /\.(ts|css|json)$/.test(name) && !name.startsWith('dist'));
  const times = await Promise.all(sources.map((name) => modified(new URL(name, folder))));
  if (times.some((time) => time > built)) await buildPage();
}

/** Milliseconds since 1970; 0 for what is not there. */
async function modified(file: URL): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return 0;
  }
}
