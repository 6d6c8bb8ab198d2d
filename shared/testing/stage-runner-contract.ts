// What every face of the stage runner must do, as tests: over HTTP, and by a call in the process.
import type { ExecutionContext } from 'ava';
import { stageNames } from '../card.ts';
import type { ErrorCode } from '../error-catalogue.ts';
import type { ErrorFields } from '../error-entry.ts';
import { CutlineError } from '../errors.ts';
import type { StageHandler } from '../handle-stage.ts';
import type { StageMessage } from '../message.ts';
import type { Readiness } from '../readiness.ts';
import { createReadiness } from '../readiness.ts';
import type { StageRecord } from '../records.ts';
import type { StageState } from '../serve-stage.ts';
import type { StageRunner } from '../stage-runner.ts';
import { soon } from './until.ts';

/** One service that serves every stage. */
export interface ContractService {
  readonly run: StageHandler['run'];
  readonly readiness: Readiness;
  readonly state: StageState;
}

export type OpenStageRunner = (
  t: ExecutionContext,
  service: ContractService,
) => StageRunner | Promise<StageRunner>;

/** ava's `test`, or its `skip`. */
type Test = (title: string, run: (t: ExecutionContext) => Promise<void>) => void;

const job = '0123456789abcdef0123456789abcdef';

export const contractMessage: StageMessage = {
  schema: 1,
  job: `gs://results/jobs/${job}/job.json#17`,
  stage: 'segment',
  input: 'gs://uploads/uploads/Möhre.png#16',
  trace: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
};

export const contractRecord: StageRecord = {
  schema: 1,
  job,
  stage: 'segment',
  input: contractMessage.input,
  hands_on: `gs://results/jobs/${job}/segment/cutout.png#18`,
  outputs: {
    cutout: {
      uri: `gs://results/jobs/${job}/segment/cutout.png#18`,
      width: 3,
      height: 2,
      bytes: 70,
      content_type: 'image/png',
    },
  },
  width: 3,
  height: 2,
  subject: { left: 0, top: 0, width: 2, height: 2 },
  notes: ['Möhre'],
  models: [{ id: 'mask', sha256: 'f'.repeat(64), precision: 'fp32', preview: true }],
  device: 'cpu',
  timings_ms: { read: 1, total: 5 },
  cached: false,
  cache_key: 'a'.repeat(64),
  finished: '2026-11-20T12:00:00.000Z',
};

const state: StageState = {
  stages: stageNames,
  device: 'cpu',
  fellBack: false,
  models: { segment: 'mask' },
  gpuMemoryFreeMb: null,
  broken: undefined,
};

/** Errors that a caller is not asked to wait for. */
const errors: readonly (readonly [code: ErrorCode, fields: ErrorFields])[] = [
  ['NO_SUBJECT', {}],
  ['INPUT_GONE', {}],
  ['JOB_NOT_FOUND', {}],
  ['MESSAGE_UNKNOWN', {}],
  ['IMAGE_TOO_SMALL', { width: 10, height: 20, min_side: 64 }],
  ['MODEL_NOT_FOUND', { stage: 'segment', model: 'x', available: ['mask', 'other'] }],
  ['PROCESSING_TIMEOUT', { limit_seconds: 300 }],
  ['INFERENCE_ERROR', {}],
  ['INTERNAL', {}],
];

/** Settles when it is aborted. */
const untilAborted = (signal?: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }));

