// `npm run page`: bundles the page's script and those of the Shopify block, and says how large it is.
import { gzipSync } from 'node:zlib';
import { buildPage } from '../functions/local/build-page.ts';
import { writeShopifyAssets } from './shopify-assets.ts';

const source = await buildPage();
await writeShopifyAssets(source);
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
console.log(
  `cutline-studio.js: ${kilobytes(source.byteLength)}, compressed ${kilobytes(gzipSync(source).byteLength)}`,
);
