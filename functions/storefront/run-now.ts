// A photo worked on while its caller waits: the job is written as any other, and then every stage of its route is asked in
// turn, instead of being told by messages. The photo lies in its job's own folder, where no notification looks for it, so
// that no job is begun twice and the folder's deletion or expiry takes it too.
import type { StageName } from '../../shared/card.ts';
import { CutlineError, toCutlineError } from '../../shared/errors.ts';
import { formatUri } from '../../shared/gs-uri.ts';
import { checkBytes } from '../../shared/image/limits.ts';
import type { JobOptions } from '../../shared/job.ts';
import type { JobRecords } from '../../shared/job-records.ts';
import type { Load, UnderLoad } from '../../shared/load-ladder.ts';
import { underLoad } from '../../shared/load-ladder.ts';
import type { Logger } from '../../shared/log.ts';
import { SCHEMA } from '../../shared/message.ts';
import { routeOf } from '../../shared/pipeline.ts';
import type { JobRecord, StageRecord } from '../../shared/records.ts';
import { paths } from '../../shared/records.ts';
import type { StageRunner } from '../../shared/stage-runner.ts';
import type { Asking, CreatePorts } from './create-job.ts';
import { checkPhoto, newId, wishesOf } from './create-job.ts';
import type { LocatedJob } from './job-files.ts';
import { limitFor, modelsMsOf, timeoutError, withElapsed, within } from './now-limits.ts';

export interface RunNowPorts {
  readonly create: CreatePorts;
  /** Of jobs/. */
  readonly records: JobRecords;
  readonly resultsBucket: string;
  readonly runner: StageRunner;
  /** The worst of this process and of the stages. */
  load(): Load;
  readonly limitMs: {
    /** For cold stages to become ready. */
    readonly cold: number;
    /** For all stages together, from when they are ready; for larger files twice and four times as long. */
    readonly work: number;
  };
  /** What the last start of those that are cold took, in milliseconds; null where that is not known. */
  startEstimate(): Promise<number | null>;
  /** What the stages have just done. */
  noteWork(stages: readonly StageRecord[]): void;
  readonly log: Logger;
}

export interface NowAsking extends Asking {
  readonly data: Uint8Array;
  /** In the pipeline's order; what the options ask for, where it is not given. */
  readonly route?: readonly StageName[];
  /** A `traceparent`. */
  readonly trace: string;
}

/** A job whose photo and record are written. */
export interface Begun {
  readonly located: LocatedJob & { readonly found: { readonly record: JobRecord; readonly uri: string } };
  /** The photo's, after orientation. */
  readonly photo: { readonly width: number; readonly height: number; readonly bytes: number };
  /** For X-Degraded: what the photo does not get because of the load. */
  readonly degraded: string | undefined;
  readonly trace: string;
}

export interface DoneNow extends Begun {
  /** Of the whole route, in its order. */
  readonly stages: readonly StageRecord[];
  /** Milliseconds of the stages' own steps: no reading, writing or coding. 0 for what was made before. */
  readonly modelsMs: number;
}

export interface RunNow {
  /**
   * Checks and writes. The photo's bytes are not needed after it.
   * @throws OPTIONS_INVALID and all that is wrong with a photo, before anything is written; STORE_UNAVAILABLE
   */
  begin(asking: NowAsking): Promise<Begun>;
  /**
   * @param signal of the caller: when it is aborted, the work ends too
   * @throws whatever a stage ended in; MODEL_LOADING, PROCESSING_TIMEOUT with `elapsed_seconds`, CANCELLED. Nothing
   *   remains of the job then, unless a stage is done that spares another call its work
   */
  run(begun: Begun, signal: AbortSignal): Promise<DoneNow>;
}

/** Asked so lately that it need not be asked whether it is ready. */
const STAYS_READY_MS = 60_000;

