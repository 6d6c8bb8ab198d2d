import { gzipSync } from 'node:zlib';
import test from 'ava';
import { bundlePage } from './build-page.ts';

const MOST_BYTES = 40_000;

test('The page’s script is at most 40 kB compressed, speaks every language, and asks nobody else for anything', async (t) => {
  const source = await bundlePage();
  const packed = gzipSync(source, { level: 9 }).byteLength;
  t.log(`${source.byteLength} bytes, ${packed} compressed`);
  t.true(packed <= MOST_BYTES, `${packed}`);
  const text = new TextDecoder().decode(source);
  t.regex(text, /Start with a photo/);
  t.regex(text, /Beginnen Sie mit einem Foto/);
  const hosts = [...text.matchAll(/https?:\/\/[^/"'`\s)]+/g)].map(([host]) => host);
  // The name of SVG's vocabulary, which nobody fetches.
  t.deepEqual(new Set(hosts), new Set(['http://www.w3.org']));
  t.notRegex(text, /\bimport\s*[("']|\beval\(|new Function/);
});
