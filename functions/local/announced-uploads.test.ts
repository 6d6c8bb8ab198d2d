import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { openAnnouncedUploads } from './announced-uploads.ts';

const version = (name: string, generation = '1') => ({ bucket: 'uploads', name, generation });

test('Versions are told apart by name and generation, in lines a person can read', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-announced-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'bus', 'announced.jsonl');
  const announced = await openAnnouncedUploads(path);
  await announced.add([version('a #1.jpg'), version('b.jpg')]);
  await announced.add([version('c.jpg', '18446744073709551615')]);
  const lines = ['a #1.jpg#1', 'b.jpg#1', 'c.jpg#18446744073709551615'].map(
    (object) => `{"object":"gs://uploads/${object}"}\n`,
  );
  t.is(await readFile(path, 'utf8'), lines.join(''));
  const again = await openAnnouncedUploads(path);
  t.true(again.has(version('a #1.jpg')));
  t.false(again.has(version('a #1.jpg', '2')));
  await again.keepOnly([version('b.jpg'), version('never announced.jpg')]);
  t.is(await readFile(path, 'utf8'), lines[1]!);
  t.false(again.has(version('never announced.jpg')));
});

test('What could not be written is written with the next', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-announced-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'announced.jsonl');
  const announced = await openAnnouncedUploads(path);
  await announced.add([version('a.jpg')]);
  await rm(folder, { recursive: true });
  await t.throwsAsync(announced.add([version('b.jpg')]), { code: 'ENOENT' });
  t.true(announced.has(version('b.jpg')));
  await mkdir(folder);
  await announced.add([version('c.jpg')]);
  const again = await openAnnouncedUploads(path);
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) t.true(again.has(version(name)), name);
});
