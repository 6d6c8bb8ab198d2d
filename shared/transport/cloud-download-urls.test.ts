import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import { findFakeGcs, noFakeGcs, startFakeGcs } from '../testing/fake-gcs.ts';
import { bytes } from '../testing/object-store-case.ts';
import { checkSignature } from '../testing/signed-request.ts';
import { refused } from '../testing/store-folder.ts';
import { createCloudDownloadUrls } from './cloud-download-urls.ts';
import { createCloudStorage } from './cloud-storage.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const key = { client_email: 'storefront@project.iam.gserviceaccount.com', private_key: privateKey };
const object = { bucket: 'results', name: 'jobs/a b/ü.png', generation: '1795234811731614' };
const form = { disposition: `inline; filename*=UTF-8''S%C3%B6hne.png`, contentType: 'image/png' };
const now = 1_800_000_000_500;
const urls = createCloudDownloadUrls({ buckets: ['results'], key, now: () => now });

test('The URL leads to that version in Cloud Storage, and the whole of it is signed', async (t) => {
  const { url, expires } = await urls.create(object, { ...form, expiresMs: now + 900_000 });
  t.is(expires, new Date(1_800_000_900_000).toISOString());
  const { origin, pathname, searchParams } = new URL(url);
  t.is(origin + pathname, 'https://storage.googleapis.com/results/jobs/a%20b/%C3%BC.png');
  t.is(searchParams.get('generation'), object.generation);
  t.is(searchParams.get('response-content-disposition'), form.disposition);
  t.is(searchParams.get('response-content-type'), 'image/png');
  t.is(searchParams.get('X-Goog-Expires'), '900');
  const request = { method: 'GET', url, headers: {} };
  t.is(checkSignature(request, publicKey, now), undefined);
  t.is(checkSignature(request, publicKey, now + 901_000), 'it has expired');
  for (const name of ['generation', 'response-content-type', 'X-Goog-Expires']) {
    const changed = new URL(url);
    changed.searchParams.set(name, '604800');
    t.is(checkSignature({ ...request, url: changed.href }, publicKey, now), 'the signature differs', name);
  }
  t.is(checkSignature({ ...request, method: 'PUT' }, publicKey, now), 'the signature differs');
});

test('For a bucket that is not to be read nothing is signed, nor for longer than a week', async (t) => {
  const elsewhere = { ...object, bucket: 'uploads' };
  await refused(t, urls.create(elsewhere, { ...form, expiresMs: now + 1000 }), 'INTERNAL');
  await refused(t, urls.create(object, { ...form, expiresMs: now + 8 * 86_400_000 }), 'STORE_UNAVAILABLE');
});

test('Where nothing can be signed the store is unavailable, and no key gets into the message', async (t) => {
  const broken = { ...key, private_key: 'no key' };
  const failing = createCloudDownloadUrls({ buckets: ['results'], key: broken, now: () => now });
  const create = failing.create(object, { ...form, expiresMs: now + 1000 });
  const error = await t.throwsAsync(create, { code: 'STORE_UNAVAILABLE' });
  t.notRegex(error!.message, /no key/);
});

const program = findFakeGcs();
const title = 'A store in the cloud answers it with the object';
(program ? test : test.skip)(program ? title : `${title} (${noFakeGcs})`, async (t) => {
  const server = (await startFakeGcs({ buckets: ['results'] }))!;
  t.teardown(() => server.stop());
  const options = { buckets: ['results'], apiEndpoint: server.endpoint };
  const store = createCloudStorage({ ...options, retries: 0 });
  const name = { bucket: 'results', name: 'jobs/a b/x.png' };
  const { object } = await store.writeIfAbsent(name, bytes('pixels'), { contentType: 'image/png' });
  const emulated = createCloudDownloadUrls({ ...options, key, now: Date.now });
  const { url } = await emulated.create(object, { ...form, expiresMs: Date.now() + 60_000 });
  const answer = await fetch(url);
  t.is(answer.status, 200);
  t.is(await answer.text(), 'pixels');
});
