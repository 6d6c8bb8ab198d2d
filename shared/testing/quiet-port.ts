// Where a child process of a test is to listen.
import { once } from 'node:events';
import { createServer } from 'node:net';

const MOST_TRIES = 1000;

/**
 * A free port that stays free while nobody listens there: the system gives those from 32768 on to outgoing connections.
 * @returns one from 16384 to 32767
 */
export async function quietPort(): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const port = 16_384 + Math.floor(Math.random() * 16_384);
    const server = createServer();
    const free = once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.listen(port, '127.0.0.1');
    if (!(await free)) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error(`Expected a free port but received none in ${MOST_TRIES} tries`);
}
