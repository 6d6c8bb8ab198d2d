import test from 'ava';
import { serveFunction } from '../testing/cloud-function.ts';
import { soon } from '../testing/until.ts';

const source = new URL('testdata/slow-function.ts', import.meta.url);
const LONG = { DRAIN_MS: '30000' };

test('SIGTERM in the middle of a request: it is answered, others are refused, and the process exits 0', async (t) => {
  const { child, url, logged, lines, ended } = await serveFunction(t, source, LONG);
  const running = fetch(`${url}/slow`, { method: 'POST' });
  await logged('begun');
  child.kill('SIGTERM');
  await logged('Ending');
  const refused = await fetch(`${url}/slow`, { method: 'POST' });
  t.is(refused.status, 503);
  t.is(await refused.text(), 'SHUTTING_DOWN');
  const answer = await running;
  t.is(answer.status, 200);
  t.is(await answer.text(), 'done');
  t.deepEqual(await soon('the end', ended), { code: 0, signal: null });
  t.deepEqual(
    lines.map(({ message }) => message),
    ['begun', 'Ending', 'Ended'],
  );
});

test('What is not done in time is left, and the process exits 0 all the same', async (t) => {
  const { child, url, logged, lines, ended } = await serveFunction(t, source, { DRAIN_MS: '50' });
  const running = fetch(`${url}/never`, { method: 'POST' }).then(
    ({ status }) => status,
    () => 'cut off',
  );
  await logged('begun');
  child.kill('SIGTERM');
  t.deepEqual(await soon('the end', ended), { code: 0, signal: null });
  t.not(await running, 200);
  t.is(lines.at(-1)?.severity, 'WARNING');
});

test('A second signal ends it at once', async (t) => {
  const { child, url, logged, ended } = await serveFunction(t, source, LONG);
  void fetch(`${url}/never`, { method: 'POST' }).catch(() => {});
  await logged('begun');
  child.kill('SIGINT');
  await logged('Ending');
  child.kill('SIGTERM');
  t.deepEqual(await soon('the end', ended), { code: 143, signal: null });
});

test('A process that can no longer work answers what it has and exits 70', async (t) => {
  const { url, logged, ended } = await serveFunction(t, source, LONG);
  const running = fetch(`${url}/slow`, { method: 'POST' });
  await logged('begun');
  t.is((await fetch(`${url}/broken`, { method: 'POST' })).status, 200);
  t.is((await fetch(url)).status, 503);
  t.is((await running).status, 200);
  t.deepEqual(await soon('the end', ended), { code: 70, signal: null });
});

for (const [path, message, why] of [
  ['/uncaught', 'Uncaught exception', 'nobody catches this'],
  ['/unhandled', 'Unhandled rejection', 'nobody waits for this'],
] as const) {
  test(`${message}: it is logged as an error with its stack, and the process exits 1`, async (t) => {
    const { url, lines, ended } = await serveFunction(t, source, LONG);
    void fetch(`${url}${path}`, { method: 'POST' }).catch(() => {});
    // Where the framework catches it, the process does not end at all.
    t.deepEqual(await soon('the end', ended), { code: 1, signal: null });
    const last = lines.at(-1)!;
    t.is(last.severity, 'ERROR');
    t.is(last.message, message);
    t.like(last.error, { code: 'Error', message: why });
    t.regex(last.stack_trace as string, /slow-function\.ts/);
  });
}
