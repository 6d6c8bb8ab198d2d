import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { listen } from '../shared/testing/push-server.ts';
import { quietPort } from '../shared/testing/quiet-port.ts';
import { until } from '../shared/testing/until.ts';
import { createLedger } from './ledger.ts';
import { openPushRelay } from './push-relay.ts';

/** A function that answers with these statuses in turn, the last one from then on. */
async function relayTo(t: ExecutionContext, ...statuses: number[]) {
  const taken: string[] = [];
  const target = await listen(
    t,
    createServer(async (request, response) => {
      const { message } = (await json(request)) as { message: { messageId: string } };
      taken.push(message.messageId);
      response.writeHead(statuses.length > 1 ? statuses.shift()! : statuses[0]!).end();
    }),
  );
  const seen = createLedger();
  const port = await quietPort();
  const relay = await openPushRelay({ port, target, seen });
  t.teardown(() => relay.close());
  const push = async (messageId: string) => {
    const body = JSON.stringify({ message: { data: 'e30=', messageId }, subscription: 's' });
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body })).status;
  };
  const calm = async () => {
    await until(
      'every message to be acknowledged',
      () => relay.open === 0,
      () => `${relay.open} open`,
    );
  };
  return { relay, seen, taken, push, calm };
}

test('A message is delivered until it is acknowledged', async (t) => {
  const { seen, taken, push, calm } = await relayTo(t, 503, 500, 204);
  t.is(await push('a'), 204);
  await calm();
  t.deepEqual(taken, ['a', 'a', 'a']);
  t.deepEqual(seen.entries(), [
    ['messages', 1],
    ['messages delivered again', 2],
    ['pushes answered 204', 1],
    ['pushes answered 500', 1],
    ['pushes answered 503', 1],
  ]);
});

test('Answers are lost, deliveries refused, until it is over; and what is acknowledged may come twice', async (t) => {
  const { relay, seen, taken, push, calm } = await relayTo(t, 204);
  relay.refusing = true;
  await push('a');
  await sleep(50);
  t.deepEqual(taken, []);
  [relay.refusing, relay.losing] = [false, true];
  // The function's own list is longer before its answer is back.
  const answered = () => seen.entries().some(([what]) => what === 'pushes answered 204');
  await until('an answer', answered);
  t.is(relay.open, 1);
  relay.losing = false;
  await calm();
  t.true(taken.length >= 2);
  const before = taken.length;
  relay.doubling = true;
  await push('b');
  await until(
    'two deliveries',
    () => taken.length >= before + 2,
    () => taken,
  );
  t.deepEqual(taken.slice(before), ['b', 'b']);
});
