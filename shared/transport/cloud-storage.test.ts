import { gzipSync } from 'node:zlib';
import test from 'ava';
import type { ObjectStore } from '../object-store.ts';
import type { FakeGcs } from '../testing/fake-gcs.ts';
import { findFakeGcs, noFakeGcs, startFakeGcs } from '../testing/fake-gcs.ts';
import { all, bytes, plain } from '../testing/object-store-case.ts';
import { contractBuckets, objectStoreContract } from '../testing/object-store-contract.ts';
import { refused } from '../testing/store-folder.ts';
import { createCloudStorage } from './cloud-storage.ts';

const program = findFakeGcs();
const withServer = program ? test : test.skip;
const face = program ? 'Cloud Storage' : `Cloud Storage (${noFakeGcs})`;
let server: FakeGcs | undefined;
test.before(async () => {
  server = await startFakeGcs({ buckets: [...contractBuckets, 'private'] });
});
test.after.always(() => server?.stop());

objectStoreContract(withServer, face, () => open());

withServer(`${face}: STORAGE_EMULATOR_HOST is not read, the address that was given counts`, async (t) => {
  process.env.STORAGE_EMULATOR_HOST = 'http://127.0.0.1:9';
  const store = open();
  delete process.env.STORAGE_EMULATOR_HOST;
  const written = await store.write({ bucket: 'uploads', name: 'env' }, bytes('x'), plain);
  t.deepEqual((await store.read(written, 10))?.data, bytes('x'));
  const bare = createCloudStorage({ ...options(), apiEndpoint: server!.endpoint.replace('http://', '') });
  t.deepEqual(await bare.head(written), written, 'an address without protocol, as emulators say it');
});

withServer(`${face}: In a bucket that keeps versions an old one is gone all the same`, async (t) => {
  await api('POST', '/storage/v1/b', { name: 'versioned', versioning: { enabled: true } });
  const store = createCloudStorage({ ...options(), buckets: ['versioned'] });
  const object = { bucket: 'versioned', name: 'a' };
  const old = await store.write(object, bytes('old'), plain);
  const young = await store.write(object, bytes('young'), plain);
  const kept = await api('GET', `/storage/v1/b/versioned/o/a?generation=${old.generation}`);
  t.is(kept.status, 200, 'the bucket has it still');
  t.is(await store.head(old), undefined);
  t.is(await store.read(old, 100), undefined);
  t.is(await store.copyIfAbsent(old, { bucket: 'versioned', name: 'copy' }), undefined);
  t.false(await store.delete(old));
  t.deepEqual(
    (await all(store.list('versioned', ''))).map(({ generation }) => generation),
    [young.generation],
  );
  t.true(await store.delete(young));
  t.is(await store.head(object), undefined);
});

withServer(`${face}: What others put there is taken as it is`, async (t) => {
  const store = open();
  await upload('odd/no-type', '', 'x', {});
  t.is((await store.head({ bucket: 'uploads', name: 'odd/no-type' }))?.bytes, 1);
  await upload('odd/keys', 'image/png', 'x', { 'Cutline-Scale': '2' });
  t.deepEqual((await store.head({ bucket: 'uploads', name: 'odd/keys' }))?.metadata, {
    'cutline-scale': '2',
  });
  await upload('odd/folder/', 'text/plain', '', {});
  t.is(await store.head({ bucket: 'uploads', name: 'odd/folder/' }), undefined);
  t.deepEqual((await all(store.list('uploads', 'odd/'))).map(({ name }) => name).sort(), [
    'odd/keys',
    'odd/no-type',
  ]);
});

withServer(
  `${face}: What is declared as gzip is read as it is stored, so that no bomb goes off`,
  async (t) => {
    const store = open();
    const bomb = gzipSync(new Uint8Array(10_000_000));
    const name = encodeURIComponent('bomb.jpg');
    const path = `/upload/storage/v1/b/uploads/o?uploadType=media&name=${name}&contentEncoding=gzip`;
    t.is((await fetch(server!.endpoint + path, { method: 'POST', body: bomb })).status, 200);
    const stored = await store.read({ bucket: 'uploads', name: 'bomb.jpg' }, bomb.length);
    t.is(Buffer.compare(stored!.data, bomb), 0);
  },
);

withServer(`${face}: A bucket outside the list is not touched though it is there`, async (t) => {
  await upload('secret', 'text/plain', 'x', {}, 'private');
  const store = open();
  t.is(await store.head({ bucket: 'private', name: 'secret' }), undefined);
  t.is(await store.read({ bucket: 'private', name: 'secret' }, 100), undefined);
  t.false(await store.delete({ bucket: 'private', name: 'secret' }));
  t.deepEqual(await all(store.list('private', '')), []);
  await refused(t, store.write({ bucket: 'private', name: 'secret' }, bytes('y'), plain), 'INTERNAL');
});

withServer(
  `${face}: A bucket of the list that is not there is empty, and cannot be written today`,
  async (t) => {
    const store = createCloudStorage({ ...options(), buckets: ['uploads', 'missing'] });
    const missing = { bucket: 'missing', name: 'a' };
    t.is(await store.head(missing), undefined);
    t.is(await store.read(missing, 100), undefined);
    t.false(await store.delete(missing));
    t.deepEqual(await all(store.list('missing', '')), []);
    await refused(t, store.write(missing, bytes('x'), plain), 'STORE_UNAVAILABLE');
    await refused(t, store.writeIfAbsent(missing, bytes('x'), plain), 'STORE_UNAVAILABLE');
  },
);

function options() {
  return { buckets: contractBuckets, apiEndpoint: server!.endpoint, retries: 0 };
}

function open(): ObjectStore {
  return createCloudStorage(options());
}

async function api(method: string, path: string, body?: unknown): Promise<Response> {
  return await fetch(server!.endpoint + path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** As another client would. */
async function upload(
  name: string,
  contentType: string,
  data: string,
  metadata: Readonly<Record<string, string>>,
  bucket = 'uploads',
): Promise<void> {
  const resource = JSON.stringify({ name, contentType, metadata });
  const body = [
    `--b\r\nContent-Type: application/json\r\n\r\n${resource}`,
    `--b\r\nContent-Type: ${contentType}\r\n\r\n${data}`,
    '--b--',
  ].join('\r\n');
  const headers = { 'Content-Type': 'multipart/related; boundary=b' };
  const url = `${server!.endpoint}/upload/storage/v1/b/${bucket}/o?uploadType=multipart`;
  const { status } = await fetch(url, { method: 'POST', headers, body });
  if (status !== 200) throw new Error(`Expected 200 for an upload but received ${status}`);
}
