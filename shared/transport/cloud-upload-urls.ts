// Upload URLs of Cloud Storage: signed PUTs of the V4 process, by IAM where the process's account has no key of its own
// (on Cloud Run: roles/iam.serviceAccountTokenCreator on itself).
// https://docs.cloud.google.com/storage/docs/authentication/signatures
import { createSign, generateKeyPairSync } from 'node:crypto';
import { CutlineError } from '../errors.ts';
import { formatUri } from '../gs-uri.ts';
import type { UploadUrls } from '../upload-urls.ts';
import { travelsAsHeader, uploadHeaders } from '../upload-urls.ts';
import type { CloudStorageOptions } from './cloud-storage-client.ts';
import { openClient, within } from './cloud-storage-client.ts';
import { storeError } from './cloud-storage-errors.ts';
import { checkWritable } from './object-rules.ts';

export interface CloudUploadUrlsOptions extends CloudStorageOptions {
  /** Milliseconds since 1970. */
  now(): number;
  /** Of a service account, where not IAM is to sign as the process's own. */
  readonly key?: SigningKey;
  /** Where IAM signs; else Google's own. */
  readonly signingEndpoint?: string;
}

export interface SigningKey {
  readonly client_email: string;
  /** RSA, PEM. */
  readonly private_key: string;
}

/** One request to IAM, where there is no key. */
const LIMIT_MS = 20_000;

/** Asks for nothing until it is called. */
export function createCloudUploadUrls(options: CloudUploadUrlsOptions): UploadUrls {
  const { buckets, now, limitMs = LIMIT_MS, signingEndpoint } = options;
  let client: ReturnType<typeof openClient> | undefined;
  const open = () => {
    // An emulator checks no signature, yet the client cannot make a URL without one.
    const key = options.key ?? (options.apiEndpoint === undefined ? undefined : throwawayKey());
    const opened = openClient(options);
    if (key) Object.assign(opened.authClient, signingWith(key));
    return opened;
  };
  return {
    async create(object, terms) {
      checkWritable(buckets, object);
      const headers = uploadHeaders(terms);
      const bad = Object.entries(headers).find(([, value]) => !travelsAsHeader(value));
      if (bad) throw new CutlineError('INTERNAL', { message: `Expected ASCII for ${bad[0]}` });
      // Signed are whole seconds.
      const expiresMs = Math.floor(terms.expiresMs / 1000) * 1000;
      client ??= open();
      const file = client.bucket(object.bucket).file(object.name);
      const request = () =>
        file.getSignedUrl({
          version: 'v4',
          action: 'write',
          accessibleAt: Math.floor(now() / 1000) * 1000,
          expires: expiresMs,
          extensionHeaders: headers,
          ...(signingEndpoint !== undefined && { signingEndpoint }),
        });
      try {
        const [url] = await within(limitMs, request);
        return { url, method: 'PUT', headers, expires: new Date(expiresMs).toISOString() };
      } catch (error) {
        throw storeError(`sign an upload URL for ${formatUri(object)}`, error);
      }
    },
  };
}

/** As the client asks for it; its own option for a key warns at every start. */
function signingWith({ client_email, private_key }: SigningKey) {
  return {
    getCredentials: async () => ({ client_email }),
    sign: async (text: string) => createSign('RSA-SHA256').update(text).sign(private_key, 'base64'),
  };
}

function throwawayKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { client_email: 'emulator@example.com', private_key: privateKey };
}
