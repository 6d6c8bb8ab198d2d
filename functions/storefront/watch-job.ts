// A job watched for those who wait: one poller per job and instance, however many listen.
import { createHash } from 'node:crypto';
import type { JobState } from '../../shared/job-state.ts';
import type { Logger } from '../../shared/log.ts';
import type { BatchState } from './batches.ts';

/** What a listener is told. Ids tell states apart, the same in every instance. */
export type JobEvent =
  | { readonly kind: 'state'; readonly id: string; readonly state: JobState | BatchState }
  /** The job was deleted, or there never was one. */
  | { readonly kind: 'gone'; readonly id: 'gone' };

export interface WatchPorts {
  /** Undefined when there is no such job. @throws STORE_UNAVAILABLE */
  readState(job: string): Promise<JobState | BatchState | undefined>;
  /** Calls back once, later; what it returns cancels that. */
  schedule(ms: number, run: () => void): () => void;
  readonly log: Logger;
}

export interface JobWatch {
  /**
   * Tells the state now and at every change, until it has ended.
   * @returns what ends the listening
   */
  listen(job: string, listener: (event: JobEvent) => void): () => void;
  /** Jobs that are looked at. */
  readonly watched: number;
}

/** Changes come quickly at first and while stages end; one who waits long can wait a little longer. */
export const FASTEST_MS = 1000;
export const SLOWEST_MS = 5000;
const SLOWER = 1.25;

interface Watched {
  readonly listeners: Set<(event: JobEvent) => void>;
  last: JobEvent | undefined;
  pause: number;
  cancel: (() => void) | undefined;
}

export function createJobWatch(ports: WatchPorts): JobWatch {
  const jobs = new Map<string, Watched>();

  async function look(job: string, watched: Watched): Promise<void> {
    watched.cancel = undefined;
    try {
      const event = eventOf(await ports.readState(job));
      watched.pause =
        event.id === watched.last?.id ? Math.min(SLOWEST_MS, watched.pause * SLOWER) : FASTEST_MS;
      watched.last = event;
      for (const listener of [...watched.listeners]) listener(event);
      if (isEnd(event)) jobs.delete(job);
    } catch (error) {
      // Who waits goes on waiting: the next look may find the store again.
      ports.log.warning('A watched job cannot be read', { job, error });
      watched.pause = SLOWEST_MS;
    }
    if (jobs.get(job) === watched && watched.listeners.size > 0) plan(job, watched);
  }

  function plan(job: string, watched: Watched): void {
    watched.cancel = ports.schedule(watched.pause, () => void look(job, watched));
  }

  return {
    get watched() {
      return jobs.size;
    },
    listen(job, listener) {
      let watched = jobs.get(job);
      if (watched) {
        watched.listeners.add(listener);
        if (watched.last) listener(watched.last);
      } else {
        watched = { listeners: new Set([listener]), last: undefined, pause: FASTEST_MS, cancel: undefined };
        jobs.set(job, watched);
        void look(job, watched);
      }
      const { listeners } = watched;
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || jobs.get(job)?.listeners !== listeners) return;
        jobs.get(job)?.cancel?.();
        jobs.delete(job);
      };
    },
  };
}

/** After it nothing changes any more but by a redrive, which who waits need not wait for. */
export function isEnd(event: JobEvent): boolean {
  return event.kind === 'gone' || event.state.status === 'completed' || event.state.status === 'failed';
}

function eventOf(state: JobState | BatchState | undefined): JobEvent {
  if (!state) return { kind: 'gone', id: 'gone' };
  // Time alone changes progress and estimate at every look.
  const progress = 'progress' in state ? Math.round(state.progress * 50) : 1;
  const stage = 'stage' in state ? state.stage : '';
  const id = createHash('sha256')
    .update(JSON.stringify([state.status, stage, progress]))
    .digest('hex');
  return { kind: 'state', id: id.slice(0, 16), state };
}
