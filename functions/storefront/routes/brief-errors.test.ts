// What the brief's endpoints answer when something is wrong: with the photo, the form, the stages or the caller.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { join } from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import { CutlineError } from '../../../shared/errors.ts';
import type { StageRunner } from '../../../shared/stage-runner.ts';
import type { RealStages } from '../../../shared/testing/brief-rig.ts';
import { openRealStages, photoForm, serveBrief } from '../../../shared/testing/brief-rig.ts';
import { soon, until } from '../../../shared/testing/until.ts';

const { PHOTOS_DIR } = process.env;
const withPhotos = PHOTOS_DIR === undefined ? test.skip : test;
if (PHOTOS_DIR === undefined)
  test('PHOTOS_DIR is not set: tests with real photos are skipped', (t) => t.pass());

let real: RealStages;
test.before(async (t) => {
  t.timeout(120_000);
  real = await openRealStages();
});
test.after.always(() => real?.stages.close());

const REMOVE = '/api/background-removal/remove';
const photo = async () =>
  new Uint8Array(
    await sharp({ create: { width: 80, height: 64, channels: 3, background: 'tan' } })
      .jpeg()
      .toBuffer(),
  );
type Document = Record<string, unknown>;
const documentIn = async (answer: Response) => (await answer.json()) as Document;

const ready = {
  status: 'ready',
  was_cold: false,
  model: '',
  device: 'cpu',
  phases_ms: {},
  total_ms: 0,
} as const;
const runnerThat = (run: StageRunner['run']): StageRunner => ({ run, warmUp: async () => ready });
const failing = (error: CutlineError): StageRunner => runnerThat(() => Promise.reject(error));

async function askWith(t: Parameters<typeof serveBrief>[0], runner: StageRunner, workMs = 60_000) {
  const rig = await serveBrief(t, real, { runner, workMs });
  const before = await rig.store.names('results', 'jobs/');
  const answer = await fetch(rig.base + REMOVE, { method: 'POST', body: photoForm(await photo()) });
  return {
    answer,
    document: await documentIn(answer),
    before,
    after: await rig.store.names('results', 'jobs/'),
  };
}

const PRIVATE = 'CUDA error at line 347 in /app/birefnet.cu';

test.serial('Too little GPU memory is the brief’s 503, and nothing of the job remains', async (t) => {
  const fields = { gpu_memory_required_mb: 1200, gpu_memory_available_mb: 847 };
  const error = new CutlineError('GPU_MEMORY_EXHAUSTED', { fields, message: PRIVATE });
  const { answer, document, before, after } = await askWith(t, failing(error));
  t.is(answer.status, 503);
  t.like(document, {
    detail: 'Insufficient GPU memory to process request',
    error_code: 'GPU_MEMORY_EXHAUSTED',
    ...fields,
    suggested_action: 'Retry in 30 seconds',
    retry_after: 30,
  });
  t.is(answer.headers.get('retry-after'), '30');
  t.deepEqual(after, before);
});

test.serial('A busy stage is 503 with when to come again', async (t) => {
  const { answer, document } = await askWith(t, failing(new CutlineError('BUSY', { message: PRIVATE })));
  t.is(answer.status, 503);
  t.like(document, { error_code: 'BUSY', retry_after: 5 });
  t.is(answer.headers.get('retry-after'), '5');
  t.false(JSON.stringify(document).includes('CUDA'));
});

test.serial('Work that takes too long is 504 with what has passed, and is given up', async (t) => {
  let given: AbortSignal | undefined;
  const runner = runnerThat((_, signal) => {
    given = signal;
    return new Promise((_resolve, reject) => {
      signal!.addEventListener('abort', () => reject(signal!.reason), { once: true });
    });
  });
  const { answer, document, before, after } = await askWith(t, runner, 1000);
  t.is(answer.status, 504);
  t.like(document, {
    detail: 'Processing timeout exceeded 1 seconds',
    error_code: 'PROCESSING_TIMEOUT',
    suggested_action: 'Reduce image size or retry with smaller image',
  });
  t.true(Number(document.elapsed_seconds) >= 0.9);
  t.true(given!.aborted);
  t.deepEqual(after, before);
});

test.serial('A model that fails is 500 with a general message and nothing of the inside', async (t) => {
  const { answer, document } = await askWith(
    t,
    failing(new CutlineError('INFERENCE_ERROR', { message: PRIVATE })),
  );
  t.is(answer.status, 500);
  t.deepEqual(document, {
    error_code: 'INFERENCE_ERROR',
    detail: 'Model inference failed',
    message: 'The image could not be processed. Please try again.',
  });
});

test.serial('What nobody foresaw is 500 too, and says no more', async (t) => {
  const { answer, document } = await askWith(
    t,
    runnerThat(() => Promise.reject(new Error(PRIVATE))),
  );
  t.is(answer.status, 500);
  t.is(document.error_code, 'INTERNAL');
  t.false(JSON.stringify(document).includes('CUDA'));
});

