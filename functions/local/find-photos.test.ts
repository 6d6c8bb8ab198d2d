import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { findPhotos } from './find-photos.ts';

const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]);

/** A folder with these files; a name decides nothing about the content, which is a JPEG's beginning or text. */
async function folderWith(t: ExecutionContext, files: Readonly<Record<string, 'photo' | 'text'>>) {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-find-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [name, kind] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), kind === 'photo' ? jpeg : 'text');
  }
  return folder;
}

async function foundIn(folder: string, out = join(folder, 'out')): Promise<string[]> {
  const photos = await findPhotos([folder], out);
  return photos.map(({ path }) => relative(folder, path));
}

const searches: readonly { name: string; files: Record<string, 'photo' | 'text'>; found: string[] }[] = [
  {
    name: 'its photos and those of its subfolders, sorted',
    files: { 'b.jpg': 'photo', 'a.png': 'photo', 'deep/er/c.webp': 'photo' },
    found: ['a.png', 'b.jpg', 'deep/er/c.webp'],
  },
  {
    name: 'what has a photo’s name, even if its content will be refused, or a photo’s content',
    files: { 'broken.JPEG': 'text', 'scan.tif': 'text', 'no-extension': 'photo', 'notes.txt': 'text' },
    found: ['broken.JPEG', 'no-extension', 'scan.tif'],
  },
  {
    name: 'nothing hidden, and nothing of packages',
    files: {
      '.hidden.jpg': 'photo',
      '.git/a.jpg': 'photo',
      'node_modules/x/a.jpg': 'photo',
      'a.jpg': 'photo',
    },
    found: ['a.jpg'],
  },
  {
    name: 'no reference matte beside its photo, but one without a photo',
    files: { 'dog.jpg': 'photo', 'dog.alpha.png': 'photo', 'cat.alpha.png': 'photo' },
    found: ['cat.alpha.png', 'dog.jpg'],
  },
  {
    name: 'nothing of the output folder',
    files: { 'a.jpg': 'photo', 'out/a/cutout.png': 'photo', 'deep/out/b.jpg': 'photo' },
    found: ['a.jpg', 'deep/out/b.jpg'],
  },
  { name: 'nothing where there is nothing', files: { 'notes.txt': 'text' }, found: [] },
];

for (const { name, files, found } of searches) {
  test(`Of a folder is taken: ${name}`, async (t) => {
    t.deepEqual(await foundIn(await folderWith(t, files)), found);
  });
}

test('Links to folders are not followed, so that a loop is harmless; links to photos are', async (t) => {
  const folder = await folderWith(t, { 'deep/a.jpg': 'photo' });
  await symlink(folder, join(folder, 'deep', 'loop'));
  await symlink(join(folder, 'nowhere'), join(folder, 'dangling.jpg'));
  await symlink(join(folder, 'deep', 'a.jpg'), join(folder, 'linked.jpg'));
  t.deepEqual(await foundIn(folder), ['deep/a.jpg', 'linked.jpg']);
});

test('A link to a folder that is named itself is searched', async (t) => {
  const folder = await folderWith(t, { 'deep/a.jpg': 'photo' });
  await symlink(join(folder, 'deep'), join(folder, 'link'));
  t.deepEqual(
    (await findPhotos([join(folder, 'link')], 'out')).map(({ path }) => path),
    [join(folder, 'link', 'a.jpg')],
  );
});

test('Files are taken as they are named, there or not, hidden or not, in their order', async (t) => {
  const folder = await folderWith(t, {
    '.hidden.jpg': 'photo',
    'dog.alpha.png': 'photo',
    'dog.jpg': 'photo',
  });
  const named = ['missing.jpg', '.hidden.jpg', 'dog.alpha.png'].map((name) => join(folder, name));
  t.deepEqual(
    (await findPhotos(named, 'out')).map(({ path }) => path),
    named,
  );
});

test('A photo named twice, or within a folder that is named, is taken once', async (t) => {
  const folder = await folderWith(t, { 'a.jpg': 'photo', 'b.jpg': 'photo' });
  const again = `${folder}/./a.jpg`;
  const photos = await findPhotos([join(folder, 'a.jpg'), folder, again], 'out');
  t.deepEqual(
    photos.map(({ name }) => name),
    ['a', 'b'],
  );
});

const names: readonly { name: string; files: string[]; folders: string[] }[] = [
  { name: 'by the stem', files: ['dog.jpg'], folders: ['dog'] },
  {
    name: 'one each for one stem',
    files: ['dog.jpg', 'dog.png', 'x/dog.jpg'],
    folders: ['dog', 'dog-2', 'dog-3'],
  },
  { name: 'one each when only case differs', files: ['Dog.jpg', 'dog.png'], folders: ['Dog', 'dog-2'] },
  {
    name: 'past those that are called so themselves',
    files: ['dog.jpg', 'dog-2.jpg', 'dog.png'],
    folders: ['dog', 'dog-2', 'dog-3'],
  },
  {
    name: 'one each when an accent is one sign or two',
    files: ['caf\u00e9.jpg', 'cafe\u0301.jpg'],
    folders: ['caf\u00e9', 'cafe\u0301-2'],
  },
  { name: 'inside the output folder', files: ['...jpg', '..jpg'], folders: ['photo', 'photo-2'] },
  { name: 'with dots that are no extension', files: ['a.b.c.jpg'], folders: ['a.b.c'] },
];

for (const { name, files, folders } of names) {
  test(`Each photo has a folder of its own: ${name}`, async (t) => {
    t.deepEqual(
      (await findPhotos(files, 'out')).map((photo) => photo.name),
      folders,
    );
  });
}
