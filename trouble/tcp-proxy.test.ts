import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { listen } from '../shared/testing/push-server.ts';
import { soon } from '../shared/testing/until.ts';
import { layWire } from './tcp-proxy.ts';

/** Says back what it hears. */
async function echoThrough(t: ExecutionContext) {
  const echo = createServer((socket) => void socket.on('error', () => {}).pipe(socket));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  t.teardown(() => echo.close());
  const wire = await layWire(`127.0.0.1:${(echo.address() as { port: number }).port}`);
  t.teardown(() => wire.close());
  const open = () => connect(Number(wire.host.split(':')[1]), '127.0.0.1').on('error', () => {});
  return { wire, open };
}

/** However it ends. */
const end = (socket: Socket): Promise<unknown> =>
  soon('the end of a connection', new Promise((resolve) => socket.once('close', resolve)));

test('What goes in comes out, slowed too', async (t) => {
  const { wire, open } = await echoThrough(t);
  for (const delay of [0, 20]) {
    wire.slow(delay);
    const socket = open();
    socket.end('hello '.repeat(20_000));
    t.is((await text(socket)).length, 120_000);
  }
});

test('Cut, open connections end and new ones too, until it is mended', async (t) => {
  const { wire, open } = await echoThrough(t);
  const before = open();
  before.write('x');
  await once(before, 'data');
  const gone = end(before);
  wire.cut();
  await gone;
  await end(open());
  wire.mend();
  const after = open();
  after.end('again');
  t.is(await text(after), 'again');
});

test('It is none for HTTP alone: a server behind it answers', async (t) => {
  const { createServer: createHttp } = await import('node:http');
  const port = await listen(
    t,
    createHttp((_, response) => void response.end('here')),
  );
  const wire = await layWire(`127.0.0.1:${port}`);
  t.teardown(() => wire.close());
  t.is(await (await fetch(`http://${wire.host}`)).text(), 'here');
});
