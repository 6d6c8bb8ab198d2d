// Looks at the uploads bucket from time to time, as files bring no notification.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openAnnouncedUploads } from './announced-uploads.ts';
import type { LookOptions } from './look-at-uploads.ts';
import { createUploadsLook } from './look-at-uploads.ts';

export interface WatchOptions extends Omit<LookOptions, 'announced'> {
  /** `<folder>/bus/announced.jsonl` remembers what was announced. */
  readonly folder: string;
  /** From the end of a look to the next one. */
  readonly intervalMs?: number;
}

export interface UploadsWatch {
  start(): Promise<void>;
  /** Resolves when the look that runs has ended. */
  stop(): Promise<void>;
}

const INTERVAL_MS = 500;
/** With many files a look takes long: at most a fifth of the time goes into looking. */
const REST = 4;

export function watchUploads(options: WatchOptions): UploadsWatch {
  const { intervalMs = INTERVAL_MS } = options;
  const ended = new AbortController();
  let running: Promise<void> | undefined;

  async function run(look: () => Promise<void>): Promise<void> {
    while (!ended.signal.aborted) {
      const began = performance.now();
      await look();
      const took = performance.now() - began;
      await sleep(Math.max(intervalMs, REST * took), undefined, { signal: ended.signal }).catch(() => {});
    }
  }

  return {
    async start() {
      const announced = await openAnnouncedUploads(join(options.folder, 'bus', 'announced.jsonl'));
      running = run(createUploadsLook({ ...options, announced }));
    },
    async stop() {
      ended.abort();
      await running;
    },
  };
}
