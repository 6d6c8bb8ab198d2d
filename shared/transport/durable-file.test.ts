import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { busFolder } from '../testing/bus-rig.ts';
import { createDurably, replaceDurably } from './durable-file.ts';

for (const write of [createDurably, replaceDurably]) {
  test(`${write.name} leaves the whole file and nothing else`, async (t) => {
    const folder = await busFolder(t);
    await write(join(folder, 'a.json'), '{"n":"Möhre"}');
    t.deepEqual(await readdir(folder), ['a.json']);
    t.is(await readFile(join(folder, 'a.json'), 'utf8'), '{"n":"Möhre"}');
  });

  test(`${write.name} makes its folder where that was cleared away`, async (t) => {
    const path = join(await busFolder(t), 'bus', 'uploads', 'a.json');
    await write(path, 'text');
    t.is(await readFile(path, 'utf8'), 'text');
  });

  test(`${write.name} leaves nothing behind where it cannot write`, async (t) => {
    const folder = await busFolder(t);
    await mkdir(join(folder, 'a.json', 'in the way'), { recursive: true });
    await t.throwsAsync(write(join(folder, 'a.json'), 'x'), { code: 'EISDIR', message: /rename/ });
    t.deepEqual(await readdir(folder), ['a.json']);
    t.deepEqual(await readdir(join(folder, 'a.json')), ['in the way']);
  });
}

test('replaceDurably takes the place of what was there', async (t) => {
  const path = join(await busFolder(t), 'a.json');
  await replaceDurably(path, 'a long first text');
  await replaceDurably(path, 'second');
  t.is(await readFile(path, 'utf8'), 'second');
});
