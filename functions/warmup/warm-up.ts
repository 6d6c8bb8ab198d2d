// All stages warmed at once, waited for, and what each took written down.
import type { StageName } from '../../shared/card.ts';
import type { ErrorCode } from '../../shared/error-catalogue.ts';
import { CutlineError, publicError, toCutlineError } from '../../shared/errors.ts';
import { toJson } from '../../shared/job-records.ts';
import type { Logger } from '../../shared/log.ts';
import type { ObjectStore } from '../../shared/object-store.ts';
import type { PushAnswer, PushHandler } from '../../shared/push.ts';
import type { WarmRecord } from '../../shared/records.ts';
import { paths } from '../../shared/records.ts';
import type { StageRunner, WarmAnswer } from '../../shared/stage-runner.ts';

export interface WarmupPorts {
  readonly stages: readonly StageName[];
  readonly runner: Pick<StageRunner, 'warmUp'>;
  readonly store: Pick<ObjectStore, 'write'>;
  readonly resultsBucket: string;
  /** Milliseconds since 1970. */
  now(): number;
  readonly log: Logger;
  /** How long a stage may take. */
  readonly timeoutMs: number;
}

export type StageWarmth =
  | ({ readonly status: 'ready' } & Pick<WarmAnswer, 'was_cold' | 'total_ms' | 'device' | 'model'>)
  | { readonly status: 'failed'; readonly error_code: ErrorCode };

export interface Warmth {
  /** `partial`: at least one stage is not ready. */
  readonly status: 'ready' | 'partial';
  readonly stages: Readonly<Partial<Record<StageName, StageWarmth>>>;
}

export interface Warmup {
  /** Calls that overlap are one. @throws STORE_UNAVAILABLE when a measurement could not be written, all stages done */
  warm(): Promise<Warmth>;
  /** For Cloud Scheduler or a person: 200 when all are ready. */
  request(): Promise<PushAnswer>;
  /** A message on `warmup`: a stage that does not become ready is no reason to deliver it again. */
  readonly push: PushHandler;
}

export function createWarmup(ports: WarmupPorts): Warmup {
  let running: Promise<Warmth> | undefined;
  const warm = (): Promise<Warmth> => {
    running ??= warmAll(ports).finally(() => {
      running = undefined;
    });
    return running;
  };
  const answer = async (statusOf: (warmth: Warmth) => PushAnswer): Promise<PushAnswer> => {
    try {
      return statusOf(await warm());
    } catch (thrown) {
      const error = toCutlineError(thrown);
      ports.log.error('The warm-up could not be recorded', { error });
      return { status: error.status, body: publicError(error) };
    }
  };
  return {
    warm,
    request: () => answer((warmth) => ({ status: warmth.status === 'ready' ? 200 : 503, body: warmth })),
    push: () => answer(() => ({ status: 204 })),
  };
}

async function warmAll(ports: WarmupPorts): Promise<Warmth> {
  const warmed = await Promise.all(
    ports.stages.map(async (stage) => {
      const { record, warmth } = await warmStage(stage, ports);
      // All are waited for, also when one cannot be written down.
      const [written] = await Promise.allSettled([write(stage, record, ports)]);
      return { stage, warmth, written };
    }),
  );
  for (const { written } of warmed) if (written.status === 'rejected') throw written.reason;
  return {
    status: warmed.every(({ warmth }) => warmth.status === 'ready') ? 'ready' : 'partial',
    stages: Object.fromEntries(warmed.map(({ stage, warmth }) => [stage, warmth])),
  };
}

async function warmStage(
  stage: StageName,
  { runner, timeoutMs, now, log }: WarmupPorts,
): Promise<{ record: WarmRecord; warmth: StageWarmth }> {
  const limit = new AbortController();
  const message = `${stage} was not ready within ${timeoutMs / 1000} s`;
  const late = new CutlineError('STAGE_UNAVAILABLE', { fields: { stage }, message });
  const timer = setTimeout(() => limit.abort(late), timeoutMs);
  const began = now();
  const started = new Date(began).toISOString();
  log.info('warm-up: started', { stage });
  try {
    const { was_cold, total_ms, device, model } = await runner.warmUp(stage, limit.signal);
    const answered = now();
    // One that was warm already says what its start took.
    const measured_ms = was_cold ? Math.round(answered - began) : total_ms;
    log.info('warm-up: ready', { stage, duration_ms: measured_ms, was_cold });
    const ready = new Date(answered).toISOString();
    return {
      record: { started, ready, measured_ms },
      warmth: { status: 'ready', was_cold, total_ms, device, model },
    };
  } catch (thrown) {
    const error = toCutlineError(thrown);
    const measured_ms = Math.max(0, Math.round(now() - began));
    log.error('warm-up: failed', { stage, duration_ms: measured_ms, error });
    return {
      record: { started, ready: null, measured_ms },
      warmth: { status: 'failed', error_code: error.code },
    };
  } finally {
    clearTimeout(timer);
  }
}

async function write(
  stage: StageName,
  record: WarmRecord,
  { store, resultsBucket: bucket }: WarmupPorts,
): Promise<void> {
  await store.write({ bucket, name: paths.warm(stage) }, toJson(record), { contentType: 'application/json' });
}
