import test from 'ava';
import { createTurns } from './turns.ts';

test('Tasks of one key run one after the other in the order of asking, those of another beside them', async (t) => {
  const inTurn = createTurns();
  const events: string[] = [];
  const gates = new Map(['a1', 'a2', 'b1'].map((name) => [name, Promise.withResolvers<void>()]));
  const task = (name: string) => async () => {
    events.push(`${name} begins`);
    await gates.get(name)!.promise;
    events.push(`${name} ends`);
    return name;
  };
  const runs = ['a1', 'a2', 'b1'].map((name) => inTurn(name[0]!, task(name)));
  gates.get('b1')!.resolve();
  t.is(await runs[2], 'b1');
  t.deepEqual(events, ['a1 begins', 'b1 begins', 'b1 ends']);
  gates.get('a2')!.resolve();
  gates.get('a1')!.resolve();
  t.deepEqual(await Promise.all(runs), ['a1', 'a2', 'b1']);
  t.deepEqual(events.slice(3), ['a1 ends', 'a2 begins', 'a2 ends']);
});

test('A task that fails tells its caller, and the next has its turn', async (t) => {
  const inTurn = createTurns();
  const failing = inTurn('a', async () => {
    throw new Error('broken');
  });
  const next = inTurn('a', async () => 'next');
  await t.throwsAsync(failing, { message: 'broken' });
  t.is(await next, 'next');
  t.is(await inTurn('a', async () => 'later'), 'later');
});
