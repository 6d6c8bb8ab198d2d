// Owns: the command that makes the sample photos: which scenes, how many threads, which
// files. The toys exist nowhere else, so the pictures
// are nobody's property but the project's.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { develop, encodeAlpha, encodeJpeg } from './film.ts';
import { plushScenes } from './plush-jobs.ts';
import { Pool } from './pool.ts';
import { productScenes } from './product-jobs.ts';
import { renderPlush } from './render-plush.ts';
import { renderProduct } from './render-product.ts';

const HELP = `Renders the sample photos.

  node models/samples/render.ts [options]

  --only NAME    one picture: plush-fox, plush-bear or toy-robot
  --scale S      a smaller, quicker draft, such as 0.25 (default 1)
  --out DIR      where to write (default: beside this file)
  --alpha        also write NAME.alpha.png, the subject's true coverage
  --threads N    worker threads (default 3); the pictures do not depend on it
  --help
`;

const SIZE_LIMIT = 298_000;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    scale: { type: 'string', default: '1' },
    out: { type: 'string', default: import.meta.dirname },
    alpha: { type: 'boolean', default: false },
    threads: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const scale = Number(values.scale);
  const threads = Number(values.threads);
  const names = [...Object.keys(plushScenes), ...Object.keys(productScenes)];
  const wanted = values.only === undefined ? names : names.filter((n) => n === values.only);
  if (!(scale > 0 && scale <= 2) || !(Number.isInteger(threads) && threads > 0) || wanted.length === 0) {
    process.stderr.write(`${HELP}\nKnown pictures: ${names.join(', ')}\n`);
    return 2;
  }
  await mkdir(values.out, { recursive: true });
  const pool = new Pool(threads);
  for (const name of wanted) {
    const start = performance.now();
    const say = (text: string): void => {
      process.stderr.write(`${name}: ${text} (${((performance.now() - start) / 1000).toFixed(1)} s)\n`);
    };
    const plush = plushScenes[name];
    const scene = plush ?? productScenes[name]!;
    const width = Math.round(scene.width * scale);
    const height = Math.round(scene.height * scale);
    const result = plush
      ? await renderPlush(plush, width, height, Math.min(1, scale * 1.2), pool, say)
      : await renderProduct(productScenes[name]!, width, height, pool, say);
    const pixels = develop(result.light, width, height, scene.grade);
    const file = await encodeJpeg(pixels, width, height, SIZE_LIMIT);
    await writeFile(join(values.out, `${name}.jpg`), file);
    if (values.alpha)
      await writeFile(join(values.out, `${name}.alpha.png`), await encodeAlpha(result.alpha, width, height));
    say(`${width} x ${height}, ${file.length} bytes`);
  }
  await pool.close();
  return 0;
}

process.exitCode = await main();
