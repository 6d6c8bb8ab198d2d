// The client of Cloud Storage, set up so that nothing comes from the environment, and nothing waits for ever.
import type { File } from '@google-cloud/storage';
import { IdempotencyStrategy, Storage } from '@google-cloud/storage';
import { isPassing } from './cloud-storage-errors.ts';

/** The client's handle of an object, which need not be there. */
export type CloudFile = File;

export interface CloudStorageOptions {
  /** The buckets that may be touched. */
  readonly buckets: readonly string[];
  readonly projectId?: string | undefined;
  /** An emulator's address, asked without credentials. Without it Cloud Storage, with the process's own. */
  readonly apiEndpoint?: string | undefined;
  /** After a request's first try; with one, two, four seconds or more between them. */
  readonly retries?: number;
  /** For a call with all its requests. */
  readonly limitMs?: number;
}

const RETRIES = 3;
const GOOGLE = 'https://storage.googleapis.com';

export function openClient(options: CloudStorageOptions): Storage {
  const { projectId, retries = RETRIES } = options;
  const apiEndpoint = withProtocol(options.apiEndpoint ?? GOOGLE);
  const storage = new Storage({
    ...(projectId !== undefined && { projectId }),
    apiEndpoint,
    // With STORAGE_EMULATOR_HOST set the client takes any other address for an emulator's, Google's own too.
    useAuthWithCustomEndpoint: options.apiEndpoint === undefined,
    retryOptions: {
      autoRetry: retries > 0,
      maxRetries: retries,
      totalTimeout: 60,
      maxRetryDelay: 8,
      retryableErrorFn: isPassing,
      // All writes create only or replace the whole, so that doing one twice is doing it once.
      idempotencyStrategy: IdempotencyStrategy.RetryAlways,
    },
  });
  // The client would take it from STORAGE_EMULATOR_HOST as that is, without the path that belongs to it.
  storage.baseUrl = `${apiEndpoint}/storage/v1`;
  return storage;
}

/** Emulators' addresses are often written without, and speak plain HTTP. */
function withProtocol(endpoint: string): string {
  const url = /^\w+:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`;
  return url.replace(/\/+$/, '');
}

/**
 * Gives up waiting; the client itself knows no time limit. Only what heeds the signal ends then, the rest goes on and
 * may still write what was to be written.
 */
export async function within<T>(limitMs: number, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const stop = new AbortController();
  const timer = setTimeout(() => {
    late.reject(new Error(`no answer within ${limitMs} ms`));
    stop.abort();
  }, limitMs);
  try {
    return await Promise.race([request(stop.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