/** @param face stands before each title */
export function stageRunnerContract(test: Test, face: string, open: OpenStageRunner): void {
  const opened = (t: ExecutionContext, changes: Partial<ContractService>) =>
    open(t, { run: async () => contractRecord, readiness: createReadiness(() => 0), state, ...changes });

  test(`${face}: a stage is given the very message, and its record comes back whole`, async (t) => {
    const asked: unknown[] = [];
    const run: StageHandler['run'] = async (message) => {
      asked.push(message);
      return contractRecord;
    };
    const runner = await opened(t, { run });
    t.deepEqual(await runner.run(contractMessage), contractRecord);
    t.deepEqual(asked, [contractMessage]);
  });

  test(`${face}: what a stage ends in comes back by its code, with the same public sentence`, async (t) => {
    for (const [code, fields] of errors) {
      const error = new CutlineError(code, { fields, message: 'for the log' });
      const runner = await opened(t, { run: () => Promise.reject(error) });
      const thrown = await t.throwsAsync(runner.run(contractMessage), { instanceOf: CutlineError });
      t.is(thrown?.code, code);
      t.is(thrown?.detail, error.detail);
    }
  });

  test(`${face}: what is thrown unforeseen is INTERNAL`, async (t) => {
    const runner = await opened(t, { run: () => Promise.reject(new TypeError('x is undefined')) });
    const thrown = await t.throwsAsync(runner.run(contractMessage), { instanceOf: CutlineError });
    t.is(thrown?.code, 'INTERNAL');
    t.is(thrown?.detail, 'An unexpected error occurred');
  });

  test(`${face}: a caller who has left is not worked for`, async (t) => {
    let runs = 0;
    const run: StageHandler['run'] = async () => {
      runs++;
      return contractRecord;
    };
    const runner = await opened(t, { run });
    const gone = AbortSignal.abort(new CutlineError('CANCELLED'));
    const thrown = await t.throwsAsync(runner.run(contractMessage, gone), { instanceOf: CutlineError });
    t.is(thrown?.code, 'CANCELLED');
    t.is(runs, 0);
  });

  test(`${face}: a caller who leaves is answered at once, and the stage is told`, async (t) => {
    const { promise: began, resolve: begin } = Promise.withResolvers<void>();
    const { promise: told, resolve: tell } = Promise.withResolvers<void>();
    const run: StageHandler['run'] = (_, signal) => {
      begin();
      signal?.addEventListener('abort', () => tell(), { once: true });
      return untilAborted(signal);
    };
    const runner = await opened(t, { run });
    const leaving = new AbortController();
    const answer = runner.run(contractMessage, leaving.signal);
    await soon('the stage to begin', began);
    leaving.abort(new CutlineError('PROCESSING_TIMEOUT', { fields: { limit_seconds: 1 } }));
    t.is((await t.throwsAsync(answer, { instanceOf: CutlineError }))?.code, 'PROCESSING_TIMEOUT');
    await t.notThrowsAsync(soon('the stage to be told', told));
  });

  test(`${face}: warming waits until the stage is ready, and says whether it was before`, async (t) => {
    let time = 0;
    const readiness = createReadiness(() => time);
    const runner = await opened(t, { readiness });
    const cold = runner.warmUp('segment');
    let answered = false;
    void cold.finally(() => {
      answered = true;
    });
    // Another answer has come and gone: this one would be there if it had not waited.
    t.deepEqual(await runner.run(contractMessage), contractRecord);
    t.false(answered);
    readiness.enter('model');
    time = 250;
    readiness.enter('ready');
    const warm = { status: 'ready', model: 'mask', device: 'cpu', total_ms: 250 } as const;
    const phases_ms = { starting: 0, model: 250 };
    t.deepEqual(await cold, { ...warm, phases_ms, was_cold: true });
    t.deepEqual(await runner.warmUp('segment'), { ...warm, phases_ms, was_cold: false });
  });

  test(`${face}: a stage that will not become ready says why`, async (t) => {
    const readiness = createReadiness(() => 0);
    const runner = await opened(t, { readiness });
    readiness.fail(new CutlineError('MODEL_INVALID', { fields: { model: 'mask', field: 'sha256' } }));
    const thrown = await t.throwsAsync(runner.warmUp('segment'), { instanceOf: CutlineError });
    t.is(thrown?.code, 'MODEL_INVALID');
    t.is(thrown?.detail, "The model 'mask' is not usable: sha256");
  });

  test(`${face}: who waits for a stage may leave`, async (t) => {
    const runner = await opened(t, {});
    const leaving = new AbortController();
    const answer = runner.warmUp('segment', leaving.signal);
    leaving.abort(new CutlineError('STAGE_UNAVAILABLE', { fields: { stage: 'segment' } }));
    t.is((await t.throwsAsync(answer, { instanceOf: CutlineError }))?.code, 'STAGE_UNAVAILABLE');
  });
}
