import type { ExecutionContext } from 'ava';
import test from 'ava';
import express from 'express';
import fc from 'fast-check';
import { closeApp } from '../serve-push.ts';
import { fakeLog } from '../testing/fake-log.ts';
import type { FakeStore } from '../testing/fake-store.ts';
import { fakeStore } from '../testing/fake-store.ts';
import { chunk, head, serveRaw } from '../testing/raw-http.ts';
import { openStoreFolder } from '../testing/store-folder.ts';
import type { UploadFace } from '../testing/upload-urls-contract.ts';
import { uploadUrlsContract } from '../testing/upload-urls-contract.ts';
import { createLocalUploads } from './local-upload-urls.ts';

const NOON = Date.parse('2026-11-20T12:00:00.500Z');

uploadUrlsContract(test, 'Our own server', true, async (t) => (await open(t)).face);

async function open(t: ExecutionContext, changes: { timeoutMs?: number; store?: FakeStore } = {}) {
  const store = changes.store ?? (await openStoreFolder(t)).store;
  const app = express();
  const server = await serveRaw(t, app);
  const address = `${server.url}/uploads`;
  const options = { store, buckets: ['uploads'], address, secret: 'hush', now: () => face.now };
  const { urls, handler } = createLocalUploads({ ...options, ...changes, store });
  app.use('/uploads', handler);
  closeApp(app, fakeLog());
  const face: UploadFace = {
    urls,
    store,
    now: NOON,
    async send({ url, ...init }) {
      const answer = await fetch(url, init);
      await answer.arrayBuffer();
      return answer.status;
    },
  };
  return { face, server, urls, store };
}

const object = { bucket: 'uploads', name: 'pet-shop/a.jpg' };
const terms = {
  contentType: 'image/jpeg',
  minBytes: 1,
  maxBytes: 1000,
  metadata: {},
  expiresMs: NOON + 60_000,
};

/** The request's head up to its body. */
async function headOf(urls: UploadFace['urls'], length?: number): Promise<string> {
  const { url, headers } = await urls.create(object, terms);
  const { pathname, search } = new URL(url);
  return head('PUT', pathname + search, headers, length);
}

test('An upload that is too long, or never ends, is answered as soon as that is known', async (t) => {
  const { server, urls, store } = await open(t);
  t.is((await server.send([await headOf(urls, 1001)])).status, 413);
  async function* endless() {
    yield await headOf(urls);
    for (let i = 0; i < 1000; i++) yield chunk(new Uint8Array(100));
  }
  t.is((await server.send(endless())).status, 413);
  t.is(await store.head(object), undefined);
});

test('An upload that stops in the middle is a 408, and one whose sender leaves is none', async (t) => {
  const { server, urls, store } = await open(t, { timeoutMs: 200 });
  t.is((await server.send([await headOf(urls, 100), new Uint8Array(50)])).status, 408);
  const socket = await server.open();
  socket.end(await headOf(urls, 100));
  for await (const _ of socket) t.pass();
  t.is(await store.head(object), undefined);
});

test('A store that does not answer is a 503, and the URL is good for another try', async (t) => {
  const store = fakeStore();
  const { urls, face } = await open(t, { store });
  const made = await urls.create(object, terms);
  const upload = { ...made, body: new Uint8Array(5) };
  store.failNext('head');
  t.is(await face.send(upload), 503);
  store.failNext('writeIfAbsent');
  t.is(await face.send(upload), 503);
  t.is(await face.send(upload), 200);
});

test('Only PUT is taken', async (t) => {
  const { urls } = await open(t);
  const { url, headers } = await urls.create(object, terms);
  for (const method of ['GET', 'POST', 'DELETE', 'HEAD'])
    t.is((await fetch(url, { method, headers })).status, 404, method);
});

test('Whatever else is asked of it, it writes nothing and does not fall', async (t) => {
  const store = fakeStore();
  const { server, urls } = await open(t, { store });
  const { pathname, search } = new URL((await urls.create(object, terms)).url);
  const printable = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
  });
  const path = fc.oneof(
    printable.map((text) => `/uploads/${text}`),
    printable.map((text) => `${pathname}?${text}`),
    fc.tuple(fc.nat(search.length), printable).map(([at, text]) => pathname + search.slice(0, at) + text),
  );
  const property = fc.asyncProperty(path, async (path) => {
    const { status } = await server.send([head('PUT', path, { 'Content-Type': 'image/jpeg' }, 3), 'abc']);
    if (![400, 403, 404].includes(status)) throw new Error(`Expected a refusal but received ${status}`);
  });
  await fc.assert(property, { numRuns: 300 });
  t.false(store.calls.some(({ method }) => method !== 'head'));
});
