import { appendFile, lstat, open, rename, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { all, bytes, filled, plain } from '../testing/object-store-case.ts';
import { openStoreFolder } from '../testing/store-folder.ts';

const horse = { bucket: 'uploads', name: 'pets/horse.JPG' };

test('A file that a person drops is an object: typed by its extension, its generation when it was changed and its size', async (t) => {
  const { store, drop } = await openStoreFolder(t);
  const file = await drop('uploads/pets/horse.JPG', 'photo');
  await utimes(file, 1_700_000_000, 1_700_000_000);
  const info = {
    ...horse,
    generation: '1700000000000000005',
    bytes: 5,
    contentType: 'image/jpeg',
    metadata: {},
  };
  t.deepEqual(await store.head(horse), info);
  t.deepEqual(await store.read(info, 5), { info, data: bytes('photo') });
  t.deepEqual(await all(store.list('uploads', 'pets/')), [info]);
  t.deepEqual(await store.writeIfAbsent(horse, bytes('other'), plain), { object: info, created: false });
  const copied = await store.copyIfAbsent(info, { bucket: 'results', name: 'copy' });
  t.is(copied?.object.contentType, 'image/jpeg');
  t.is((await store.head({ bucket: 'results', name: 'copy' }))?.contentType, 'image/jpeg');
  await drop('uploads/unknown.xyz', '');
  t.is(
    (await store.head({ bucket: 'uploads', name: 'unknown.xyz' }))?.contentType,
    'application/octet-stream',
  );
  t.true(await store.delete(info));
  await t.throwsAsync(lstat(file), { code: 'ENOENT' });
});

test('A dropped file that is changed, replaced or touched is another generation, and nothing of the old is left', async (t) => {
  const { store, drop, folder } = await openStoreFolder(t);
  const options = { contentType: 'image/x-mine', metadata: { k: 'v' } };
  let { object } = await store.writeIfAbsent(horse, bytes('mine'), options);
  const changes = [
    () => drop('uploads/pets/horse.JPG', 'dropped over it'),
    () => appendFile(join(folder, 'uploads/pets/horse.JPG'), ', longer'),
    async () => rename(await drop('elsewhere.jpg', 'moved over it'), join(folder, 'uploads/pets/horse.JPG')),
    () => utimes(join(folder, 'uploads/pets/horse.JPG'), 1_600_000_000, 1_600_000_000),
    () => utimes(join(folder, 'uploads/pets/horse.JPG'), 0, 0),
    () => utimes(join(folder, 'uploads/pets/horse.JPG'), -1, -1),
  ];
  for (const change of changes) {
    await change();
    t.is(await store.head(object), undefined);
    t.is(await store.read(object, 100), undefined);
    t.false(await store.delete(object));
    object = (await store.head(horse))!;
    t.regex(object.generation, /^\d{1,20}$/);
    t.deepEqual(
      { ...object, generation: '', bytes: 0 },
      { ...horse, generation: '', bytes: 0, contentType: 'image/jpeg', metadata: {} },
    );
  }
});

test('What replaces a file of the future is later still', async (t) => {
  const { store, drop } = await openStoreFolder(t);
  await utimes(await drop('uploads/pets/horse.JPG', 'x'), 4_000_000_000, 4_000_000_000);
  const written = await store.write(horse, bytes('y'), { ...plain, metadata: { k: 'v' } });
  t.true(BigInt(written.generation) > 4_000_000_000_000_000_000n);
  t.deepEqual(await store.head(horse), written);
});

test('A version that is written into while it is read is read whole or not at all', async (t) => {
  const { store, drop } = await openStoreFolder(t);
  const length = 16_000_000;
  const path = await drop('uploads/a', filled(0, length));
  for (let i = 1; i <= 20; i++) {
    // Long ago, as systems differ in how soon after a change they see another.
    await utimes(path, i, i);
    const old = (await store.head({ bucket: 'uploads', name: 'a' }))!;
    const file = await open(path, 'r+');
    const [stored] = await Promise.all([
      store.read(old, length),
      file.write(filled(i, length), 0, length, 0),
    ]);
    await file.close();
    if (stored) t.true(stored.data.every((byte) => byte === i - 1));
    t.is(await store.read(old, length), undefined);
  }
});
