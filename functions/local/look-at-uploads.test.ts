import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { fakeLog } from '../../shared/testing/fake-log.ts';
import { fakePublisher } from '../../shared/testing/fake-publisher.ts';
import { fakeStore } from '../../shared/testing/fake-store.ts';
import { openAnnouncedUploads } from './announced-uploads.ts';
import { createUploadsLook } from './look-at-uploads.ts';

test('A photo that has been still for a second is announced once, as Cloud Storage would', async (t) => {
  const { store, look, publisher } = await open(t);
  const { generation } = await store.put(upload('pets/horse.jpg'), 'jpeg', {
    contentType: 'image/jpeg',
    metadata: { 'cutline-scale': '2' },
  });
  await look(0);
  await look(999);
  t.deepEqual(publisher.published, []);
  await look(1000);
  await look(3000);
  t.deepEqual(publisher.published, [
    {
      topic: 'uploads',
      data: {
        kind: 'storage#object',
        id: `uploads/pets/horse.jpg/${generation}`,
        bucket: 'uploads',
        name: 'pets/horse.jpg',
        generation,
        metageneration: '1',
        size: '4',
        contentType: 'image/jpeg',
        metadata: { 'cutline-scale': '2' },
      },
      attributes: {
        eventType: 'OBJECT_FINALIZE',
        eventTime: '1970-01-01T00:00:01.000Z',
        bucketId: 'uploads',
        objectId: 'pets/horse.jpg',
        objectGeneration: generation,
        payloadFormat: 'JSON_API_V1',
        notificationConfig: 'projects/_/buckets/uploads/notificationConfigs/1',
      },
    },
  ]);
});

test('A file that grows is left alone until it does not', async (t) => {
  const { store, look, names } = await open(t);
  for (let at = 0; at <= 3000; at += 500) {
    await store.put(upload('big.png'), 'x'.repeat(at + 1));
    await look(at);
  }
  t.deepEqual(names(), []);
  await look(3999);
  t.deepEqual(names(), []);
  await look(4000);
  t.deepEqual(names(), ['big.png']);
});

test('A file that is written again at the same size is not still', async (t) => {
  const { store, look, names } = await open(t);
  await store.put(upload('a.jpg'), 'one');
  await look(0);
  await store.put(upload('a.jpg'), 'two');
  await look(1000);
  t.deepEqual(names(), []);
  await look(2000);
  t.deepEqual(names(), ['a.jpg']);
});

test('A file that grows faster than its clock ticks is not still', async (t) => {
  const store = fakeStore();
  const info = await store.put(upload('a.jpg'), 'x');
  let bytes = 1;
  async function* list() {
    yield { ...info, bytes: bytes++ };
  }
  const { look, names } = await open(t, { store: { ...store, list } });
  await look(0);
  await look(1000);
  t.deepEqual(names(), []);
});

test('A photo that replaces another is announced anew', async (t) => {
  const { store, look, names } = await open(t);
  await store.put(upload('a.jpg'), 'one');
  await look(0);
  await look(1000);
  await store.put(upload('a.jpg'), 'two');
  await look(1500);
  await look(2500);
  t.deepEqual(names(), ['a.jpg', 'a.jpg']);
});

const passedOver = [
  '.DS_Store',
  '.hidden/a.jpg',
  'a.jpg.part',
  'a.jpg.PARTIAL',
  'a.jpg.tmp',
  'a.jpg.crdownload',
  'a.jpg~',
  '~$a.jpg',
  'album/Thumbs.db',
  'desktop.ini',
];

for (const name of passedOver) {
  test(`${name} is nobody’s photo`, async (t) => {
    const { store, look, names } = await open(t);
    await store.put(upload(name), 'x');
    await store.put(upload('part.jpg'), 'x');
    await look(0);
    await look(1000);
    t.deepEqual(names(), ['part.jpg']);
  });
}

test('An empty file, another prefix and another bucket are left alone', async (t) => {
  const { store, look, names } = await open(t, { prefix: 'in/' });
  await store.put(upload('in/empty.jpg'), '');
  await store.put(upload('out/a.jpg'), 'x');
  await store.put({ bucket: 'results', name: 'in/b.jpg' }, 'x');
  await store.put(upload('in/c.jpg'), 'x');
  await look(0);
  await look(1000);
  t.deepEqual(names(), ['in/c.jpg']);
});

