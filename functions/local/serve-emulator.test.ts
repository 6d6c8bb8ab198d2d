import { createServer } from 'node:http';
import test from 'ava';
import { listen } from '../../shared/testing/push-server.ts';
import { quietPort } from '../../shared/testing/quiet-port.ts';
import { expectEmulator } from './serve-emulator.ts';

test('an emulator that listens is there', async (t) => {
  const port = await listen(t, createServer());
  await t.notThrowsAsync(expectEmulator('STORAGE_EMULATOR_HOST', `http://127.0.0.1:${port}`));
});

test('one that comes a moment later is waited for', async (t) => {
  const port = await quietPort();
  const waiting = expectEmulator('STORAGE_EMULATOR_HOST', `http://127.0.0.1:${port}`, 60_000);
  const server = createServer().listen(port, '127.0.0.1');
  t.teardown(() => server.close());
  await t.notThrowsAsync(waiting);
});

test('one that does not come is CONFIG_INVALID, naming its variable and address', async (t) => {
  const address = `http://127.0.0.1:${await quietPort()}`;
  const error = await t.throwsAsync(expectEmulator('PUBSUB_EMULATOR_HOST', address, 1), {
    code: 'CONFIG_INVALID',
  });
  t.true(
    error!.message.endsWith(
      `PUBSUB_EMULATOR_HOST: expected an emulator that answers but received nothing from ${address}`,
    ),
  );
});

test('a name that no machine has is CONFIG_INVALID too', async (t) => {
  const start = expectEmulator('PUBSUB_EMULATOR_HOST', 'http://nobody.invalid:8085', 1);
  await t.throwsAsync(start, { code: 'CONFIG_INVALID' });
});
