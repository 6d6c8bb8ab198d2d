// Whether the stages are warm, as far as is known without asking them, which would wake a GPU; and the wish that they be
// warmed, which is passed on once for many who have it at the same time, and only so often a day.
import { z } from 'zod';
import type { StageName } from '../../shared/card.ts';
import { CutlineError } from '../../shared/errors.ts';
import { toJson } from '../../shared/job-records.ts';
import { SCHEMA } from '../../shared/message.ts';
import type { ObjectStore } from '../../shared/object-store.ts';
import type { Publisher } from '../../shared/publisher.ts';
import type { WarmRecord } from '../../shared/records.ts';
import { paths, warmRecordSchema } from '../../shared/records.ts';
import { claimWarmup, readState, SOON_MS } from './warmup-budget.ts';

export interface WarmthPorts {
  /** All of the pipeline. */
  readonly stages: readonly StageName[];
  readonly store: Pick<ObjectStore, 'read' | 'write' | 'writeIfAbsent' | 'list' | 'delete'>;
  readonly resultsBucket: string;
  readonly publisher: Publisher;
  readonly budgetPerDay: number;
  /** Of a stage in this very process: whether it is ready. */
  isReady?(stage: StageName): boolean;
  /** Milliseconds since 1970. */
  now(): number;
}

/** `estimate_ms`: what its last start took; null where none was measured. */
export type StageWarmth =
  | { readonly status: 'warm'; readonly last_seen: string }
  | { readonly status: 'starting'; readonly elapsed_ms: number; readonly estimate_ms: number | null }
  | { readonly status: 'cold'; readonly estimate_ms: number | null };

export interface Warmth {
  /** `warm` when all are, `starting` when one is on its way, else `cold`. */
  readonly status: StageWarmth['status'];
  /** Since the start was asked for; only of `starting`. */
  readonly elapsed_ms?: number;
  /** Of the slowest that is not warm; null where one of them was never measured, or all are warm. */
  readonly estimate_ms: number | null;
  readonly stages: Readonly<Partial<Record<StageName, StageWarmth>>>;
}

export interface StageWarmths {
  /** @throws STORE_UNAVAILABLE */
  look(): Promise<Warmth>;
  /**
   * Wishes the stages warm, and does not wait for it.
   * @throws QUOTA_EXCEEDED when the day's budget is used up and one is cold; PUBLISH_FAILED, STORE_UNAVAILABLE
   */
  requestWarmup(): Promise<Warmth>;
  /** These have just worked. */
  noteWork(stages: readonly StageName[]): void;
}

/** Cloud Run keeps an idle GPU instance for ten minutes at most. */
const STAYS_WARM_MS = 10 * 60 * 1000;
/** One that has been idle for longer is soon gone: who wants it warm now needs it for minutes to come. */
const FRESH_MS = 5 * 60 * 1000;
/** A warm-up gives up after four minutes. */
const LONGEST_START_MS = 4 * 60 * 1000;
/** By which two instances' clocks may differ. */
const CLOCKS_MS = 5000;
const MAX_BYTES = 64 * 1024;
const REQUESTED = 'ops/warm/requested.json';

const requestedSchema = z.object({
  at: z.iso.datetime(),
  /** Which of its day it was, from 1. */
  number: z.int().positive(),
});
type Requested = z.output<typeof requestedSchema>;

interface Known {
  readonly requested: Requested | undefined;
  readonly records: ReadonlyMap<StageName, WarmRecord>;
}

