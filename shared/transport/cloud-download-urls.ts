// Download URLs of Cloud Storage: signed GETs of the V4 process, by IAM where the process's account has no key of its own
// (on Cloud Run: roles/iam.serviceAccountTokenCreator on itself).
// https://docs.cloud.google.com/storage/docs/authentication/signatures
import { createSign } from 'node:crypto';
import type { DownloadUrls } from '../download-urls.ts';
import { formatUri } from '../gs-uri.ts';
import type { CloudStorageOptions } from './cloud-storage-client.ts';
import { openClient, within } from './cloud-storage-client.ts';
import { storeError } from './cloud-storage-errors.ts';
import { checkWritable } from './object-rules.ts';

export interface CloudDownloadUrlsOptions extends CloudStorageOptions {
  /** Milliseconds since 1970. */
  now(): number;
  /** Of a service account, where not IAM is to sign as the process's own. */
  readonly key?: { readonly client_email: string; readonly private_key: string };
}

/** One request to IAM, where there is no key. */
const LIMIT_MS = 20_000;

/** Asks for nothing until it is called. Not for an emulator, which has nobody to sign: the local face serves any store. */
export function createCloudDownloadUrls(options: CloudDownloadUrlsOptions): DownloadUrls {
  const { buckets, now, key, limitMs = LIMIT_MS } = options;
  let client: ReturnType<typeof openClient> | undefined;
  const open = () => {
    const opened = openClient(options);
    // As the client asks for it; its own option for a key warns at every start.
    if (key) {
      const sign = async (text: string) =>
        createSign('RSA-SHA256').update(text).sign(key.private_key, 'base64');
      Object.assign(opened.authClient, { getCredentials: async () => key, sign });
    }
    return opened;
  };
  return {
    async create(object, { disposition, contentType, expiresMs }) {
      checkWritable(buckets, object);
      client ??= open();
      const { bucket, name, generation } = object;
      // With its generation in the signature a later write of that name is not what is fetched.
      const file = client.bucket(bucket).file(name, { generation });
      // Signed are whole seconds.
      const expires = Math.floor(expiresMs / 1000) * 1000;
      const request = () =>
        file.getSignedUrl({
          version: 'v4',
          action: 'read',
          accessibleAt: Math.floor(now() / 1000) * 1000,
          expires,
          responseDisposition: disposition,
          responseType: contentType,
        });
      try {
        const [url] = await within(limitMs, request);
        return { url, expires: new Date(expires).toISOString() };
      } catch (error) {
        throw storeError(`sign a download URL for ${formatUri(object)}`, error);
      }
    },
  };
}
