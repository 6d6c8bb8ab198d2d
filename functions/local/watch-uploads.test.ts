import { copyFile, mkdir, mkdtemp, readFile, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { fakeLog } from '../../shared/testing/fake-log.ts';
import { fakePublisher } from '../../shared/testing/fake-publisher.ts';
import { until } from '../../shared/testing/until.ts';
import { createFileStore } from '../../shared/transport/file-store.ts';
import { watchUploads } from './watch-uploads.ts';

const photo = fileURLToPath(new URL('../../models/samples/toy-robot.jpg', import.meta.url));

test('A photo dropped into the folder is announced, once, over a restart too', async (t) => {
  const { folder, uploads } = await temporaryFolder(t);
  await mkdir(join(uploads, 'pets'));
  await copyFile(photo, join(uploads, 'pets', 'robot.jpg'));
  const { names, announcement, watch } = open(t, folder);
  await watch.start();
  t.is(await announcement('pets/robot.jpg'), 1);
  await watch.stop();

  const again = open(t, folder);
  await again.watch.start();
  await copyFile(photo, join(uploads, 'second.jpg'));
  await again.announcement('second.jpg');
  t.deepEqual(names(), ['pets/robot.jpg']);
  t.deepEqual(again.names(), ['second.jpg']);
});

test('A photo that is moved away and back with its time kept is announced again', async (t) => {
  const { folder, uploads } = await temporaryFolder(t);
  const [path, then] = [join(uploads, 'robot.jpg'), new Date(2020, 0, 1)];
  const { announcement, watch } = open(t, folder);
  await copyFile(photo, path);
  await utimes(path, then, then);
  await watch.start();
  await announcement('robot.jpg');
  await unlink(path);
  // Its absence must have been seen.
  const remembered = join(folder, 'bus', 'announced.jsonl');
  await until('it to be forgotten', async () => (await readFile(remembered, 'utf8')) === '');
  await copyFile(photo, path);
  await utimes(path, then, then);
  t.is(await announcement('robot.jpg', 2), 2);
});

test('A folder cannot be watched where nothing can be remembered', async (t) => {
  const { folder } = await temporaryFolder(t);
  await writeFile(join(folder, 'bus'), 'in the way');
  const { watch } = open(t, folder);
  await t.throwsAsync(watch.start(), { code: 'EEXIST' });
});

async function temporaryFolder(t: ExecutionContext) {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-watch-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const uploads = join(folder, 'uploads');
  await mkdir(uploads);
  return { folder, uploads };
}

function open(t: ExecutionContext, folder: string) {
  const publisher = fakePublisher();
  const watch = watchUploads({
    store: createFileStore(folder),
    publisher,
    bucket: 'uploads',
    prefix: '',
    folder,
    intervalMs: 20,
    now: Date.now,
    log: fakeLog(),
  });
  t.teardown(() => watch.stop());
  const names = () => publisher.published.map(({ attributes }) => attributes.objectId);
  const times = (name: string) => names().filter((one) => one === name).length;
  return {
    watch,
    names,
    /** Resolves when the name was announced so often, with how often that is. */
    async announcement(name: string, count = 1): Promise<number> {
      await until(`${name} to be announced`, () => times(name) >= count, names);
      return times(name);
    },
  };
}
