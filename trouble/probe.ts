// Preloaded into the process that serves (NODE_OPTIONS=--import): at SIGUSR2 it writes down what it holds.
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Held } from './held.ts';

const folder = process.env.TROUBLE_PROBE;
if (folder !== undefined) listen(folder);

function listen(folder: string): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let asked = 0;
  process.on('SIGUSR2', () => {
    // Twice: what the first round lets go may hold more.
    collect();
    collect();
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const path = join(folder, String(process.pid));
    const files = count('/proc/self/fd');
    const threads = count('/proc/self/task');
    const held: Held & { asked: number } = {
      ...{ rss_mb: mb(rss), heap_mb: mb(heapUsed), buffers_mb: mb(arrayBuffers) },
      ...{ files, threads, timers, asked: ++asked },
    };
    writeFileSync(`${path}.new`, JSON.stringify(held));
    renameSync(`${path}.new`, path);
  });
}

/** Linux tells it; elsewhere nothing is counted. */
function count(place: string): number {
  try {
    return readdirSync(place).length;
  } catch {
    return 0;
  }
}

function mb(bytes: number): number {
  return Math.round((bytes / 1024 / 1024) * 10) / 10;
}
