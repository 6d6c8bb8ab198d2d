import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { createPixelRoom } from './pixel-room.ts';

/** Works that end when they are told to. */
function works(most: number) {
  const room = createPixelRoom(most);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    ask(name: string, pixels: number): Promise<string> {
      return room.run(pixels, async () => {
        begun.push(name);
        await new Promise<void>((end) => ends.set(name, end));
        return name;
      });
    },
    async end(name: string): Promise<void> {
      ends.get(name)!();
      await turn();
    },
  };
}

test('Small pictures begin at once, beside each other', (t) => {
  const { ask, begun } = works(10);
  for (const name of ['a', 'b', 'c']) void ask(name, 3);
  t.deepEqual(begun, ['a', 'b', 'c']);
});

test('What does not fit waits, and those behind it wait too', async (t) => {
  const { ask, begun, end } = works(10);
  void ask('a', 6);
  void ask('b', 5);
  void ask('c', 1);
  t.deepEqual(begun, ['a']);
  await end('a');
  t.deepEqual(begun, ['a', 'b', 'c']);
});

test('A picture larger than all the room goes alone', async (t) => {
  const { ask, begun, end } = works(10);
  void ask('a', 1);
  void ask('large', 30);
  void ask('b', 1);
  await end('a');
  t.deepEqual(begun, ['a', 'large']);
  await end('large');
  t.deepEqual(begun, ['a', 'large', 'b']);
});

test('Each gets its own result, and a failure makes room like a success', async (t) => {
  const room = createPixelRoom(10);
  const failing = room.run(8, async () => {
    await turn();
    throw new Error('disk full');
  });
  const after = room.run(8, async () => 'done');
  await t.throwsAsync(failing, { message: 'disk full' });
  t.is(await after, 'done');
});
