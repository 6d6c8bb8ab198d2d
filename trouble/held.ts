// What a serving process holds, asked of the probe that is loaded into it.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from '../functions/local/testdata/serving.ts';
import { until } from '../shared/testing/until.ts';

export interface Held {
  readonly rss_mb: number;
  /** After the garbage was collected. */
  readonly heap_mb: number;
  /** Outside the heap. */
  readonly buffers_mb: number;
  /** Open file descriptors. */
  readonly files: number;
  readonly threads: number;
  /** That keep the process alive. */
  readonly timers: number;
}

export interface Probe {
  /** For the process to be watched; its temporary files go where they can be counted. */
  readonly env: Readonly<Record<string, string>>;
  held(pid: number): Promise<Held>;
  temporaryFiles(): Promise<number>;
}

export async function openProbe(cleanup: Cleanup): Promise<Probe> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-probe-'));
  const temporary = await mkdtemp(join(tmpdir(), 'cutline-temporary-'));
  for (const made of [folder, temporary])
    cleanup.teardown(() => rm(made, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  let last = 0;
  return {
    env: {
      TROUBLE_PROBE: folder,
      TMPDIR: temporary,
      NODE_OPTIONS: `--import ${new URL('./probe.ts', import.meta.url).href}`,
    },
    async held(pid) {
      process.kill(pid, 'SIGUSR2');
      const answer = async () => {
        process.kill(pid, 0);
        const text = await readFile(join(folder, String(pid)), 'utf8').catch(() => '{"asked":0}');
        const said = JSON.parse(text) as Held & { asked: number };
        return said.asked > last && said;
      };
      const { asked, ...held } = await until(`what ${pid} holds`, answer);
      last = asked;
      return held;
    },
    temporaryFiles: async () => (await readdir(temporary, { recursive: true })).length,
  };
}
