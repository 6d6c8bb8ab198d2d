// An endpoint on this machine that Pub/Sub's emulator pushes to.
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import type { PushHandler } from '../push.ts';
import { parsePush } from '../push.ts';

/** Listens on a free port until the test ends. */
export async function listen(t: ExecutionContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  return address.port;
}

/**
 * @param handlers by the path's first segment; one that throws has its connection cut
 * @returns the base URL
 */
export async function servePushes(
  t: ExecutionContext,
  handlers: ReadonlyMap<string, PushHandler>,
): Promise<string> {
  const server = createServer(async (request, response) => {
    try {
      const delivery = parsePush(await readJson(request));
      const handler = handlers.get(request.url!.slice(1));
      if (!delivery || !handler) throw new Error(`Expected a push but received ${request.url}`);
      const { status, body } = await handler(delivery);
      response.statusCode = status;
      response.end(body === undefined ? undefined : JSON.stringify(body));
    } catch {
      request.socket.destroy();
    }
  });
  return `http://127.0.0.1:${await listen(t, server)}`;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return JSON.parse(text);
}
