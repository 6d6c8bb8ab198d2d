// That nothing is loaded before it is needed, and that what is loaded then is the real thing.
import { registerHooks } from 'node:module';
import test from 'ava';
import { CutlineError } from '../errors.ts';
import { latePublisher, lateStore } from './late-cloud.ts';

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    const name = /node_modules\/@google-cloud\/(storage|pubsub)\//.exec(url)?.[1];
    if (name !== undefined && !loaded.includes(name)) loaded.push(name);
    return next(url, context);
  },
});

// Nobody is there.
const apiEndpoint = '127.0.0.1:9';
const openStore = () => lateStore({ buckets: ['results'], projectId: 'late', apiEndpoint, retries: 0 });
const openPublisher = () => latePublisher({ projectId: 'late', apiEndpoint, timeoutMs: 200 });

test.serial('A store and a publisher that nobody calls load no client, and can be closed', async (t) => {
  openStore();
  await openPublisher().close();
  t.deepEqual(loaded, []);
});

test.serial('The first call loads the client of its port alone', async (t) => {
  await t.throwsAsync(openStore().head({ bucket: 'results', name: 'a' }), { code: 'STORE_UNAVAILABLE' });
  t.deepEqual(loaded, ['storage']);
});

test.serial('Each call of the store is that of the real one', async (t) => {
  const store = openStore();
  await store.load();
  const file = { bucket: 'elsewhere', name: 'a' };
  const version = { ...file, generation: '1' };
  const json = { contentType: 'application/json' };
  // Of a bucket that is not known there is nothing, and nobody is asked.
  t.is(await store.head(file), undefined);
  t.is(await store.read(file, 1), undefined);
  t.is(await store.delete(version), false);
  const listed: unknown[] = [];
  for await (const object of store.list('elsewhere', '')) listed.push(object);
  t.deepEqual(listed, []);
  const refused = [
    store.write(file, new Uint8Array(), json),
    store.writeIfAbsent(file, new Uint8Array(), json),
    store.copyIfAbsent(version, file),
  ];
  for (const work of refused) await t.throwsAsync(work, { instanceOf: CutlineError });
});

test.serial('A publisher that was called is closed with its client', async (t) => {
  const publisher = openPublisher();
  await t.throwsAsync(publisher.publish('segment', {}), { code: 'PUBLISH_FAILED' });
  t.true(loaded.includes('pubsub'));
  await publisher.load();
  await t.notThrowsAsync(publisher.close());
});