export function createRunNow(ports: RunNowPorts): RunNow {
  const { create, records, resultsBucket: bucket, runner, limitMs, log } = ports;
  const ready = new Map<StageName, number>();

  async function awaken(route: readonly StageName[], signal: AbortSignal): Promise<void> {
    const cold = route.filter((stage) => create.now() - (ready.get(stage) ?? 0) > STAYS_READY_MS);
    // At once: while the first works, the next may still be starting.
    await Promise.all(cold.map((stage) => runner.warmUp(stage, signal)));
  }

  async function runRoute({ located, trace }: Begun, signal: AbortSignal): Promise<StageRecord[]> {
    const { record: job, uri } = located.found;
    const done: StageRecord[] = [];
    for (const stage of job.route) {
      const input = done.at(-1)?.hands_on ?? job.input;
      done.push(await runner.run({ schema: SCHEMA, job: uri, stage, input, trace }, signal));
      ready.set(stage, create.now());
    }
    return done;
  }

  /** What nobody will ask for goes at once; a finished stage's work is found by the same photo's next try. */
  async function endBadly({ located }: Begun, error: CutlineError): Promise<void> {
    const { job, found } = located;
    const { tenant, reference, input, route } = found.record;
    try {
      const done = await Promise.all(route.map((stage) => records.stage(job, stage)));
      if (error.event === 'fail' || !done[0]) return void (await records.deleteJob(job));
      const stage = route.find((_, index) => !done[index]) ?? route.at(-1)!;
      const at = new Date(create.now()).toISOString();
      const { code, detail } = error;
      const failure = { job, tenant, reference, input, stage, error: { code, detail } } as const;
      await records.createFailed({ schema: SCHEMA, ...failure, retryable: true, tries: 0, at });
      await records.sweepIfDeleted(found.uri, job);
    } catch (trouble) {
      log.warning('A job that its caller was told has failed is still there', { job, error: trouble });
    }
  }

  return {
    async begin(asking) {
      const { data, tenant, trace } = asking;
      const wishes = wishesOf(asking);
      checkBytes(data.byteLength, create.limits);
      const { width, height } = await create.inspect(data);
      const asked = asking.route ?? routeOf(wishes.options);
      // Only what is enlarged can lose by being shrunk before.
      const longSide = asked.includes('upscale') ? Math.max(width, height) : 0;
      const { options, degraded } = withinLoad(wishes.options, longSide, ports.load());
      const kind = await checkPhoto(data, options, create);
      const job = newId(create);
      const { object } = await create.store.writeIfAbsent(
        { bucket, name: `${paths.folder(job)}input.${kind.extension}` },
        data,
        { contentType: kind.type },
      );
      const record: JobRecord = {
        schema: SCHEMA,
        job,
        tenant,
        reference: wishes.reference,
        input: formatUri(object),
        options,
        route: [...asked],
        created: new Date(create.now()).toISOString(),
      };
      const { uri } = await records.createJob(record);
      const located = { job, tenant, root: 'jobs', records, found: { record, uri } } as const;
      return { located, photo: { width, height, bytes: data.byteLength }, degraded, trace };
    },
    async run(begun, signal) {
      const { route } = begun.located.found.record;
      const workMs = limitFor(begun.photo.bytes, limitMs.work);
      let began = create.now();
      try {
        const cold = (): CutlineError => new CutlineError('MODEL_LOADING');
        await within(limitMs.cold, cold, signal, (both) => awaken(route, both));
        began = create.now();
        const late = (): CutlineError => timeoutError(workMs, create.now() - began);
        const stages = await within(workMs, late, signal, (both) => runRoute(begun, both));
        ports.noteWork(stages);
        return { ...begun, stages, modelsMs: modelsMsOf(stages) };
      } catch (thrown) {
        const error = withElapsed(await withEstimate(toCutlineError(thrown), ports), create.now() - began);
        await endBadly(begun, error);
        throw error;
      }
    },
  };
}

/** As the load allows it. A limit that changes nothing would keep the work from being found in the cache by its like. */
function withinLoad(wished: JobOptions, longSide: number, load: Load): UnderLoad {
  const { options, degraded } = underLoad(wished, longSide, load);
  if (longSide > options.max_dimension!) return { options, degraded };
  const { max_dimension: _, ...others } = options;
  const { max_dimension } = wished;
  return { options: { ...others, ...(max_dimension !== undefined && { max_dimension }) }, degraded };
}

/** When to come again, where stages are still starting. */
async function withEstimate(error: CutlineError, { startEstimate }: RunNowPorts): Promise<CutlineError> {
  if (error.code !== 'MODEL_LOADING') return error;
  const estimate = await startEstimate().catch(() => null);
  if (estimate === null) return error;
  const fields = { ...error.fields, retry_after_seconds: Math.max(1, Math.ceil(estimate / 1000)) };
  return new CutlineError('MODEL_LOADING', { fields, message: error.message, cause: error });
}
