// The scripts of the Shopify block, as `npm run page` puts them into its assets.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = new URL('../functions/storefront/', import.meta.url);
const assets = new URL('shopify/extensions/cutline-studio/assets/', root);

/** Shopify loads it as a plain script: nothing of it is seen by the theme's own. */
export async function bundleLineItems(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page/line-items.ts', root))],
    format: 'iife',
    bundle: true,
    target: ['chrome120', 'safari17.2', 'firefox121'],
    minify: true,
    charset: 'utf8',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.contents;
}

/** @param studio the element's module, as `buildPage` made it */
export async function writeShopifyAssets(studio: Uint8Array): Promise<void> {
  // Git keeps no empty folder.
  await mkdir(assets, { recursive: true });
  await writeFile(new URL('cutline-studio.js', assets), studio);
  await writeFile(new URL('cutline-line-items.js', assets), await bundleLineItems());
}
