// The port to the measurements that /metrics and /health show.
import type { StageName } from './card.ts';
import type { ErrorCode } from './error-catalogue.ts';

/** `retried` and `failed` tries have an error's code. */
export type TryOutcome = 'completed' | 'cached' | 'retried' | 'failed';

export interface Metrics {
  /** A stage's work on one photo ended. */
  stageEnded(stage: StageName, outcome: TryOutcome, seconds: number, code?: ErrorCode): void;
  /** One step of it: read, decode, the stage's own steps, encode, write. */
  step(stage: StageName, step: string, seconds: number): void;
  /** One run of a graph, the wait for the device left out. */
  modelRan(model: string, seconds: number): void;
  bytes(direction: 'read' | 'written', stage: StageName, bytes: number): void;
  /** How many wait for a slot, and how many have one. */
  queue(waiting: number, working: number): void;
}

/** What /health says, from the same measurements. */
export interface HealthFigures {
  readonly requests_last_hour: number;
  readonly errors_last_hour: number;
  /** Null before the first request. */
  readonly latency_ms: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  readonly queue_depth: number;
  /** 0–1 of the tries since the start; null before the first. */
  readonly upscaler_success_rate: number | null;
}
