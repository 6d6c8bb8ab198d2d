// How loaded a service is, in three rungs, and what synchronous work then gets: the brief's ladder. Up after two samples
// that ask for it, down a rung at a time after a calm while, so that it does not swing. Jobs are never degraded.
import type { StageName } from './card.ts';
import type { JobOptions } from './job.ts';

export const loads = ['normal', 'moderate', 'heavy'] as const;
export type Load = (typeof loads)[number];

export interface LoadSample {
  /** How full the queue is, 0–1. */
  readonly queue: number;
  /** Milliseconds by which nine of ten turns of the event loop are late at most. */
  readonly delayMs: number;
  /** Of what the process may hold, 0–1. */
  readonly memory: number;
}

/** One of them reached: the rung is. All of them left: it is not any more. */
interface Rung {
  readonly reach: LoadSample;
  readonly leave: LoadSample;
}

/** Memory is the brief's; leaving lies far enough below that one photo more or less does not decide. */
const rungs: Readonly<Record<Exclude<Load, 'normal'>, Rung>> = {
  moderate: {
    reach: { queue: 0.5, delayMs: 100, memory: 0.8 },
    leave: { queue: 0.25, delayMs: 50, memory: 0.75 },
  },
  heavy: {
    reach: { queue: 0.8, delayMs: 300, memory: 0.85 },
    leave: { queue: 0.5, delayMs: 150, memory: 0.8 },
  },
};

/** Samples, of which a service takes one a second. */
const CLIMB_AFTER = 2;
const CALM_AFTER = 5;

export interface LadderState {
  readonly load: Load;
  /** Samples in a row that asked for more than this. */
  readonly pressed: number;
  /** Samples in a row that would do with less. */
  readonly calm: number;
}

export const atRest: LadderState = { load: 'normal', pressed: 0, calm: 0 };

export function nextRung(state: LadderState, sample: LoadSample): LadderState {
  const { load } = state;
  const asked = reached(sample);
  if (loads.indexOf(asked) > loads.indexOf(load)) {
    const pressed = state.pressed + 1;
    return pressed >= CLIMB_AFTER ? { load: asked, pressed: 0, calm: 0 } : { load, pressed, calm: 0 };
  }
  if (load === 'normal' || !isBelow(sample, rungs[load].leave)) return { load, pressed: 0, calm: 0 };
  const calm = state.calm + 1;
  if (calm < CALM_AFTER) return { load, pressed: 0, calm };
  return { load: load === 'heavy' ? 'moderate' : 'normal', pressed: 0, calm: 0 };
}

function reached(sample: LoadSample): Load {
  const reaches = (rung: Rung): boolean =>
    sample.queue >= rung.reach.queue ||
    sample.delayMs >= rung.reach.delayMs ||
    sample.memory >= rung.reach.memory;
  if (reaches(rungs.heavy)) return 'heavy';
  return reaches(rungs.moderate) ? 'moderate' : 'normal';
}

function isBelow(sample: LoadSample, { queue, delayMs, memory }: LoadSample): boolean {
  return sample.queue < queue && sample.delayMs < delayMs && sample.memory < memory;
}

export function worstOf(given: readonly Load[]): Load {
  return loads[Math.max(0, ...given.map((load) => loads.indexOf(load)))]!;
}

/** Under which a stage says its own with every answer. */
export const LOAD_HEADER = 'X-Load';
/** A stage that has said nothing for so long may have ended since, and its load with it. */
const REPORT_HOLDS_MS = 30_000;

export interface LoadLadder {
  /** Of this process. */
  sample(sample: LoadSample): void;
  /** @param header X-Load as it came; anything else says nothing */
  hear(stage: StageName, header: string | undefined): void;
  /** Of this process alone, as it is said to others. */
  readonly own: Load;
  /** The worst of its own and of what the stages have said lately. */
  readonly load: Load;
}

/** @param now milliseconds that never go back */
export function createLoadLadder(now: () => number): LoadLadder {
  let state = atRest;
  const reports = new Map<StageName, { readonly load: Load; readonly at: number }>();
  return {
    sample(sample) {
      state = nextRung(state, sample);
    },
    hear(stage, header) {
      const load = loads.find((known) => known === header);
      if (load) reports.set(stage, { load, at: now() });
    },
    get own() {
      return state.load;
    },
    get load() {
      const fresh = [...reports.values()].filter(({ at }) => now() - at < REPORT_HOLDS_MS);
      return worstOf([state.load, ...fresh.map(({ load }) => load)]);
    },
  };
}

/** Longest side of what synchronous work enlarges, in pixels: the brief's. */
export const inputLimits: Readonly<Record<Load, number>> = { normal: 2048, moderate: 1536, heavy: 1024 };

export interface UnderLoad {
  readonly options: JobOptions;
  /** What the photo did not get because of the load, for X-Degraded; such a result is not to be cached. */
  readonly degraded: string | undefined;
}

/**
 * What synchronous work is to do at this load. The photo loses only what it would have had at normal load.
 * @param longSide of the photo, in pixels
 */
export function underLoad(options: JobOptions, longSide: number, load: Load): UnderLoad {
  const wished = Math.min(longSide, options.max_dimension ?? longSide, inputLimits.normal);
  const limit = inputLimits[load];
  const refine = options.refine && load !== 'heavy';
  const lost = [
    wished > limit ? [`max_dimension=${limit}`] : [],
    options.refine && !refine ? ['refine=false'] : [],
  ].flat();
  return {
    options: { ...options, refine, max_dimension: Math.min(options.max_dimension ?? limit, limit) },
    degraded: lost.length > 0 ? `${load}; ${lost.join('; ')}` : undefined,
  };
}
