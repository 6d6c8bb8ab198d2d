import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import express from 'express';
import { fakeStore } from '../testing/fake-store.ts';
import { listen } from '../testing/push-server.ts';
import { createLocalDownloads } from './local-download-urls.ts';

const pixels = new TextEncoder().encode('pixels');
const terms = {
  disposition: `inline; filename="S_hne.png"; filename*=UTF-8''S%C3%B6hne.png`,
  contentType: 'image/png',
};

async function serve(t: ExecutionContext, secret = 'secret') {
  const store = fakeStore();
  const clock = { now: 1_800_000_000_500 };
  const app = express();
  const server = createServer(app);
  const address = `http://127.0.0.1:${await listen(t, server)}/downloads`;
  const options = { store, buckets: ['results'], address, secret, now: () => clock.now };
  const downloads = createLocalDownloads(options);
  app.use('/downloads', downloads.handler);
  const object = await store.put({ bucket: 'results', name: 'jobs/a b/ü#?.png' }, pixels);
  const create = (expiresMs = clock.now + 60_000) => downloads.urls.create(object, { ...terms, expiresMs });
  return { store, clock, object, create, options };
}

test('What was signed is answered as it was signed, HEAD without its bytes', async (t) => {
  const { create } = await serve(t);
  const { url, expires } = await create();
  t.is(expires, new Date(1_800_000_060_000).toISOString());
  const got = await fetch(url);
  t.is(got.status, 200);
  t.is(got.headers.get('content-type'), 'image/png');
  t.is(got.headers.get('content-disposition'), terms.disposition);
  t.is(await got.text(), 'pixels');
  const head = await fetch(url, { method: 'HEAD' });
  t.is(head.headers.get('content-length'), '6');
  t.is(await head.text(), '');
});

test('After its time it is nothing', async (t) => {
  const { create, clock } = await serve(t);
  const { url } = await create();
  clock.now += 59_499;
  t.is((await fetch(url)).status, 200);
  clock.now += 1;
  t.is((await fetch(url)).status, 404);
});

test('With anything changed it is nothing', async (t) => {
  const { create, store } = await serve(t);
  await store.put({ bucket: 'results', name: 'jobs/other.png' }, pixels);
  const { url } = await create();
  for (const name of new URL(url).searchParams.keys()) {
    const changed = new URL(url);
    changed.searchParams.set(name, name === 'X-Cutline-Expires' ? '1900000000' : 'x');
    t.is((await fetch(changed)).status, 404, name);
    changed.searchParams.delete(name);
    t.is((await fetch(changed)).status, 404, name);
  }
  t.is((await fetch(url.replace(/jobs[^?]*\?/, 'jobs/other.png?'))).status, 404);
  t.is((await fetch(url.replace('/results/', '/uploads/'))).status, 404);
  t.is((await fetch(url.replace('/results/', '/%E0%A4%A/'))).status, 404);
  t.is((await fetch(url, { method: 'POST' })).status, 404);
});

test('Signed with another secret it is nothing', async (t) => {
  const { object, options, clock } = await serve(t);
  const { urls } = createLocalDownloads({ ...options, secret: 'another' });
  const { url } = await urls.create(object, { ...terms, expiresMs: clock.now + 60_000 });
  t.is((await fetch(url)).status, 404);
});

test('It is that version: written anew or deleted, it is nothing', async (t) => {
  const { create, store, object } = await serve(t);
  const { url } = await create();
  await store.put(object, pixels);
  t.is((await fetch(url)).status, 404);
});

test('For a bucket that is not to be read nothing is signed', async (t) => {
  const { options, clock, object } = await serve(t);
  const { urls } = createLocalDownloads(options);
  const expiresMs = clock.now + 60_000;
  await t.throwsAsync(urls.create({ ...object, bucket: 'uploads' }, { ...terms, expiresMs }), {
    code: 'INTERNAL',
  });
});