test('After a restart nothing is announced twice, and what had not been is', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await open(t, { folder });
  await first.store.put(upload('a.jpg'), 'x');
  await first.look(0);
  await first.look(1000);
  await first.store.put(upload('b.jpg'), 'x');
  await first.look(1500);
  const second = await open(t, { folder, store: first.store });
  await second.look(2000);
  await second.look(9000);
  t.deepEqual(second.names(), ['b.jpg']);
});

test('A line that was being written when the process was killed is written again', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await open(t, { folder });
  for (const name of ['a.jpg', 'b.jpg']) {
    await first.store.put(upload(name), name);
    await first.look(0);
    await first.look(1000);
  }
  const text = await readFile(join(folder, 'announced.jsonl'), 'utf8');
  t.is(text.split('\n').length, 3);
  await writeFile(join(folder, 'announced.jsonl'), text.slice(0, -5));
  const second = await open(t, { folder, store: first.store });
  await second.look(0);
  await second.look(1000);
  t.deepEqual(second.names(), ['b.jpg']);
  t.is(await readFile(join(folder, 'announced.jsonl'), 'utf8'), text);
});

test('What was deleted is forgotten: put there again, it is an upload again', async (t) => {
  const folder = await temporaryFolder(t);
  const { store, look, names, publisher } = await open(t, { folder });
  const info = await store.put(upload('a.jpg'), 'x');
  await look(0);
  await look(1000);
  // A file that is moved away and back has its old time, and so its old generation.
  const stopHiding = store.before('list', () => store.quiet.delete(info).then(() => {}));
  await look(2000);
  stopHiding();
  t.is(await readFile(join(folder, 'announced.jsonl'), 'utf8'), '');
  await store.put(upload('a.jpg'), 'x');
  await look(3000);
  await look(4000);
  t.deepEqual(names(), ['a.jpg', 'a.jpg']);
  t.is(publisher.published.length, 2);
});

test('A store that does not answer forgets nothing, and is asked again', async (t) => {
  const log = fakeLog();
  const { store, look, names } = await open(t, { log });
  await store.put(upload('a.jpg'), 'x');
  await look(0);
  await look(1000);
  store.failNext('list');
  await look(2000);
  await look(3000);
  await look(5000);
  t.deepEqual(names(), ['a.jpg']);
  t.is(log.lines.filter(({ level }) => level === 'warning').length, 1);
});

test('An upload that could not be published is published later; the others are not held up', async (t) => {
  const { store, look, names, publisher } = await open(t);
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) await store.put(upload(name), 'x');
  publisher.failNext();
  await look(0);
  await look(1000);
  t.is(names().length, 2);
  await look(1500);
  t.deepEqual(names().sort(), ['a.jpg', 'b.jpg', 'c.jpg']);
});

test('Three thousand photos at once are each announced once', async (t) => {
  const { store, look, names } = await open(t);
  const photos = Array.from({ length: 3000 }, (_, n) => `${n}.jpg`);
  for (const name of photos) await store.put(upload(name), 'x');
  await look(0);
  await look(1000);
  await look(2000);
  t.deepEqual(names().sort(), photos.sort());
  t.is(store.calls.length, 3);
});

const upload = (name: string) => ({ bucket: 'uploads', name });

async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-uploads-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

interface Setting {
  readonly folder?: string;
  readonly store?: ReturnType<typeof fakeStore>;
  readonly log?: ReturnType<typeof fakeLog>;
  readonly prefix?: string;
}

/** A look at a given time, and what it is given. */
async function open(t: ExecutionContext, setting: Setting = {}) {
  const { store = fakeStore(), log = fakeLog(), prefix = '' } = setting;
  const folder = setting.folder ?? (await temporaryFolder(t));
  const publisher = fakePublisher();
  let time = 0;
  const look = createUploadsLook({
    store,
    publisher,
    bucket: 'uploads',
    prefix,
    announced: await openAnnouncedUploads(join(folder, 'announced.jsonl')),
    now: () => time,
    log,
  });
  return {
    store,
    publisher,
    names: () => publisher.published.map(({ attributes }) => attributes.objectId!),
    look: (at: number) => {
      time = at;
      return look();
    },
  };
}
