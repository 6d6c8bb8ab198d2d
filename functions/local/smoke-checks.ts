// What `npm run smoke` looks at, in the order of a newcomer: is it up, is it healthy, does a photo come back cut out and how
// fast, does a job come through all stages, how long is a cold start.
import { setTimeout as sleep } from 'node:timers/promises';
import { readHeader } from '../../shared/image/codec.ts';
import type { Answer, Service } from './smoke-service.ts';
import { describeAnswer, documentOf } from './smoke-service.ts';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly ms?: number;
  /** The brief's, and whether it was reached. */
  readonly target?: { readonly text: string; readonly reached: boolean };
}

export interface SmokeOptions {
  readonly service: Service;
  /** A JPEG. */
  readonly photo: Uint8Array<ArrayBuffer>;
  readonly requests: number;
  readonly idleMs: number | undefined;
}

/** Those of the brief's optimized InSPyReNet service on an L4. */
export const targets = {
  warm: { text: '0.09–0.58 s', withinMs: 580 },
  slowest: { text: 'P99 < 20 s', withinMs: 20_000 },
  cold: { text: '15–20 s', withinMs: 20_000 },
} as const;

/** Callers without a key have three requests a second. */
const PACE_MS = 400;
const POLL_MS = 1000;
const JOB_LIMIT_MS = 600_000;
/** A cold start loads models: what is not several times slower than a warm request was none. */
const COLD_FACTOR = 3;

export async function* smoke(options: SmokeOptions): AsyncGenerator<Check> {
  const { service, requests, idleMs } = options;
  for (const look of [startup, health]) {
    const check = await guarded(look.name, () => look(service));
    yield check;
    if (!check.ok) return;
  }
  const first = await guarded('first request', () => cutOut('first request', options));
  yield first;
  if (!first.ok) return;
  const times: number[] = [];
  for (let number = 1; number <= requests; number++) {
    await sleep(PACE_MS);
    const check = await guarded('warm request', () => cutOut('warm request', options));
    if (!check.ok) return yield check;
    times.push(check.ms!);
  }
  times.sort((a, b) => a - b);
  const [middle, last] = [times[Math.floor((times.length - 1) / 2)]!, times.at(-1)!];
  yield timed({ name: 'warm request', ok: true, detail: `the middle of ${requests}` }, middle, targets.warm);
  yield timed({ name: 'slowest', ok: true, detail: `of ${requests}` }, last, targets.slowest);
  yield await guarded('job', () => job(options));
  if (idleMs === undefined) return;
  await sleep(idleMs);
  const cold = await guarded('cold request', () => cutOut('cold request', options));
  if (!cold.ok) return yield cold;
  const isCold = cold.ms! > last * COLD_FACTOR;
  const detail = isCold ? cold.detail : 'it was still warm: instances that stay, or somebody else’s traffic';
  yield isCold ? timed({ ...cold, detail }, cold.ms!, targets.cold) : { ...cold, detail };
}

async function guarded(name: string, look: () => Promise<Check>): Promise<Check> {
  try {
    return await look();
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { code?: string } };
    return { name, ok: false, detail: cause?.code ? `${message} (${cause.code})` : message };
  }
}

async function startup(service: Service): Promise<Check> {
  const answer = await service.get('/startup');
  const ok = answer.status === 200 && documentOf(answer)?.status === 'ready';
  return { name: 'startup', ok, ms: answer.ms, detail: ok ? 'ready' : describeAnswer(answer) };
}

async function health(service: Service): Promise<Check> {
  const answer = await service.get('/health');
  const status = documentOf(answer)?.status;
  const ok = answer.status === 200 && (status === 'healthy' || status === 'degraded');
  return { name: 'health', ok, ms: answer.ms, detail: ok ? String(status) : describeAnswer(answer) };
}

async function cutOut(name: string, { service, photo }: SmokeOptions): Promise<Check> {
  const { width, height } = await readHeader(photo);
  const answer = await service.post('/remove-background', unlike(photo), { output_format: 'png' });
  if (answer.status !== 200) return { name, ok: false, ms: answer.ms, detail: describeAnswer(answer) };
  const got = await readHeader(answer.body);
  const ok = got.format === 'PNG' && got.width === width && got.height === height;
  const model = answer.headers.get('x-model-version') ?? 'an unnamed model';
  const size = `${got.format} ${got.width}×${got.height}`;
  const detail = ok
    ? `${size} by ${model}${waited(answer)}`
    : `Expected a PNG of ${width}×${height} but received ${size}`;
  return { name, ok, ms: answer.ms, detail };
}

/** Through the bucket, ingest and every stage, and away again: where a missing right shows. */
async function job({ service, photo }: SmokeOptions): Promise<Check> {
  const name = 'job';
  const began = performance.now();
  const made = await service.post('/jobs', unlike(photo));
  const { job: id, token } = documentOf(made) ?? {};
  if (made.status !== 202 || typeof id !== 'string' || typeof token !== 'string')
    return { name, ok: false, detail: describeAnswer(made) };
  for (;;) {
    await sleep(POLL_MS);
    const answer = await service.get(`/jobs/${id}`, { 'x-job-token': token });
    const state = documentOf(answer);
    const ms = performance.now() - began;
    if (state?.status === 'completed') {
      const files = Object.keys((state.files ?? {}) as object).join(', ');
      const deleted = await service.delete(`/jobs/${id}`, { 'x-job-token': token });
      const ok = deleted.status === 204;
      const left = ok ? 'and deleted' : `but could not be deleted: ${describeAnswer(deleted)}`;
      return { name, ok, ms, detail: `${state.width}×${state.height}: ${files}; ${left}` };
    }
    const isUnderway =
      answer.status === 200 && (state?.status === 'queued' || state?.status === 'processing');
    if (!isUnderway || ms > JOB_LIMIT_MS)
      return { name, ok: false, ms, detail: `job ${id}: ${describeAnswer(answer)}` };
  }
}

function timed(check: Check, ms: number, { text, withinMs }: (typeof targets)[keyof typeof targets]): Check {
  return { ...check, ms, target: { text, reached: ms <= withinMs } };
}

const waited = ({ waits }: Answer): string =>
  waits === 0 ? '' : `, asked to wait ${waits === 1 ? 'once' : `${waits} times`}`;

/** The same picture as another file, by a comment: one that is known would come from the cache. */
function unlike(jpeg: Uint8Array): Uint8Array<ArrayBuffer> {
  const comment = new TextEncoder().encode(`smoke ${crypto.randomUUID()}`);
  const segment = [0xff, 0xfe, 0, comment.length + 2, ...comment];
  return new Uint8Array([...jpeg.subarray(0, 2), ...segment, ...jpeg.subarray(2)]);
}