test.serial('Who hangs up is not worked for any longer, and his photo is deleted', async (t) => {
  const begun = Promise.withResolvers<AbortSignal>();
  const runner = runnerThat((_, signal) => {
    begun.resolve(signal!);
    return new Promise((_resolve, reject) => {
      signal!.addEventListener('abort', () => reject(signal!.reason), { once: true });
    });
  });
  const { base, store } = await serveBrief(t, real, { runner });
  const before = await store.names('results', 'jobs/');
  const asked = new Request(base + REMOVE, { method: 'POST', body: photoForm(await photo()) });
  const body = Buffer.from(await asked.arrayBuffer());
  const request = requestHttp(asked.url, {
    method: 'POST',
    headers: { 'content-type': asked.headers.get('content-type')!, 'content-length': body.byteLength },
  });
  request.on('error', () => {});
  request.end(body);
  const signal = await soon('the work to begin', begun.promise);
  t.is((await store.names('results', 'jobs/')).length, before.length + 2, 'photo and record');
  request.destroy();
  if (!signal.aborted) await soon('the work to be called off', once(signal, 'abort'));
  t.is((signal.reason as CutlineError).code, 'CANCELLED');
  const names = () => store.names('results', 'jobs/');
  await until('the photo to be deleted', async () => (await names()).length <= before.length);
  t.deepEqual(await names(), before);
});

test('What is no form at all is 415, and only that', async (t) => {
  const { base } = await serveBrief(t, real);
  for (const [type, body] of [
    ['application/json', '{}'],
    ['image/jpeg', await photo()],
    ['application/x-www-form-urlencoded', 'image=1'],
  ] as const) {
    const answer = await fetch(base + REMOVE, { method: 'POST', headers: { 'content-type': type }, body });
    t.is(answer.status, 415, type);
    t.like(await documentIn(answer), { error_code: 'MEDIA_TYPE_UNSUPPORTED', received_type: type });
  }
});

const forms: readonly (readonly [
  name: string,
  form: (photo: Uint8Array<ArrayBuffer>) => FormData,
  code: string,
  says: RegExp,
])[] = [
  ['no photo', () => new FormData(), 'REQUEST_INVALID', /a file as image/],
  [
    'a photo under another name',
    (file) => photoForm(file, {}, { field: 'picture' }),
    'REQUEST_INVALID',
    /picture/,
  ],
  ['a field that nobody knows', (file) => photoForm(file, { colour: 'red' }), 'REQUEST_INVALID', /colour/],
  [
    'smoothing that is neither',
    (file) => photoForm(file, { smoothing: 'maybe' }),
    'OPTIONS_INVALID',
    /maybe/,
  ],
  [
    'a model that there is not',
    (file) => photoForm(file, { model: 'none/such' }),
    'MODEL_NOT_FOUND',
    /none\/such/,
  ],
];
for (const [name, form, code, says] of forms)
  test(`400: ${name}`, async (t) => {
    const { base } = await serveBrief(t, real);
    const body = form(await photo());
    // An empty form has no part at all, which is no form.
    if ([...body].length === 0) body.append('smoothing', 'true');
    const answer = await fetch(base + REMOVE, { method: 'POST', body });
    t.is(answer.status, 400);
    const document = await documentIn(answer);
    t.is(document.error_code, code);
    t.regex(String(document.detail), says);
  });

test('Two photos are one too many', async (t) => {
  const { base } = await serveBrief(t, real);
  const body = photoForm(await photo());
  body.append('file', new Blob([await photo()]), 'second.jpg');
  for (const path of ['/remove-background', '/api/v2/process', '/api/v1/upscale']) {
    const answer = await fetch(base + path, { method: 'POST', body });
    t.is(answer.status, 400, path);
    t.is((await documentIn(answer)).error_code, 'REQUEST_INVALID');
  }
});

test('Without a key, where one is needed, nothing is read', async (t) => {
  const { base } = await serveBrief(t, real, { env: { ANONYMOUS: 'false' } });
  const answer = await fetch(base + REMOVE, { method: 'POST', body: photoForm(await photo()) });
  t.is(answer.status, 401);
  t.is((await documentIn(answer)).error_code, 'UNAUTHORIZED');
});

withPhotos('A photo with nothing in it, and ones that are damaged, are their sender’s mistake', async (t) => {
  t.timeout(120_000);
  const { base } = await serveBrief(t, real);
  for (const [name, status, code] of [
    ['full-transparent.png', 422, 'NO_SUBJECT'],
    ['corrupt-header.jpg', 400, 'IMAGE_CORRUPT'],
    ['2x2_fdcce6.png', 400, 'IMAGE_TOO_SMALL'],
  ] as const) {
    const file = await readFile(join(PHOTOS_DIR!, 'edge', name));
    const answer = await fetch(base + REMOVE, { method: 'POST', body: photoForm(file) });
    t.is(answer.status, status, name);
    t.is((await documentIn(answer)).error_code, code, name);
  }
});
