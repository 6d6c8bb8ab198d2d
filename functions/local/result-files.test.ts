import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { createResultFiles, discardAllNow } from './result-files.ts';

async function newFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-results-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

const bytes = (text: string) => Buffer.from(text);

test.serial('Files appear together, at the commit, and no temporary one stays', async (t) => {
  const out = await newFolder(t);
  const files = await createResultFiles(join(out, 'dog'));
  t.deepEqual(await readdir(out), []);
  t.is(await files.write('a.png', bytes('one')), join(out, 'dog', 'a.png'));
  await files.write('b.png', bytes('two'));
  const before = await readdir(join(out, 'dog'));
  t.true(
    before.every((name) => name.startsWith('.') && name.endsWith('.tmp')),
    before.join(),
  );
  await files.commit();
  t.deepEqual((await readdir(join(out, 'dog'))).sort(), ['a.png', 'b.png']);
  t.is(await readFile(join(out, 'dog', 'b.png'), 'utf8'), 'two');
});

test.serial('Until the commit a result of an earlier run stays as it was; then it is replaced', async (t) => {
  const out = await newFolder(t);
  await writeFile(join(out, 'a.png'), 'old');
  const files = await createResultFiles(out);
  await files.write('a.png', bytes('new'));
  t.is(await readFile(join(out, 'a.png'), 'utf8'), 'old');
  await files.commit();
  t.is(await readFile(join(out, 'a.png'), 'utf8'), 'new');
});

test.serial(
  'Discarding leaves nothing of this run and everything of earlier ones; twice is once',
  async (t) => {
    const out = await newFolder(t);
    await writeFile(join(out, 'a.png'), 'old');
    const files = await createResultFiles(out);
    await files.write('a.png', bytes('new'));
    await files.write('b.png', bytes('new'));
    await files.discard();
    await files.discard();
    t.deepEqual(await readdir(out), ['a.png']);
    t.is(await readFile(join(out, 'a.png'), 'utf8'), 'old');
  },
);

test.serial('After a commit there is nothing left to discard', async (t) => {
  const out = await newFolder(t);
  const files = await createResultFiles(out);
  await files.write('a.png', bytes('new'));
  await files.commit();
  await files.discard();
  discardAllNow();
  t.deepEqual(await readdir(out), ['a.png']);
});

test.serial('A commit that fails can be discarded', async (t) => {
  const out = await newFolder(t);
  await mkdir(join(out, 'a.png', 'in the way'), { recursive: true });
  const files = await createResultFiles(out);
  await files.write('a.png', bytes('new'));
  await t.throwsAsync(files.commit());
  await files.discard();
  t.deepEqual(await readdir(out), ['a.png']);
});

test.serial(
  'At the last moment everything unfinished of every photo is removed, and nothing finished',
  async (t) => {
    const out = await newFolder(t);
    const done = await createResultFiles(join(out, 'done'));
    await done.write('a.png', bytes('done'));
    await done.commit();
    for (const name of ['one', 'two']) {
      const files = await createResultFiles(join(out, name));
      await files.write('a.png', bytes('half'));
    }
    discardAllNow();
    t.deepEqual(await readdir(join(out, 'done')), ['a.png']);
    t.deepEqual(await readdir(join(out, 'one')), []);
    t.deepEqual(await readdir(join(out, 'two')), []);
  },
);
