// One POST of JSON to a service of ours. Not by fetch, which gives up a request that takes longer than 300 seconds.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface JsonRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** An answer with more is refused. */
  readonly maxBytes: number;
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** `undefined` when it is no JSON. */
  readonly body: unknown;
}

export type PostJson = (url: URL, body: unknown, options: JsonRequest) => Promise<JsonAnswer>;

/** Follows no redirect. @throws Error when there is no whole answer, with the signal's reason as `cause` when aborted */
export const postJson: PostJson = async (url, body, options) => {
  const payload = Buffer.from(JSON.stringify(body));
  try {
    return await post(url, payload, options);
  } catch (error) {
    // A connection that was kept may have been closed from the other side just then: that says nothing of the service.
    if (error instanceof StaleConnection) return await post(url, payload, options);
    throw error;
  }
};

class StaleConnection extends Error {}

function post(url: URL, payload: Buffer, { headers, signal, maxBytes }: JsonRequest): Promise<JsonAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<JsonAnswer>();
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, {
    method: 'POST',
    signal,
    headers: {
      ...headers,
      accept: 'application/json',
      'content-type': 'application/json',
      'content-length': payload.byteLength,
    },
  });
  let answered = false;
  request.on('error', (cause: NodeJS.ErrnoException) => {
    const stale = request.reusedSocket && !answered && cause.code === 'ECONNRESET';
    reject(stale ? new StaleConnection('', { cause }) : cause);
  });
  request.on('response', (response) => {
    answered = true;
    readJson(response, maxBytes).then(resolve, (error) => {
      request.destroy();
      reject(error);
    });
  });
  request.end(payload);
  return promise;
}

async function readJson(response: IncomingMessage, maxBytes: number): Promise<JsonAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Error(`Expected at most ${maxBytes} bytes of answer but received more`);
    chunks.push(chunk);
  }
  const { statusCode: status = 0, headers } = response;
  return { status, headers, body: parse(Buffer.concat(chunks).toString('utf8')) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
