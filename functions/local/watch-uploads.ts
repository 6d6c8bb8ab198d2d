// Looks at the uploads bucket from time to time, as files bring no notification; what this process itself puts there is
// announced at once.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatUri } from '../../shared/gs-uri.ts';
import type { ObjectInfo } from '../../shared/object-store.ts';
import { createTurns } from '../../shared/transport/turns.ts';
import type { AnnouncedUploads } from './announced-uploads.ts';
import { openAnnouncedUploads } from './announced-uploads.ts';
import type { LookOptions } from './look-at-uploads.ts';
import { announceUpload, createUploadsLook, isUpload } from './look-at-uploads.ts';

export interface WatchOptions extends Omit<LookOptions, 'announced'> {
  /** `<folder>/bus/announced.jsonl` remembers what was announced. */
  readonly folder: string;
  /** From the end of a look to the next one. */
  readonly intervalMs?: number;
}

export interface UploadsWatch {
  start(): Promise<void>;
  /**
   * Announces an object that was just put there whole, where it is an upload, and has the looks know of it. What fails
   * is logged and left to the next look, as is all that comes before the start.
   */
  announce(object: ObjectInfo): Promise<void>;
  /** Resolves when the look that runs has ended. */
  stop(): Promise<void>;
}

const INTERVAL_MS = 500;
/** With many files a look takes long: at most a fifth of the time goes into looking. */
const REST = 4;

/** A look and what is remembered beside it would overtake each other in the file. */
const MEMORY = 'announced';

export function watchUploads(options: WatchOptions): UploadsWatch {
  const { bucket, prefix, log, intervalMs = INTERVAL_MS } = options;
  const ended = new AbortController();
  const inTurn = createTurns();
  let announced: AnnouncedUploads | undefined;
  let running: Promise<void> | undefined;
  /** Announced by us, and not remembered yet. */
  const inHand = new Set<string>();

  async function run(look: () => Promise<void>): Promise<void> {
    while (!ended.signal.aborted) {
      const began = performance.now();
      await inTurn(MEMORY, look);
      const took = performance.now() - began;
      await sleep(Math.max(intervalMs, REST * took), undefined, { signal: ended.signal }).catch(() => {});
    }
  }

  async function remember(object: ObjectInfo, memory: AnnouncedUploads): Promise<void> {
    try {
      await inTurn(MEMORY, () => memory.add([object]));
    } catch (error) {
      log.warning('An announced upload cannot be remembered', { object: object.name, error });
    }
    inHand.delete(formatUri(object));
  }

  return {
    async start() {
      const memory = await openAnnouncedUploads(join(options.folder, 'bus', 'announced.jsonl'));
      const has: AnnouncedUploads['has'] = (object) => inHand.has(formatUri(object)) || memory.has(object);
      running = run(createUploadsLook({ ...options, announced: { ...memory, has } }));
      announced = memory;
    },
    async announce(object) {
      const isOurs = object.bucket === bucket && object.name.startsWith(prefix) && isUpload(object);
      if (!isOurs || !announced || ended.signal.aborted) return;
      inHand.add(formatUri(object));
      try {
        await announceUpload(object, options);
        // The look that runs need not be waited for.
        void remember(object, announced);
      } catch (error) {
        inHand.delete(formatUri(object));
        log.warning('An upload could not be announced; tried again soon', { object: object.name, error });
      }
    },
    async stop() {
      ended.abort();
      await running;
      await inTurn(MEMORY, async () => {});
    },
  };
}
