// Owns: the command that makes the background templates: which ones, how big, which files.
// Everything in them is painted by this folder, so the pictures are the project's own.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { templates } from './templates.ts';
import { paintAll } from './threads.ts';

const HELP = `Renders the background templates and templates.json.

  node models/backgrounds/render.ts [options]

  --only NAME    one template (templates.json is left alone)
  --scale S      a smaller, quicker draft, such as 0.25 (default 1)
  --out DIR      where to write (default: beside this file)
  --threads N    worker threads (default 2); the pictures do not depend on it
  --help
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    scale: { type: 'string', default: '1' },
    out: { type: 'string', default: import.meta.dirname },
    threads: { type: 'string', default: '2' },
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
  const wanted = templates.filter((t) => values.only === undefined || t.name === values.only);
  if (!(scale > 0 && scale <= 2) || !(Number.isInteger(threads) && threads > 0) || wanted.length === 0) {
    process.stderr.write(`${HELP}\nKnown templates: ${templates.map((t) => t.name).join(', ')}\n`);
    return 2;
  }
  await mkdir(values.out, { recursive: true });
  const start = performance.now();
  // The rooms at the end of the list take longest, so they go first.
  const requests = wanted.toReversed().map((t) => ({ name: t.name, scale }));
  await paintAll(requests, threads, {
    say: (name, text) => {
      process.stderr.write(`${name}: ${text} (${((performance.now() - start) / 1000).toFixed(1)} s)\n`);
    },
    done: (name, file) => writeFile(join(values.out, `${name}.jpg`), file),
  });
  if (values.only === undefined) {
    const list = templates.map(({ name, title, horizon }) => ({ name, file: `${name}.jpg`, title, horizon }));
    await writeFile(join(values.out, 'templates.json'), `${JSON.stringify({ templates: list }, null, 2)}\n`);
  }
  return 0;
}

process.exitCode = await main();
