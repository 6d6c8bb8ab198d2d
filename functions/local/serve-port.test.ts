import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { listen } from './serve-port.ts';

function newServer(t: ExecutionContext) {
  const server = createServer((_, response) => response.end('here'));
  t.teardown(() => server.close());
  return server;
}

test('port 0 is any free one, and the address says which', async (t) => {
  const address = await listen(newServer(t), { host: '127.0.0.1', port: 0 });
  t.regex(address, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  t.is(await (await fetch(address)).text(), 'here');
});

test('who listens on all addresses is reached at his own', async (t) => {
  const address = await listen(newServer(t), { host: '0.0.0.0', port: 0 });
  t.regex(address, /^http:\/\/127\.0\.0\.1:\d+$/);
  t.is(await (await fetch(address)).text(), 'here');
});

test('a port that is taken is CONFIG_INVALID, naming it', async (t) => {
  const taken = Number(new URL(await listen(newServer(t), { host: '127.0.0.1', port: 0 })).port);
  const error = await t.throwsAsync(listen(newServer(t), { host: '127.0.0.1', port: taken }), {
    code: 'CONFIG_INVALID',
  });
  t.regex(
    error!.message,
    new RegExp(`PORT: expected a free port but received ${taken}, which another process uses`),
  );
});

test('an address that is not this machine’s is CONFIG_INVALID, naming it', async (t) => {
  // Kept for documentation (RFC 5737), so nobody has it.
  const error = await t.throwsAsync(listen(newServer(t), { host: '192.0.2.1', port: 0 }), {
    code: 'CONFIG_INVALID',
  });
  t.regex(
    error!.message,
    /expected an address that can be opened but received 192\.0\.2\.1 and 0 \(EADDRNOTAVAIL\)/,
  );
});
