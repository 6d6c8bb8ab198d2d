import { spawnSync } from 'node:child_process';
import { chmod, lstat, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { CutlineError } from '../errors.ts';
import { all, bytes, plain } from '../testing/object-store-case.ts';
import { objectStoreContract } from '../testing/object-store-contract.ts';
import { filesBelow, openStoreFolder, refused, temporaryFolder } from '../testing/store-folder.ts';
import { createFileStore } from './file-store.ts';

objectStoreContract(test, 'Files', async (t) => (await openStoreFolder(t)).store);

const horse = { bucket: 'uploads', name: 'pets/horse.JPG' };

test('Nothing leads out of the folder: a link is no object, and no way to one', async (t) => {
  const { store, drop, folder } = await openStoreFolder(t);
  const outside = await temporaryFolder(t);
  await writeFile(join(outside, 'secret'), 'secret');
  await symlink(join(outside, 'secret'), join(folder, 'uploads/file'));
  await symlink(outside, join(folder, 'uploads/door'));
  await symlink(join(folder, 'results'), join(folder, 'uploads/inside'));
  await drop('results/secret', 'ours');
  for (const name of ['file', 'door/secret', 'door', 'inside/secret']) {
    const object = { bucket: 'uploads', name };
    t.is(await store.head(object), undefined, name);
    t.is(await store.read(object, 100), undefined, name);
    t.false(await store.delete(object), name);
  }
  t.deepEqual(await all(store.list('uploads', '')), []);
  t.deepEqual(await all(store.list('uploads', 'door/')), []);
  for (const name of ['door/new', 'door/deep/new', 'inside/new']) {
    await refused(t, store.writeIfAbsent({ bucket: 'uploads', name }, bytes('x'), plain), 'INTERNAL');
    await refused(t, store.write({ bucket: 'uploads', name }, bytes('x'), plain), 'INTERNAL');
  }
  await refused(t, store.writeIfAbsent({ bucket: 'uploads', name: 'file' }, bytes('x'), plain), 'INTERNAL');
  t.deepEqual(await readdir(outside), ['secret']);
  t.is(await readFile(join(outside, 'secret'), 'utf8'), 'secret');
  // Replaced is the link, not what it leads to.
  await store.write({ bucket: 'uploads', name: 'file' }, bytes('ours'), plain);
  t.is(await readFile(join(outside, 'secret'), 'utf8'), 'secret');
  t.is((await store.read({ bucket: 'uploads', name: 'file' }, 100))?.info.bytes, 4);
});

test('A folder is no object, and a pipe neither; an object cannot lie below another', async (t) => {
  const { store, folder } = await openStoreFolder(t);
  await store.write({ bucket: 'uploads', name: 'a/b/c' }, bytes('x'), plain);
  t.is(spawnSync('mkfifo', [join(folder, 'uploads/pipe')]).status, 0);
  for (const name of ['a', 'a/b', 'a/b/c/d', 'pipe', 'x'.repeat(300)]) {
    const object = { bucket: 'uploads', name };
    t.is(await store.head(object), undefined, name);
    t.is(await store.read(object, 100), undefined, name);
    t.false(await store.delete(object), name);
    await refused(t, store.writeIfAbsent(object, bytes('x'), plain), 'INTERNAL');
    if (name !== 'pipe') await refused(t, store.write(object, bytes('x'), plain), 'INTERNAL');
  }
  t.deepEqual(
    (await all(store.list('uploads', ''))).map(({ name }) => name),
    ['a/b/c'],
  );
  t.deepEqual(await readdir(join(folder, '.tmp')), []);
});

test('Files and folders with a leading dot are the system’s, and no objects', async (t) => {
  const { store, drop } = await openStoreFolder(t);
  await drop('uploads/.DS_Store', 'x');
  await drop('uploads/.git/config', 'x');
  await drop('uploads/photo.jpg', 'x');
  t.deepEqual(
    (await all(store.list('uploads', ''))).map(({ name }) => name),
    ['photo.jpg'],
  );
  t.deepEqual(await all(store.list('uploads', '.git/')), []);
  for (const name of ['.DS_Store', '.git/config']) {
    t.is(await store.head({ bucket: 'uploads', name }), undefined);
    t.false(await store.delete({ bucket: 'uploads', name }));
    await refused(t, store.write({ bucket: 'uploads', name }, bytes('x'), plain), 'INTERNAL');
  }
});

test('A deletion takes the description and the empty folders with it, and no more', async (t) => {
  const { store, drop, folder } = await openStoreFolder(t);
  const options = { contentType: 'image/x-odd', metadata: { k: 'v' } };
  for (const name of ['jobs/1/a/x', 'jobs/1/y', 'jobs/2/z']) {
    await store.writeIfAbsent({ bucket: 'results', name }, bytes('1'), options);
    await store.write({ bucket: 'results', name }, bytes('2'), options);
  }
  t.is((await filesBelow(join(folder, '.meta'))).length, 3, 'a replaced object leaves none behind');
  await drop('results/jobs/2/.DS_Store', 'x');
  for await (const info of store.list('results', 'jobs/')) t.true(await store.delete(info));
  t.deepEqual(await filesBelow(join(folder, '.meta')), []);
  t.deepEqual(await readdir(join(folder, 'results/jobs')), ['2']);
  await rm(join(folder, 'results/jobs'), { recursive: true });
  await store.write({ bucket: 'results', name: 'jobs/1/y' }, bytes('1'), plain);
  t.true(await store.delete({ bucket: 'results', name: 'jobs/1/y' }));
  t.deepEqual(await readdir(folder), ['.meta', '.tmp', 'results', 'uploads']);
  t.deepEqual(await readdir(join(folder, 'results')), []);
});

test('While folders come and go at once, nothing is lost', async (t) => {
  const { store } = await openStoreFolder(t);
  await Promise.all(
    Array.from({ length: 60 }, async (_, i) => {
      const object = { bucket: 'uploads', name: `deep/down/${i % 3}/${i}` };
      t.true((await store.writeIfAbsent(object, bytes('x'), plain)).created);
      if (i % 2 === 0) t.true(await store.delete(object));
    }),
  );
  t.is((await all(store.list('uploads', ''))).length, 30);
});

test('When the whole folder is deleted under a running store, it begins anew', async (t) => {
  const { store, folder } = await openStoreFolder(t);
  await store.write({ bucket: 'uploads', name: 'a' }, bytes('x'), plain);
  await rm(folder, { recursive: true });
  t.is(await store.head({ bucket: 'uploads', name: 'a' }), undefined);
  t.deepEqual(await all(store.list('uploads', '')), []);
  t.false(await store.delete({ bucket: 'uploads', name: 'a' }));
  t.true(
    (await store.writeIfAbsent({ bucket: 'uploads', name: 'a' }, bytes('x'), { contentType: 'a/b' })).created,
  );
  t.is((await store.head({ bucket: 'uploads', name: 'a' }))?.contentType, 'a/b');
});

test('The copy of a photo that is write-protected can be replaced and deleted', async (t) => {
  const { store, drop, folder } = await openStoreFolder(t);
  await chmod(await drop('uploads/a.jpg', 'x'), 0o444);
  const source = (await store.head({ bucket: 'uploads', name: 'a.jpg' }))!;
  t.true((await store.copyIfAbsent(source, { bucket: 'results', name: 'b.jpg' }))?.created);
  const { mode } = await lstat(join(folder, 'results/b.jpg'));
  t.is(mode & 0o777, 0o644);
});

test('A start clears away what dead processes left, and nothing that a living one is writing', async (t) => {
  const { folder } = await openStoreFolder(t);
  const dead = spawnSync(process.execPath, ['--version']).pid;
  const names = [`${dead}-x`, `${process.ppid}-x`, `${process.pid}-of-an-earlier-life`, 'stray'];
  for (const name of names) await writeFile(join(folder, '.tmp', name), 'x');
  createFileStore(folder);
  t.deepEqual(await readdir(join(folder, '.tmp')), [`${process.ppid}-x`]);
});

test('A folder that cannot serve is a wrong configuration, said at the start', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'file'), '');
  await symlink(tmpdir(), join(folder, 'uploads'));
  for (const place of [join(folder, 'file'), join(folder, 'file/below'), folder]) {
    const error = t.throws(() => createFileStore(place), { instanceOf: CutlineError });
    t.is(error?.code, 'CONFIG_INVALID');
    t.true(error?.detail.includes(place));
  }
});

test('The store may lie behind a link itself, and its buckets are those that were named', async (t) => {
  const folder = await temporaryFolder(t);
  await symlink(await temporaryFolder(t), join(folder, 'link'));
  const store = createFileStore(join(folder, 'link/store'), { buckets: ['photos'] });
  t.true((await store.writeIfAbsent({ bucket: 'photos', name: 'a/b' }, bytes('x'), plain)).created);
  t.is((await store.head({ bucket: 'photos', name: 'a/b' }))?.bytes, 1);
  await refused(t, store.write({ bucket: 'uploads', name: 'a' }, bytes('x'), plain), 'INTERNAL');
});

test('A damaged description is an error, not an object without options', async (t) => {
  const { store, folder } = await openStoreFolder(t);
  await store.write(horse, bytes('x'), { ...plain, metadata: { k: 'v' } });
  const [description] = await filesBelow(join(folder, '.meta'));
  await writeFile(description!, '{"name":');
  await refused(t, store.head(horse), 'INTERNAL');
});
