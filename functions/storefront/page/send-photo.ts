// A photo's way into the bucket: one PUT with a bar of bytes, made again after a broken connection.

import type { GivenUpload } from './api.ts';
import { apiError } from './api-error.ts';
import type { Connection } from './connection.ts';
import { isPassing, retryAfterOf } from './retry.ts';

export interface Sending {
  /** Bytes that have left. */
  sent(bytes: number): void;
  /** It broke off and begins anew. */
  again(): void;
}

const TRIES = 8;
/** It had arrived, and its answer was lost. */
const EXISTS = 412;

/** @param url where the photo goes @throws ApiError, or the signal's reason */
export async function sendPhoto(
  file: Blob,
  { url, headers }: { readonly url: string } & Pick<GivenUpload, 'headers'>,
  tell: Sending,
  connection: Connection,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { status, text, retryAfter } = await put(file, url, headers, tell, signal);
    if ((status >= 200 && status < 300) || (status === EXISTS && attempt > 1)) return connection.tell('none');
    if (!isPassing(status) || (attempt >= TRIES && navigator.onLine)) throw apiError(status, text);
    tell.again();
    await connection.pause(attempt, status, retryAfter, signal);
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: number | undefined;
}

/** `fetch` tells nothing of bytes on their way. */
function put(
  file: Blob,
  url: string,
  headers: Readonly<Record<string, string>>,
  tell: Sending,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    const end = (): void => {
      signal.removeEventListener('abort', abort);
      const { status, responseText: text } = request;
      const retryAfter = status === 0 ? null : request.getResponseHeader('Retry-After');
      resolve({ status, text, retryAfter: retryAfterOf(retryAfter) });
    };
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => tell.sent(loaded);
    request.onload = end;
    request.onerror = end;
    request.ontimeout = end;
    request.onabort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
    request.send(file);
  });
}
