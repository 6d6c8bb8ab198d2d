// The storefront as a shop's page meets it, with real pictures: from a photo to its files.
import test from 'ava';
import { unzipSync } from 'fflate';
import { decode, encode, readHeader } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import { wholeFile } from './testdata/serving.ts';
import type { Made, MadeUpload } from './testdata/shop.ts';
import { asJson, asShop, formOf, jsonOf, openShop } from './testdata/shop.ts';

const cleanup = wholeFile(test.after.always);
let shop: Awaited<ReturnType<typeof openShop>>;

test.before(async () => {
  shop = await openShop(cleanup);
});

test('From a photo in a form to a cut-out on a red background', async (t) => {
  const { ask, ended, photo } = shop;
  const answer = await ask('/jobs', {
    method: 'POST',
    body: formOf({ scale: '2', effects: 'sketch', reference: 'Order 7' }, photo),
  });
  t.is(answer.status, 202);
  const made = (await answer.json()) as Made;
  t.is(answer.headers.get('location'), made.check_url);
  const done = await ended(made);
  t.like(done, { status: 'completed', reference: 'Order 7', preview_models: true });
  t.deepEqual(Object.keys(done.files), ['upscaled', 'cutout', 'sketch']);
  const { width, height } = await readHeader(photo);
  t.is(done.files.cutout!.width, 2 * width);
  const red = await ask(`${done.files.cutout!.url}?background=%23ff0000&format=png&token=${made.token}`);
  t.is(red.status, 200);
  const { picture } = await decode(new Uint8Array(await red.arrayBuffer()), defaultLimits);
  t.deepEqual([picture.width, picture.height], [2 * width, 2 * height]);
  t.deepEqual([...picture.data.subarray(0, 3)], [255, 0, 0]);
  t.regex(red.headers.get('server-timing')!, /encode;dur=/);
  const again = await ask(`${done.files.cutout!.url}?background=%23ff0000&format=png&token=${made.token}`, {
    headers: { 'if-none-match': red.headers.get('etag')! },
  });
  t.is(again.status, 304);
  const preview = await ask(`${done.files.sketch!.preview}?token=${made.token}`);
  const small = await readHeader(new Uint8Array(await preview.arrayBuffer()));
  t.is(small.format, 'WEBP');
  t.true(Math.max(small.width, small.height) <= 512);
  const zip = await ask(`/jobs/${made.job}/result.zip?token=${made.token}`);
  const names = Object.keys(unzipSync(new Uint8Array(await zip.arrayBuffer())));
  t.deepEqual(names, ['upscaled.png', 'cutout.png', 'sketch.png']);
});

test('A browser sends its photo straight to the bucket, with nothing but what it was given', async (t) => {
  const { ask, ended, photo } = shop;
  const wish = { content_type: 'image/jpeg', options: { scale: 1 }, reference: 'Möhre' };
  const answer = await ask('/jobs/uploads', { method: 'POST', headers: asJson, body: JSON.stringify(wish) });
  t.is(answer.status, 201);
  const made = (await answer.json()) as Made & {
    upload_url: string;
    method: string;
    headers: Record<string, string>;
  };
  const token = { headers: { 'x-job-token': made.token } };
  t.like(await jsonOf(ask(made.check_url, token)), { status: 'queued', reference: 'Möhre' });
  t.is((await ask(`/jobs/${made.job}/files/cutout`, token)).status, 409);
  const put = await fetch(made.upload_url, { method: made.method, headers: made.headers, body: photo });
  t.is(put.status, 200);
  t.like(await ended(made), { status: 'completed', reference: 'Möhre' });
  const twice = await fetch(made.upload_url, { method: made.method, headers: made.headers, body: photo });
  t.is(twice.status, 412);
});

test('A photo that is none fails its job, and the job says why', async (t) => {
  const { ask, ended } = shop;
  const wish = JSON.stringify({ content_type: 'image/png' });
  const made = await jsonOf<MadeUpload>(
    ask('/jobs/uploads', { method: 'POST', headers: asJson, body: wish }),
  );
  await fetch(made.upload_url, { method: 'PUT', headers: made.headers, body: 'no picture at all' });
  t.like(await ended(made), { status: 'failed', error_code: 'INVALID_FORMAT', files: {} });
  const refused = await ask('/jobs', { method: 'POST', body: formOf({}, Buffer.from('nor this')) });
  t.is(refused.status, 400);
  const document = (await refused.json()) as { error_code: string; request_id: string };
  t.is(document.error_code, 'INVALID_FORMAT');
  t.is(refused.headers.get('x-request-id'), document.request_id);
});

