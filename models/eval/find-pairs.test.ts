import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { UsageError } from '../../functions/local/arguments.ts';
import { newFolder } from '../../functions/local/testdata/command.ts';
import { findPairs } from './find-pairs.ts';

const all = { list: undefined, limit: Number.POSITIVE_INFINITY };

async function folderWith(t: ExecutionContext, names: readonly string[]): Promise<string> {
  const folder = await newFolder(t);
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), name);
  }
  return folder;
}

test('X.alpha.png is a matte, X.png beside X.jpg are labels, and a PNG alone is a photo', async (t) => {
  const names = ['a.jpg', 'a.alpha.png', 'b.jpg', 'b.png', 'c.png', 'd.png', 'd.alpha.png', 'deep/e.JPEG'];
  const folder = await folderWith(t, [...names, 'out/worst.png']);
  const pairs = await findPairs(folder, join(folder, 'out'), all);
  t.deepEqual(
    pairs.map(({ name, bytes, reference }) => [name, bytes, reference]),
    [
      ['a.jpg', 5, { path: join(folder, 'a.alpha.png'), bytes: 11, labelled: false }],
      ['b.jpg', 5, { path: join(folder, 'b.png'), bytes: 5, labelled: true }],
      ['c.png', 5, undefined],
      ['d.png', 5, { path: join(folder, 'd.alpha.png'), bytes: 11, labelled: false }],
      ['deep/e.JPEG', 11, undefined],
    ],
  );
});

test('A matte goes before labels', async (t) => {
  const folder = await folderWith(t, ['a.jpg', 'a.png', 'a.alpha.png']);
  const [pair, ...more] = await findPairs(folder, 'out', all);
  t.deepEqual(more, []);
  t.false(pair!.reference!.labelled);
});

test('A limit takes photos evenly, a list takes those that it names, in its order', async (t) => {
  const folder = await folderWith(t, ['a/1.jpg', 'a/2.jpg', 'b/1.jpg', 'b/2.jpg', 'c/1.jpg', 'c/2.jpg']);
  const named = async (selection: { list: readonly string[] | undefined; limit: number }) =>
    (await findPairs(folder, 'out', selection)).map(({ name }) => name);
  t.deepEqual(await named({ ...all, limit: 3 }), ['a/1.jpg', 'b/1.jpg', 'c/1.jpg']);
  t.deepEqual(await named({ ...all, list: ['c/2.jpg', 'a/1.jpg'] }), ['c/2.jpg', 'a/1.jpg']);
  await t.throwsAsync(named({ ...all, list: ['x.jpg'] }), { instanceOf: UsageError, message: /'x\.jpg'/ });
});

test('What is no folder is wrong usage', async (t) => {
  await t.throwsAsync(findPairs('nowhere', 'out', all), { instanceOf: UsageError, message: /'nowhere'/ });
});
