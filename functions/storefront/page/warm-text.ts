// What the shopper is told of the engine: never more than was measured.
import type { Engine, Warmth } from './state.ts';

export function engineOf(warmth: Warmth, now: number): Engine {
  if (warmth.status === 'warm') return { kind: 'ready' };
  const { elapsed_ms: elapsed = 0, estimate_ms: estimate } = warmth;
  return { kind: 'starting', since: now, elapsed, estimate };
}

export type EngineText =
  | { readonly key: 'engine.unknown' | 'engine.ready' | 'engine.busy' | 'engine.offline' }
  /** Never measured. */
  | { readonly key: 'engine.starting' }
  | { readonly key: 'engine.startingFor'; readonly seconds: number }
  /** Longer than the last time. */
  | { readonly key: 'engine.startingLong' };

/** @param now milliseconds, of the clock that `since` is of */
export function engineText(engine: Engine, now: number): EngineText {
  if (engine.kind !== 'starting') return { key: `engine.${engine.kind}` };
  if (engine.estimate === null) return { key: 'engine.starting' };
  const left = engine.estimate - engine.elapsed - (now - engine.since);
  if (left <= 0) return { key: 'engine.startingLong' };
  return { key: 'engine.startingFor', seconds: Math.max(1, Math.ceil(left / 1000)) };
}
