// Stages asked over HTTP: POST /run and /warmup of their services, with an ID token, and their errors as they were.
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { StageName } from '../card.ts';
import type { ErrorCode } from '../error-catalogue.ts';
import { errorCatalogue } from '../error-catalogue.ts';
import type { ErrorFields } from '../error-entry.ts';
import { CutlineError } from '../errors.ts';
import { LOAD_HEADER } from '../load-ladder.ts';
import { stageRecordSchema } from '../records.ts';
import type { StageRunner } from '../stage-runner.ts';
import { warmAnswerSchema } from '../stage-runner.ts';
import type { JsonAnswer, PostJson } from './post-json.ts';
import { postJson } from './post-json.ts';

export interface HttpStageRunnerOptions {
  /** Base URLs of the services; the same one may serve several stages. */
  readonly urls: Readonly<Partial<Record<StageName, string>>>;
  /** For the service's base URL. Asked for over HTTPS only: a token must not be read on its way. */
  idToken(audience: string): Promise<string | undefined>;
  /** How long a call may take in all, the waiting for a busy or cold stage included. */
  readonly limitMs: { readonly run: number; readonly warmUp: number };
  readonly post?: PostJson;
  /** Told how loaded a stage says it is, as it comes. */
  hear?(stage: StageName, load: string): void;
}

/** Records are a few kilobytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** After these the same question may be answered; another that says 503 has worked on the photo already. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'BUSY',
  'MODEL_LOADING',
  'SHUTTING_DOWN',
  'STORE_UNAVAILABLE',
]);
/** So that "retry after 0" is no hammering. */
const SHORTEST_WAIT_MS = 200;

interface Call<Schema extends z.ZodType> {
  readonly stage: StageName;
  readonly path: '/run' | '/warmup';
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly schema: Schema;
  readonly limitMs: number;
  readonly caller: AbortSignal | undefined;
}

export function createHttpStageRunner(options: HttpStageRunnerOptions): StageRunner {
  const { limitMs } = options;
  return {
    run: (message, caller) =>
      call(
        {
          stage: message.stage,
          path: '/run',
          body: message,
          headers: traceHeader(message.trace),
          schema: stageRecordSchema,
          limitMs: limitMs.run,
          caller,
        },
        options,
      ),
    warmUp: (stage, caller) =>
      call(
        {
          stage,
          path: '/warmup',
          body: {},
          headers: {},
          schema: warmAnswerSchema,
          limitMs: limitMs.warmUp,
          caller,
        },
        options,
      ),
  };
}

async function call<Schema extends z.ZodType>(
  question: Call<Schema>,
  options: HttpStageRunnerOptions,
): Promise<z.output<Schema>> {
  const { stage, caller, limitMs } = question;
  const limit = AbortSignal.timeout(limitMs);
  const signal = caller ? AbortSignal.any([caller, limit]) : limit;
  const ends = performance.now() + limitMs;
  try {
    for (;;) {
      signal.throwIfAborted();
      const answer = await ask(question, signal, options);
      options.hear?.(stage, String(answer.headers[LOAD_HEADER.toLowerCase()] ?? ''));
      if (answer.status === 200) return read(answer, question);
      const error = errorOf(answer, stage);
      const wait = waitOf(answer, error);
      if (wait === undefined || performance.now() + wait >= ends) throw error;
      await sleep(wait, undefined, { signal });
    }
  } catch (cause) {
    if (caller?.aborted) throw cancelled(caller.reason);
    if (cause instanceof CutlineError) throw cause;
    throw unavailable(stage, limit.aborted ? `no answer within ${limitMs / 1000} s` : 'no answer', cause);
  }
}

/** It was checked to be a text, no more. */
function traceHeader(trace: string): Record<string, string> {
  return /^[\w-]+$/.test(trace) ? { traceparent: trace } : {};
}

async function ask<Schema extends z.ZodType>(
  { stage, path, body, headers }: Call<Schema>,
  signal: AbortSignal,
  { urls, idToken, post = postJson }: HttpStageRunnerOptions,
): Promise<JsonAnswer> {
  const base = urls[stage]?.replace(/\/+$/, '');
  if (base === undefined) throw unavailable(stage, 'its URL is not known');
  const url = new URL(base + path);
  const token = url.protocol === 'https:' ? await Promise.race([idToken(base), abortion(signal)]) : undefined;
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return await post(url, body, {
    headers: { ...headers, ...authorization },
    signal,
    maxBytes: MAX_ANSWER_BYTES,
  });
}

function read<Schema extends z.ZodType>(
  { body }: JsonAnswer,
  { stage, schema }: Call<Schema>,
): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw unavailable(stage, 'its answer is none of ours', parsed.error);
}

/** What the stage said it ended in; anything else that answers there is not the stage. */
function errorOf({ status, body }: JsonAnswer, stage: StageName): CutlineError {
  const { error_code: code, detail, ...fields } = Object(body) as Record<string, unknown>;
  if (typeof code !== 'string' || !Object.hasOwn(errorCatalogue, code))
    return unavailable(stage, `it answered ${status}`);
  return new CutlineError(code as ErrorCode, {
    fields: Object.fromEntries(Object.entries(fields).filter(isField)),
    message: `${stage} answered ${status}: ${detail}`,
  });
}

function isField(entry: [string, unknown]): entry is [string, ErrorFields[string]] {
  const [, value] = entry;
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string');
  return value === null || typeof value === 'string' || typeof value === 'number';
}

/** Milliseconds until it may be asked again, where it asks for that. */
function waitOf({ status, headers }: JsonAnswer, error: CutlineError): number | undefined {
  const after = headers['retry-after'];
  // Without a code it was the platform: too many instances, or none yet.
  const passes = passing.has(error.code) || error.code === 'STAGE_UNAVAILABLE';
  if ((status !== 503 && status !== 429) || !passes || after === undefined) return undefined;
  const ms = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(SHORTEST_WAIT_MS, ms);
}

/** Rejects when the signal is aborted, and never resolves. */
function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function unavailable(stage: StageName, what: string, cause?: unknown): CutlineError {
  return new CutlineError('STAGE_UNAVAILABLE', { fields: { stage }, message: `${stage}: ${what}`, cause });
}

function cancelled(reason: unknown): CutlineError {
  return reason instanceof CutlineError ? reason : new CutlineError('CANCELLED', { cause: reason });
}
