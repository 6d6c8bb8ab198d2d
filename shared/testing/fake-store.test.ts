import test from 'ava';
import { CutlineError } from '../errors.ts';
import { fakeStore } from './fake-store.ts';
import { contractBuckets, objectStoreContract } from './object-store-contract.ts';

objectStoreContract(test, 'Memory', () => fakeStore(contractBuckets));

const object = { bucket: 'results', name: 'a' };
const data = Uint8Array.of(1);
const options = { contentType: 'text/plain' };
const UNAVAILABLE = { instanceOf: CutlineError, code: 'STORE_UNAVAILABLE' };

test('A call that is to fail fails once, before it does anything or when it is done', async (t) => {
  const store = fakeStore();
  store.failNext('write');
  await t.throwsAsync(store.write(object, data, options), UNAVAILABLE);
  t.is(await store.quiet.head(object), undefined);
  store.failNext('write', undefined, { after: true });
  await t.throwsAsync(store.write(object, data, options), UNAVAILABLE);
  t.truthy(await store.head(object));
  store.failNext('delete', new Error('x'), { on: 'b' });
  t.true(await store.delete(object));
  await t.throwsAsync(store.delete({ ...object, name: 'ab' }), { message: 'x' });
});

test('A hook steps in before or after a call, until it is taken off', async (t) => {
  const store = fakeStore();
  const seen: string[] = [];
  const off = store.after('writeIfAbsent', async ({ name }) => {
    seen.push(name);
    await store.quiet.delete(object);
  });
  t.true((await store.writeIfAbsent(object, data, options)).created);
  t.is(await store.quiet.head(object), undefined);
  off();
  await store.writeIfAbsent(object, data, options);
  t.deepEqual(seen, ['a']);
  t.deepEqual(
    store.calls.map(({ method }) => method),
    ['writeIfAbsent', 'writeIfAbsent'],
  );
  t.deepEqual(await store.names('results'), ['a']);
});
