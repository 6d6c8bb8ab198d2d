import { createSign, generateKeyPairSync } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import test from 'ava';
import { CutlineError } from '../errors.ts';
import type { FakeGcs } from '../testing/fake-gcs.ts';
import { findFakeGcs, noFakeGcs, startFakeGcs } from '../testing/fake-gcs.ts';
import { serveRaw } from '../testing/raw-http.ts';
import { checkSignature } from '../testing/signed-request.ts';
import { refused } from '../testing/store-folder.ts';
import type { UploadFace } from '../testing/upload-urls-contract.ts';
import { uploadUrlsContract } from '../testing/upload-urls-contract.ts';
import { createCloudStorage } from './cloud-storage.ts';
import { createCloudUploadUrls } from './cloud-upload-urls.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const key = { client_email: 'storefront@project.iam.gserviceaccount.com', private_key: privateKey };
const buckets = ['uploads'];
const program = findFakeGcs();
const face = program ? 'Cloud Storage' : `Cloud Storage (${noFakeGcs})`;
// Else the client asks gcloud, where that is installed, which takes its time.
process.env.GOOGLE_CLOUD_PROJECT = 'project';
let server: FakeGcs | undefined;
test.before(async () => {
  server = await startFakeGcs({ buckets: ['uploads', 'results'] });
});
test.after.always(() => server?.stop());

// The emulator looks neither at a signature nor at a condition: the first is checked here as Cloud Storage does.
uploadUrlsContract(program ? test : test.skip, face, false, async () => {
  const apiEndpoint = server!.endpoint;
  const opened: UploadFace = {
    urls: createCloudUploadUrls({ buckets, apiEndpoint, key, now: () => opened.now }),
    store: createCloudStorage({ buckets, apiEndpoint, retries: 0 }),
    now: Date.now(),
    async send({ url, ...init }) {
      if (checkSignature({ url, ...init }, publicKey, opened.now) !== undefined) return 403;
      return (await fetch(url, init)).status;
    },
  };
  return opened;
});

const object = { bucket: 'uploads', name: 'uploads/pet-shop/a b.jpg' };
const termsUntil = (expiresMs: number) => ({
  contentType: 'image/jpeg',
  minBytes: 1,
  maxBytes: 10_485_760,
  metadata: { 'cutline-scale': '2' },
  expiresMs,
});

test('Without an emulator the URL leads to Cloud Storage, and all that counts is signed', async (t) => {
  const now = Date.now();
  const urls = createCloudUploadUrls({ buckets, key, now: () => now });
  const { url, method, headers } = await urls.create(object, termsUntil(now + 900_000));
  const { origin, pathname, searchParams } = new URL(url);
  t.is(origin + pathname, 'https://storage.googleapis.com/uploads/uploads/pet-shop/a%20b.jpg');
  const { 'X-Goog-Signature': signature, ...query } = Object.fromEntries(searchParams);
  t.regex(signature!, /^[0-9a-f]{512}$/);
  const date = new Date(Math.floor(now / 1000) * 1000).toISOString().replace(/[-:]|\.000/g, '');
  t.deepEqual(query, {
    'X-Goog-Algorithm': 'GOOG4-RSA-SHA256',
    'X-Goog-Credential': `${key.client_email}/${date.slice(0, 8)}/auto/storage/goog4_request`,
    'X-Goog-Date': date,
    'X-Goog-Expires': '900',
    'X-Goog-SignedHeaders':
      'content-type;host;x-goog-content-length-range;x-goog-if-generation-match;x-goog-meta-cutline-scale',
  });
  t.is(checkSignature({ url, method, headers }, publicKey, now), undefined);
});

test('More than seven days, or none at all, cannot be signed', async (t) => {
  const now = Date.now();
  const urls = createCloudUploadUrls({ buckets, key, now: () => now });
  for (const expires of [now + 8 * 24 * 3600 * 1000, now - 5000])
    await refused(t, urls.create(object, termsUntil(expires)), 'STORE_UNAVAILABLE');
});

test.serial('Without a key IAM signs as the process’s own account', async (t) => {
  const asked: string[] = [];
  const google = await serveRaw(t, async (request, response) => {
    const path = new URL(request.url!, 'http://x').pathname;
    asked.push(`${request.method} ${path}`);
    response.setHeader('Metadata-Flavor', 'Google');
    response.setHeader('Content-Type', 'application/json');
    const body = await text(request);
    if (path.endsWith(':signBlob')) {
      const blob = Buffer.from(JSON.parse(body).payload, 'base64');
      const signedBlob = createSign('RSA-SHA256').update(blob).sign(privateKey, 'base64');
      t.is(request.headers.authorization, 'Bearer t0ken');
      return response.end(JSON.stringify({ keyId: '1', signedBlob }));
    }
    if (path.endsWith('/token'))
      return response.end(JSON.stringify({ access_token: 't0ken', expires_in: 3600, token_type: 'Bearer' }));
    response.setHeader('Content-Type', 'text/plain');
    return response.end(path.endsWith('/email') ? key.client_email : 'project');
  });
  process.env.GCE_METADATA_HOST = google.url.replace('http://', '');
  process.env.METADATA_SERVER_DETECTION = 'assume-present';
  delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
  const now = Date.now();
  const signingEndpoint = `${google.url}/v1/projects/-/serviceAccounts/`;
  const urls = createCloudUploadUrls({ buckets, now: () => now, signingEndpoint });
  const { url, method, headers } = await urls.create(object, termsUntil(now + 900_000));
  t.is(checkSignature({ url, method, headers }, publicKey, now), undefined);
  t.is(asked.at(-1), `POST /v1/projects/-/serviceAccounts/${key.client_email}:signBlob`);
});

test.serial('When IAM does not sign, it can be tried again, and no token gets into the log', async (t) => {
  const google = await serveRaw(t, (_, response) => {
    response.statusCode = 403;
    response.end('Bearer ya29.s3cret');
  });
  process.env.GCE_METADATA_HOST = google.url.replace('http://', '');
  const signingEndpoint = `${google.url}/v1/projects/-/serviceAccounts/`;
  const urls = createCloudUploadUrls({ buckets, now: Date.now, signingEndpoint, limitMs: 10_000 });
  const error = await t.throwsAsync(urls.create(object, termsUntil(Date.now() + 900_000)), {
    instanceOf: CutlineError,
  });
  t.is((error as CutlineError).code, 'STORE_UNAVAILABLE');
  t.notRegex(inspect(error), /s3cret/);
});
