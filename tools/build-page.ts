// `npm run page`: bundles the page's script, and says how large it is.
import { gzipSync } from 'node:zlib';
import { buildPage } from '../functions/local/build-page.ts';

const source = await buildPage();
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
console.log(
  `cutline-studio.js: ${kilobytes(source.byteLength)}, compressed ${kilobytes(gzipSync(source).byteLength)}`,
);
