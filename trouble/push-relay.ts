// Between Pub/Sub's emulator and a function: takes each message over and delivers it until it is acknowledged, at times
// twice, at times without anybody hearing of the answer. The emulator itself loses sight of messages that fail often.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parsePush } from '../shared/push.ts';
import type { Ledger } from './ledger.ts';

export interface PushRelay {
  /** A push does not reach the function. */
  refusing: boolean;
  /** The function has done its work, and nobody hears of it. */
  losing: boolean;
  /** What was acknowledged comes once more. */
  doubling: boolean;
  /** Messages that were taken over and not acknowledged yet. */
  readonly open: number;
  close(): Promise<void>;
}

export interface RelayOptions {
  /** To listen at. */
  readonly port: number;
  /** The function's, on this machine. */
  readonly target: number;
  readonly seen: Ledger;
}

/** As the subscriptions of the chain on this machine have it. */
const BACKOFF_MS = { least: 100, most: 2000 };
const CONCURRENCY = 16;
/** Pub/Sub's longest deadline. */
const LIMIT_MS = 600_000;

export async function openPushRelay({ port, target, seen }: RelayOptions): Promise<PushRelay> {
  const ended = new AbortController();
  const waiting: { readonly path: string; readonly body: Buffer<ArrayBuffer> }[] = [];
  let running = 0;
  let open = 0;
  const relay = { refusing: false, losing: false, doubling: false, close };

  const server = createServer((request, response) => {
    void take(request, response).catch(() => response.destroy());
  });

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.from(await buffer(request));
    const path = request.url ?? '/';
    if (request.method === 'POST' && isPush(body)) {
      seen.count('messages');
      open++;
      waiting.push({ path, body });
      response.writeHead(204).end();
      begin();
      return;
    }
    const method = request.method!;
    const answer = await send(path, method, method === 'POST' ? body : undefined);
    response.writeHead(answer.status).end(await answer.text());
  }

  function begin(): void {
    while (running < CONCURRENCY && waiting.length > 0) {
      const { path, body } = waiting.shift()!;
      running++;
      void deliver(path, body).finally(() => {
        running--;
        open--;
        begin();
      });
    }
  }

  async function deliver(path: string, body: Buffer<ArrayBuffer>): Promise<void> {
    for (let wait = BACKOFF_MS.least; !ended.signal.aborted; wait = Math.min(2 * wait, BACKOFF_MS.most)) {
      const isDone = await tryOnce(path, body);
      if (isDone && relay.doubling) void tryOnce(path, body);
      if (isDone) return;
      seen.count('messages delivered again');
      await sleep(wait, undefined, { signal: ended.signal }).catch(() => {});
    }
  }

  async function tryOnce(path: string, body: Buffer<ArrayBuffer>): Promise<boolean> {
    if (relay.refusing) return false;
    const answer = await send(path, 'POST', body).catch(() => undefined);
    await answer?.arrayBuffer().catch(() => {});
    seen.count(`pushes answered ${answer?.status ?? 'by the end of the connection'}`);
    return answer !== undefined && answer.status < 300 && !relay.losing;
  }

  function send(path: string, method: string, body?: Buffer<ArrayBuffer>): Promise<Response> {
    return fetch(`http://127.0.0.1:${target}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body }),
      signal: AbortSignal.any([ended.signal, AbortSignal.timeout(LIMIT_MS)]),
    });
  }

  async function close(): Promise<void> {
    ended.abort();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return Object.defineProperty(relay as PushRelay, 'open', { get: () => open });
}

function isPush(body: Buffer): boolean {
  try {
    return parsePush(JSON.parse(body.toString())) !== undefined;
  } catch {
    return false;
  }
}
