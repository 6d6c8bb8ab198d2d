// What the storefront of a running `npm run serve` lets whom do, and how it says no.
import test from 'ava';
import { until } from '../../shared/testing/until.ts';
import { wholeFile } from './testdata/serving.ts';
import type { Made } from './testdata/shop.ts';
import { asJson, asShop, formOf, jsonOf, openShop, operatorKey, page, smallKey } from './testdata/shop.ts';

const cleanup = wholeFile(test.after.always);
let shop: Awaited<ReturnType<typeof openShop>>;

test.before(async () => {
  shop = await openShop(cleanup);
});

test('What was ordered is kept, and what is deleted is gone', async (t) => {
  const { ask, makeJob } = shop;
  const { job, token, files } = await makeJob();
  const headers = { 'x-job-token': token };
  const kept = await ask(`/jobs/${job}/keep`, { method: 'POST', headers });
  t.deepEqual(await kept.json(), { job, kept: true });
  t.is((await ask(`/jobs/${job}`, { method: 'DELETE' })).status, 404, 'an id alone opens nothing');
  t.is((await ask(`/jobs/${job}`, { method: 'DELETE', headers })).status, 204);
  for (const path of [`/jobs/${job}`, files.cutout!.url, `/jobs/${job}/result.zip`])
    t.is((await ask(path, { headers })).status, 404, path);
});

test('A token of another job opens nothing, and a shop’s key opens its own jobs alone', async (t) => {
  const { ask, makeJob, photo } = shop;
  const [mine, other] = await Promise.all([makeJob(), makeJob()]);
  t.is((await ask(`/jobs/${mine.job}?token=${other.token}`)).status, 404);
  t.is((await ask(`/jobs/${mine.job}`, { headers: asShop })).status, 404);
  const made = await jsonOf<Made>(
    ask('/jobs', { method: 'POST', headers: asShop, body: formOf({ scale: '1' }, photo) }),
  );
  t.is((await ask(made.check_url, { headers: asShop })).status, 200);
  t.is((await ask(made.check_url, { headers: { 'x-api-key': 'wrong'.repeat(8) } })).status, 401);
});

test('A browser token is for one page, and carries what its shop has fixed', async (t) => {
  const { ask } = shop;
  const wish = JSON.stringify({ origin: page, options: { scale: 1 } });
  const issued = await ask('/tokens', { method: 'POST', headers: { ...asShop, ...asJson }, body: wish });
  t.is(issued.status, 201);
  const { token } = (await issued.json()) as { token: string };
  const upload = (origin: string) =>
    ask('/jobs/uploads', {
      method: 'POST',
      headers: { ...asJson, origin, authorization: `Bearer ${token}` },
      body: JSON.stringify({ content_type: 'image/jpeg', options: { scale: 4 } }),
    });
  const mine = await upload(page);
  t.is(mine.status, 201);
  t.is(mine.headers.get('access-control-allow-origin'), page);
  const made = (await mine.json()) as { upload_url: string; headers: Record<string, string> };
  t.is(made.headers['x-goog-meta-cutline-scale'], '1');
  t.regex(made.upload_url, /\/shop\//);
  t.is((await upload('https://evil.example')).status, 403);
  t.is((await ask('/tokens', { method: 'POST', headers: asJson, body: wish })).status, 401);
});

test('How it is: warm without waking anything; details for operators alone', async (t) => {
  const { ask } = shop;
  const warm = await ask('/warmup?wait=false', { method: 'POST' });
  t.is(warm.status, 200);
  t.like(await warm.json(), { status: 'warm', estimate_ms: null });
  const own = '/functions/storefront';
  t.deepEqual(await jsonOf(ask(`${own}/startup`)), { status: 'ready' });
  const health = await jsonOf<object>(ask(`${own}/health`));
  t.deepEqual(health, { status: 'healthy', stages: { status: 'warm', estimate_ms: null } });
  const asOperator = { headers: { authorization: `Bearer ${operatorKey}` } };
  // A busy machine is felt for some seconds.
  const isCalm = async () => {
    const state = await jsonOf<{ load: string }>(ask(`${own}/health`, asOperator));
    return state.load === 'normal' && state;
  };
  t.like(await until('a calm service', isCalm), { load: 'normal', counters: 'own' });
  t.is((await ask(`${own}/metrics`)).status, 403);
  t.is((await ask(`${own}/metrics`, { headers: asShop })).status, 403);
  const metrics = await ask(`${own}/metrics`, asOperator);
  t.regex(await metrics.text(), /process_cpu_user_seconds_total/);
});

test('What is wrong with a request is said in the terms of the API, whatever it is', async (t) => {
  const { ask, photo } = shop;
  const post = (path: string, body: string | FormData, headers: Record<string, string> = {}) =>
    ask(path, { method: 'POST', body, headers });
  const cases = [
    [post('/jobs', formOf({})), 400, 'REQUEST_INVALID'],
    [post('/jobs', formOf({ scale: '3' }, photo)), 400, 'OPTIONS_INVALID'],
    [post('/jobs', formOf({ scael: '2' }, photo)), 400, 'REQUEST_INVALID'],
    [post('/jobs', formOf({}, photo, photo)), 400, 'REQUEST_INVALID'],
    [post('/jobs', formOf({}, Buffer.alloc(5_000_000))), 413, 'FILE_TOO_LARGE'],
    [post('/jobs', formOf({}, photo.subarray(0, 100))), 400, 'IMAGE_CORRUPT'],
    [post('/jobs', '{}', asJson), 400, 'REQUEST_INVALID'],
    [post('/jobs/uploads', '{', asJson), 400, 'BAD_REQUEST'],
    [post('/jobs/uploads', '{"content_type":"text/html"}', asJson), 400, 'INVALID_FORMAT'],
    [post('/jobs/uploads', '{"type":"image/png"}', asJson), 400, 'REQUEST_INVALID'],
    [post('/jobs/batch', '{}', asJson), 400, 'REQUEST_INVALID'],
    [post('/jobs/batch', formOf({})), 400, 'REQUEST_INVALID'],
    [ask('/jobs/nothing?token=x'), 404, 'JOB_NOT_FOUND'],
    [ask('/nowhere'), 404, 'NOT_FOUND'],
    [ask('/uploads/results/x', { method: 'PUT', body: photo }), 403, 'UPLOAD_REFUSED'],
  ] as const;
  for (const [asked, status, code] of cases) {
    const answer = await asked;
    const document = (await answer.json()) as { error_code: string; detail: string; request_id: string };
    t.is(answer.status, status, JSON.stringify(document));
    t.is(document.error_code, code);
    t.regex(document.request_id, /^[0-9a-f]{32}$/);
    t.notRegex(JSON.stringify(document), /\/(tmp|work|node_modules)|at \w+ \(/);
  }
});

test('A day’s photos are counted, and those that nothing came of are not', async (t) => {
  const { ask } = shop;
  const wish = (type: string) => ({
    method: 'POST',
    headers: { 'x-api-key': smallKey, ...asJson },
    body: JSON.stringify({ uploads: Array.from({ length: 19 }, () => ({ content_type: type })) }),
  });
  t.is((await ask('/jobs/batch', wish('text/plain'))).status, 400);
  t.is((await ask('/jobs/batch', wish('image/png'))).status, 202);
  const refused = await ask('/jobs/batch', wish('image/png'));
  t.like(await refused.json(), { error_code: 'QUOTA_EXCEEDED', limit: 20 });
  t.regex(refused.headers.get('retry-after')!, /^\d+$/);
});