export function createWarmth(ports: WarmthPorts): StageWarmths {
  const { stages, store, resultsBucket: bucket, now } = ports;
  const worked = new Map<StageName, number>();
  let requesting: Promise<Warmth> | undefined;

  async function read<Schema extends z.ZodType>(name: string, schema: Schema) {
    const found = await store.read({ bucket, name }, MAX_BYTES);
    return found && readState(found.data, schema);
  }

  async function know(): Promise<Known> {
    const [requested, ...records] = await Promise.all([
      read(REQUESTED, requestedSchema),
      ...stages.map((stage) => read(paths.warm(stage), warmRecordSchema)),
    ]);
    const pairs = stages.map((stage, index) => [stage, records[index]] as const);
    return {
      requested,
      records: new Map(pairs.filter((pair): pair is [StageName, WarmRecord] => pair[1] !== undefined)),
    };
  }

  /** When it was last known to be warm. */
  function lastSeen(stage: StageName, { records }: Known): number {
    if (ports.isReady?.(stage)) return now();
    return Math.max(worked.get(stage) ?? 0, Date.parse(records.get(stage)?.ready ?? '1970-01-01'));
  }

  /** Asked for, and no word yet of how it ended. */
  function isStarting(stage: StageName, { requested, records }: Known): boolean {
    if (!requested) return false;
    const at = Date.parse(requested.at);
    const record = records.get(stage);
    const hasEnded = record !== undefined && Date.parse(record.started) >= at - CLOCKS_MS;
    return !hasEnded && now() - at < LONGEST_START_MS;
  }

  function describe(known: Known): Warmth {
    const of = (stage: StageName): StageWarmth => {
      const seen = lastSeen(stage, known);
      if (now() - seen < STAYS_WARM_MS)
        return { status: 'warm', last_seen: new Date(Math.min(seen, now())).toISOString() };
      const record = known.records.get(stage);
      const estimate_ms = record?.ready ? record.measured_ms : null;
      if (!known.requested || !isStarting(stage, known)) return { status: 'cold', estimate_ms };
      const elapsed_ms = Math.max(0, now() - Date.parse(known.requested.at));
      return { status: 'starting', elapsed_ms, estimate_ms };
    };
    return overall(Object.fromEntries(stages.map((stage) => [stage, of(stage)])));
  }

  async function request(): Promise<Warmth> {
    const known = await know();
    const isFresh = stages.every((stage) => now() - lastSeen(stage, known) < FRESH_MS);
    const since = known.requested ? now() - Date.parse(known.requested.at) : Infinity;
    if (isFresh || since < SOON_MS || stages.some((stage) => isStarting(stage, known)))
      return describe(known);
    const warmth = describe(known);
    const claim = await claimWarmup(known.requested, { ...ports, bucket }).catch((error: unknown) => {
      // As long as all are still warm there is nothing to regret.
      if (warmth.status === 'warm' && error instanceof CutlineError && error.code === 'QUOTA_EXCEEDED')
        return undefined;
      throw error;
    });
    if (!claim) return warmth;
    const requested: Requested = { at: claim.at, number: claim.number };
    if (claim.isOurs) {
      try {
        await ports.publisher.publish('warmup', { schema: SCHEMA, requested: claim.at });
      } catch (error) {
        await claim.giveUp().catch(() => {});
        throw error;
      }
      const object = { bucket, name: REQUESTED };
      // Not written, the claim itself says the same to all who come within the minute.
      await store.write(object, toJson(requested), { contentType: 'application/json' }).catch(() => {});
    }
    return describe({ ...known, requested });
  }

  return {
    look: async () => describe(await know()),
    requestWarmup() {
      requesting ??= request().finally(() => {
        requesting = undefined;
      });
      return requesting;
    },
    noteWork(done) {
      for (const stage of done) worked.set(stage, now());
    },
  };
}

function overall(stages: Readonly<Partial<Record<StageName, StageWarmth>>>): Warmth {
  const all = Object.values(stages);
  const waited = all.filter((stage) => stage.status !== 'warm');
  const estimates = waited.map(({ estimate_ms }) => estimate_ms);
  const known = estimates.filter((estimate) => estimate !== null);
  const estimate_ms = known.length > 0 && known.length === estimates.length ? Math.max(...known) : null;
  const elapsed = waited.filter((stage) => stage.status === 'starting').map(({ elapsed_ms }) => elapsed_ms);
  if (elapsed.length > 0)
    return { status: 'starting', elapsed_ms: Math.max(...elapsed), estimate_ms, stages };
  return { status: waited.length === 0 ? 'warm' : 'cold', estimate_ms, stages };
}
