import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { CutlineError } from './errors.ts';
import { createSlots } from './slots.ts';

/** A task that goes on until it is told to end. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { task: () => promise, end: resolve, fail: reject };
}

test('Tasks run one at a time, in the order of asking', async (t) => {
  const lock = createSlots(1, 10);
  const events: string[] = [];
  const task = (name: string) => async () => {
    events.push(`${name} begins`);
    await turn();
    events.push(`${name} ends`);
    return name;
  };
  const results = await Promise.all(['a', 'b', 'c'].map((name) => lock.run(task(name))));
  t.deepEqual(results, ['a', 'b', 'c']);
  t.deepEqual(events, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('One who comes between two turns does not push in', async (t) => {
  const lock = createSlots(1, 10);
  const order: string[] = [];
  const first = held();
  const runs = [lock.run(first.task).then(() => lock.run(async () => order.push('late')))];
  runs.push(lock.run(async () => order.push('waiting')));
  first.end('');
  await Promise.all(runs);
  t.deepEqual(order, ['waiting', 'late']);
});

test('With the queue full the next one is BUSY, and a place that becomes free is given again', async (t) => {
  const lock = createSlots(1, 2);
  const first = held();
  const waiting = [lock.run(first.task), lock.run(async () => 'b'), lock.run(async () => 'c')];
  t.is(lock.waiting, 2);
  const refused = await t.throwsAsync(
    lock.run(async () => t.fail('a refused task ran')),
    {
      instanceOf: CutlineError,
    },
  );
  t.is(refused?.code, 'BUSY');
  first.end('a');
  t.deepEqual(await Promise.all(waiting), ['a', 'b', 'c']);
  t.is(lock.waiting, 0);
  t.is(await lock.run(async () => 'd'), 'd');
});

test('One who leaves while waiting is told the reason, and the others keep their order', async (t) => {
  const lock = createSlots(1, 2);
  const first = held();
  const leaving = new AbortController();
  const order: string[] = [];
  const running = lock.run(first.task);
  const gone = lock.run(async () => order.push('gone'), leaving.signal);
  const stays = lock.run(async () => order.push('stays'));
  leaving.abort(new CutlineError('CANCELLED'));
  const error = await t.throwsAsync(gone, { instanceOf: CutlineError });
  t.is(error?.code, 'CANCELLED');
  t.is(lock.waiting, 1);
  first.end('');
  await Promise.all([running, stays]);
  t.deepEqual(order, ['stays']);
});

test('With a signal aborted before, nothing is waited for and nothing runs', async (t) => {
  const lock = createSlots(1, 1);
  const gone = lock.run(
    async () => t.fail('a cancelled task ran'),
    AbortSignal.abort(new CutlineError('CANCELLED')),
  );
  t.is((await t.throwsAsync(gone, { instanceOf: CutlineError }))?.code, 'CANCELLED');
  t.is(await lock.run(async () => 'next'), 'next');
});

test('A signal aborted between its turn and its task still keeps the task from running', async (t) => {
  const lock = createSlots(1, 1);
  const first = held();
  const leaving = new AbortController();
  const running = lock.run(async () => {
    await first.task();
    // Runs after the turn was handed on and before the next task begins.
    queueMicrotask(() => queueMicrotask(() => leaving.abort(new CutlineError('CANCELLED'))));
  });
  const gone = lock.run(async () => t.fail('a cancelled task ran'), leaving.signal);
  first.end('');
  await running;
  t.is((await t.throwsAsync(gone, { instanceOf: CutlineError }))?.code, 'CANCELLED');
  t.is(await lock.run(async () => 'next'), 'next');
});

test('A task that fails hands the turn on', async (t) => {
  const lock = createSlots(1, 5);
  const first = held();
  const failing = lock.run(first.task);
  const next = lock.run(async () => 'next');
  first.fail(new Error('broken'));
  await t.throwsAsync(failing, { message: 'broken' });
  t.is(await next, 'next');
  await t.throwsAsync(
    lock.run(() => {
      throw new Error('at once');
    }),
    { message: 'at once' },
  );
  t.is(await lock.run(async () => 'after'), 'after');
});

test('With two slots two run at once and the third waits', async (t) => {
  const slots = createSlots(2, 10);
  const [first, second] = [held(), held()];
  const runs = [slots.run(first.task), slots.run(second.task), slots.run(async () => 'third')];
  await turn();
  t.deepEqual([slots.taken, slots.waiting], [2, 1]);
  second.end('second');
  t.is(await runs[2], 'third');
  t.deepEqual([slots.taken, slots.waiting], [1, 0]);
  first.end('first');
  t.deepEqual(await Promise.all(runs), ['first', 'second', 'third']);
  t.is(slots.taken, 0);
});

test('In the order of age a later step of whoever asked first goes before one who came in between', async (t) => {
  const slots = createSlots(1, 10, 'eldest');
  const first = held();
  const busy = slots.run(first.task);
  const [older, younger] = [new AbortController(), new AbortController()];
  const order: string[] = [];
  const ask = (name: string, { signal }: AbortController) => slots.run(async () => order.push(name), signal);
  const asked = [ask('older 1', older), ask('younger', younger), ask('older 2', older)];
  first.end('');
  await Promise.all([busy, ...asked]);
  t.deepEqual(order, ['older 1', 'older 2', 'younger']);
});
