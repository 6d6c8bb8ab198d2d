// Where the messages of a chain under test are seen as they pass: an endpoint that acknowledges whatever is pushed to it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Topic } from '../publisher.ts';
import type { Delivery } from '../push.ts';
import { parsePush } from '../push.ts';

export interface Seen extends Delivery {
  readonly topic: Topic;
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
}

export interface Inbox {
  /** Where the messages of a topic are to be pushed. */
  endpoint(topic: Topic): string;
  /** In the order of coming, each message once, however often it was delivered. */
  readonly seen: readonly Seen[];
  /** Resolves with the first that fits, seen already or yet to come. */
  first(fits: (seen: Seen) => boolean): Promise<Seen>;
  close(): Promise<void>;
}

export async function openInbox(): Promise<Inbox> {
  const seen: Seen[] = [];
  const watchers = new Set<(one: Seen) => void>();
  const server = createServer(async (request, response) => {
    const delivery = parsePush(await json(request));
    const topic = request.url!.slice(1) as Topic;
    response.writeHead(204).end();
    if (!delivery || seen.some(({ messageId }) => messageId === delivery.messageId)) return;
    const one = { ...delivery, topic, at: Date.now() };
    seen.push(one);
    for (const look of watchers) look(one);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  return {
    seen,
    endpoint: (topic) => `http://127.0.0.1:${address.port}/${topic}`,
    first(fits) {
      const { promise, resolve } = Promise.withResolvers<Seen>();
      const look = (one: Seen): void => {
        if (!fits(one)) return;
        watchers.delete(look);
        resolve(one);
      };
      watchers.add(look);
      for (const one of seen) look(one);
      return promise;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