test('A batch has its state, its events and its ZIP, and ends as one', async (t) => {
  const { ask, ended, photo } = shop;
  const asked = ask('/jobs/batch', {
    method: 'POST',
    body: formOf({ scale: '1', effects: 'none' }, photo, photo),
  });
  const batch = await jsonOf<{ batch: string; token: string; check_url: string; jobs: Made[] }>(asked);
  t.is(batch.jobs.length, 2);
  const done = await ended({ events_url: `${batch.check_url}/events`, token: batch.token });
  t.like(done, { status: 'completed', progress: 1, counts: { completed: 2 } });
  const zip = await ask(`${batch.check_url}/result.zip?token=${batch.token}`);
  t.is(zip.status, 200);
  t.is(Object.keys(unzipSync(new Uint8Array(await zip.arrayBuffer()))).length, 2);
  const token = { 'x-job-token': batch.token };
  t.is((await ask(batch.check_url, { method: 'DELETE', headers: token })).status, 204);
  const [first] = batch.jobs as [Made, ...Made[]];
  t.is((await ask(`${first.check_url}?token=${first.token}`)).status, 404);
});

test('A batch of photos to be uploaded, and one of photos that were', async (t) => {
  const { ask, ended, photo } = shop;
  const uploads = [{ content_type: 'image/jpeg' }, { content_type: 'image/webp', options: { scale: 4 } }];
  const body = JSON.stringify({ uploads, options: { scale: 1 } });
  const asked = await ask('/jobs/batch', { method: 'POST', headers: { ...asShop, ...asJson }, body });
  t.is(asked.status, 202);
  const { jobs } = (await asked.json()) as {
    jobs: MadeUpload[];
  };
  const [jpeg, webp] = jobs as [MadeUpload, MadeUpload];
  t.like(webp.headers, { 'content-type': 'image/webp', 'x-goog-meta-cutline-scale': '4' });
  await fetch(jpeg.upload_url, { method: 'PUT', headers: jpeg.headers, body: photo });
  await ended(jpeg);
  const objects = [`gs://uploads/shop/${jpeg.job}.jpg`];
  const again = { method: 'POST', headers: { ...asShop, ...asJson }, body: JSON.stringify({ objects }) };
  const made = await jsonOf<{ jobs: Made[] }>(ask('/jobs/batch', again));
  t.is((await ended(made.jobs[0]!)).status, 'completed');
  const others = await ask('/jobs/batch', { ...again, headers: asJson });
  t.is(others.status, 404, 'the shop’s photos are nobody else’s');
});

test('A corrected mask makes the cut-out anew, without the model', async (t) => {
  const { ask, ended, makeJob, photo } = shop;
  const { files, job, token } = await makeJob();
  const { width, height } = files.cutout!;
  const half = { width, height, channels: 1 as const, data: new Uint8Array(width * height) };
  half.data.fill(255, 0, Math.floor(height / 2) * width);
  const mask = await encode(half, { format: 'png' });
  const answer = await ask(`/jobs/${job}/mask?refine=false&token=${token}`, {
    method: 'PUT',
    headers: { 'content-type': 'image/png' },
    body: mask as Uint8Array<ArrayBuffer>,
  });
  t.is(answer.status, 202);
  const made = (await answer.json()) as Made;
  t.not(made.job, job);
  const done = await ended(made);
  t.is(done.status, 'completed');
  const file = await ask(`${done.files.cutout!.url}?token=${made.token}`);
  const { picture } = await decode(new Uint8Array(await file.arrayBuffer()), defaultLimits);
  const alphaAt = (x: number, y: number): number => picture.alpha![y * width + x]!;
  t.deepEqual([alphaAt(5, 5), alphaAt(5, height - 5)], [255, 0]);
  const wrong = await ask(`/jobs/${job}/mask?token=${token}`, { method: 'PUT', body: photo });
  t.is(wrong.status, 400);
});
