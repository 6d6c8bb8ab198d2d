import test from 'ava';
import { createShareWork } from './share-work.ts';

interface Begun {
  readonly signal: AbortSignal;
  readonly resolve: (value: string) => void;
  readonly reject: (error: unknown) => void;
}

/** Work that ends when the test says so. */
function rig() {
  const share = createShareWork<string>();
  const begun: Begun[] = [];
  const work = (signal: AbortSignal): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    signal.addEventListener('abort', () => reject(signal.reason));
    begun.push({ signal, resolve, reject });
    return promise;
  };
  return { begun, ask: (key: string, signal?: AbortSignal) => share(key, work, signal) };
}

test('What is asked for twice at once is done once, and other things beside it', async (t) => {
  const { begun, ask } = rig();
  const [a, b, c] = [ask('x'), ask('x'), ask('y')];
  t.is(begun.length, 2);
  begun[0]!.resolve('one');
  begun[1]!.resolve('two');
  t.deepEqual(await Promise.all([a, b, c]), ['one', 'one', 'two']);
  const again = ask('x');
  t.is(begun.length, 3);
  begun[2]!.resolve('three');
  t.is(await again, 'three');
});

test('A failure reaches all who wait and is forgotten', async (t) => {
  const { begun, ask } = rig();
  const both = [ask('x'), ask('x')];
  begun[0]!.reject(new Error('no'));
  for (const one of both) await t.throwsAsync(one, { message: 'no' });
  const again = ask('x');
  begun[1]!.resolve('yes');
  t.is(await again, 'yes');
});

test('One who leaves leaves alone; with the last the work ends, and the next begins anew', async (t) => {
  const { begun, ask } = rig();
  const [first, second] = [new AbortController(), new AbortController()];
  const [a, b] = [ask('x', first.signal), ask('x', second.signal)];
  first.abort(new Error('gone'));
  await t.throwsAsync(a, { message: 'gone' });
  t.false(begun[0]!.signal.aborted);
  second.abort(new Error('gone too'));
  await t.throwsAsync(b, { message: 'gone too' });
  t.true(begun[0]!.signal.aborted);
  const c = ask('x');
  t.is(begun.length, 2);
  begun[1]!.resolve('anew');
  t.is(await c, 'anew');
});

test('One who has left already begins nothing', async (t) => {
  const { begun, ask } = rig();
  await t.throwsAsync(ask('x', AbortSignal.abort(new Error('gone'))), { message: 'gone' });
  t.is(begun.length, 0);
});
