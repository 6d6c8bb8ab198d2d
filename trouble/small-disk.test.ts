import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { mountSmallDisk, noSmallDisk } from './small-disk.ts';

test('A small disk is full at a word, and has room again', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-small-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const disk = await mountSmallDisk(folder, 8);
  if (!disk) {
    t.log(noSmallDisk);
    return t.pass();
  }
  t.teardown(() => disk.close());
  const photo = new Uint8Array(100_000);
  await writeFile(join(folder, 'one'), photo);
  await disk.fill();
  await t.throwsAsync(writeFile(join(folder, 'two'), photo), { code: 'ENOSPC' });
  await disk.empty();
  await t.notThrowsAsync(writeFile(join(folder, 'two'), photo));
});
