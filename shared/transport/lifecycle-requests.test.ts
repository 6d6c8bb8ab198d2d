import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { countRequests } from './lifecycle-requests.ts';

/** A server whose requests stay open until the test answers them. */
async function serve(t: ExecutionContext) {
  const begun: ServerResponse[] = [];
  let arrival = Promise.withResolvers<void>();
  const requests = countRequests((_: IncomingMessage, response: ServerResponse) => {
    begun.push(response);
    arrival.resolve();
    arrival = Promise.withResolvers();
  });
  const server = createServer(requests.handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    begun,
    idle: requests.idle,
    async request(signal?: AbortSignal) {
      const { promise } = arrival;
      const answer = fetch(url, signal ? { signal } : {});
      await promise;
      return { answer };
    },
  };
}

test('With no request it is idle', async (t) => {
  const { idle } = await serve(t);
  await t.notThrowsAsync(idle());
});

test('It is idle when the last request has been answered', async (t) => {
  const { begun, idle, request } = await serve(t);
  const one = await request();
  const other = await request();
  let quiet = false;
  const waiting = idle().then(() => {
    quiet = true;
  });
  begun[1]!.end('other');
  t.is(await (await other.answer).text(), 'other');
  t.false(quiet);
  begun[0]!.end('one');
  await waiting;
  t.is(await (await one.answer).text(), 'one');
});

test('A caller who hangs up is not waited for', async (t) => {
  const { idle, request } = await serve(t);
  const gone = new AbortController();
  const { answer } = await request(gone.signal);
  const waiting = idle();
  gone.abort();
  await t.throwsAsync(answer, { name: 'AbortError' });
  await t.notThrowsAsync(waiting);
});
