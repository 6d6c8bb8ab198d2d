// A request's body as it comes in: within its bytes and its time, from the stream or as functions-framework buffered it.
import type { IncomingMessage } from 'node:http';
import { CutlineError } from '../errors.ts';

/** functions-framework reads the whole body before its function sees the request. */
export type BodyRequest = IncomingMessage & { readonly rawBody?: Uint8Array };

export interface ReadOptions {
  readonly maxBytes: number;
  /** From now to the body's end. */
  readonly timeoutMs: number;
  /** What more bytes than that are: a file that is too large, or a request. */
  readonly tooLarge: (bytes: number) => CutlineError;
}

/** Takes what comes, in the order in which it comes. It may throw. */
export type TakeChunk = (chunk: Uint8Array) => void;

/**
 * Resolves when the body has ended.
 * @throws what `tooLarge` makes as soon as there is too much, before anything is read where the length is declared;
 * REQUEST_TIMEOUT, CANCELLED when the caller went away, and whatever `take` throws. What then still comes is thrown away
 */
export async function readBody(request: BodyRequest, options: ReadOptions, take: TakeChunk): Promise<void> {
  const { maxBytes, tooLarge } = options;
  const declared = Number(request.headers['content-length'] ?? 0);
  try {
    if (declared > maxBytes) throw tooLarge(declared);
    if (!request.rawBody) return await readStream(request, options, take);
    if (request.rawBody.byteLength > maxBytes) throw tooLarge(request.rawBody.byteLength);
    take(request.rawBody);
  } catch (error) {
    discardRest(request);
    throw error;
  }
}

async function readStream(
  request: IncomingMessage,
  { maxBytes, timeoutMs, tooLarge }: ReadOptions,
  take: TakeChunk,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let received = 0;
  const onData = (chunk: Uint8Array): void => {
    received += chunk.byteLength;
    try {
      if (received > maxBytes)
        throw tooLarge(Math.max(received, Number(request.headers['content-length'] ?? 0)));
      take(chunk);
    } catch (error) {
      request.off('data', onData);
      reject(error);
    }
  };
  const onGone = (): void => reject(new CutlineError('CANCELLED'));
  const timer = setTimeout(() => {
    reject(new CutlineError('REQUEST_TIMEOUT', { fields: { limit_seconds: timeoutMs / 1000 } }));
  }, timeoutMs);
  try {
    if (request.readableEnded) return;
    if (request.destroyed) onGone();
    // Kept to the end: an error that nobody listens for would end the process.
    request.on('error', onGone);
    request.once('close', onGone);
    request.once('end', resolve);
    request.on('data', onData);
    await promise;
  } finally {
    clearTimeout(timer);
    request.off('data', onData);
    request.off('end', resolve);
    request.off('close', onGone);
  }
}

/** How long what nobody wants any more is thrown away. */
const LINGER_MS = 3000;

/**
 * A connection that is closed while bytes lie unread is reset, and the answer may be lost with it: so what still comes
 * is thrown away for a while, and only who goes on sending after that is cut off.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
}

/** Bytes that come in pieces, in one buffer: many small pieces kept apart would take a multiple of their bytes. */
export interface GrowingBytes {
  readonly byteLength: number;
  add(chunk: Uint8Array): void;
  /** All of them, in a buffer of their own. */
  take(): Uint8Array<ArrayBuffer>;
}

const FIRST_BYTES = 16 * 1024;

export function createGrowingBytes(): GrowingBytes {
  let buffer = new Uint8Array(0);
  let length = 0;
  return {
    get byteLength() {
      return length;
    },
    add(chunk) {
      const needed = length + chunk.byteLength;
      if (needed > buffer.byteLength) {
        const larger = new Uint8Array(Math.max(needed, 2 * buffer.byteLength, FIRST_BYTES));
        larger.set(buffer.subarray(0, length));
        buffer = larger;
      }
      buffer.set(chunk, length);
      length = needed;
    },
    take() {
      const all = buffer.slice(0, length);
      buffer = new Uint8Array(0);
      length = 0;
      return all;
    },
  };
}
