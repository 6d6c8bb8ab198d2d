import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { fakeLog } from '../../shared/testing/fake-log.ts';
import { fakePublisher } from '../../shared/testing/fake-publisher.ts';
import { fakeStore } from '../../shared/testing/fake-store.ts';
import { objectStoreContract } from '../../shared/testing/object-store-contract.ts';
import { openStoreFolder } from '../../shared/testing/store-folder.ts';
import { until } from '../../shared/testing/until.ts';
import { notifyingStore } from './notifying-store.ts';
import { watchUploads } from './watch-uploads.ts';

objectStoreContract(test, 'A store that tells', async (t) =>
  notifyingStore((await openStoreFolder(t)).store, async () => {}),
);

const photo = { contentType: 'image/png', metadata: { 'cutline-scale': '4' } };
const bytes = Uint8Array.of(1, 2, 3);

test('What this process uploads is announced before its writer goes on, and never again', async (t) => {
  const { store, publisher, names, watch, folder, turn } = await open(t);
  // A second from look to look: whatever is not remembered is still enough to be announced.
  turn.pace = 1000;
  await watch.start();
  for (let i = 0; i < 30; i++) {
    await store.writeIfAbsent({ bucket: 'uploads', name: `uploads/shop/${i}.png` }, bytes, photo);
    t.is(names().length, i + 1);
  }
  t.like(publisher.published[7], {
    topic: 'uploads',
    attributes: { objectId: 'uploads/shop/7.png', eventType: 'OBJECT_FINALIZE' },
    data: { metadata: photo.metadata, size: '3' },
  });
  await looks(store, 200);
  await watch.stop();
  const text = await readFile(join(folder, 'bus', 'announced.jsonl'), 'utf8');
  t.is(new Set(text.trim().split('\n')).size, 30);
  const again = await open(t, { folder, store });
  again.turn.pace = 1000;
  await again.watch.start();
  await looks(store, 200);
  t.deepEqual(again.names(), []);
  t.is(names().length, 30);
});

test('A copy and what replaces are told of; what was there, what is no upload and what is elsewhere are not', async (t) => {
  const { store, names, watch } = await open(t);
  await watch.start();
  const at = (name: string, bucket = 'uploads') => ({ bucket, name });
  const { object } = await store.writeIfAbsent(at('uploads/a.png'), bytes, photo);
  await store.writeIfAbsent(at('uploads/a.png'), bytes, photo);
  await store.copyIfAbsent(object, at('uploads/b.png'));
  await store.copyIfAbsent(object, at('uploads/b.png'));
  await store.write(at('uploads/a.png'), bytes, photo);
  await store.writeIfAbsent(at('private/a.png'), bytes, photo);
  await store.writeIfAbsent(at('uploads/a.png', 'results'), bytes, photo);
  await store.writeIfAbsent(at('uploads/a.png.part'), bytes, photo);
  await store.writeIfAbsent(at('uploads/empty.png'), new Uint8Array(), photo);
  t.deepEqual(names(), ['uploads/a.png', 'uploads/b.png', 'uploads/a.png']);
});

test('What cannot be told of is written all the same, and found by a later look', async (t) => {
  const { store, publisher, names, watch, log, turn } = await open(t);
  await store.writeIfAbsent({ bucket: 'uploads', name: 'uploads/early.png' }, bytes, photo);
  t.deepEqual(names(), [], 'nothing is carried before the start');
  await watch.start();
  publisher.failNext();
  const late = await store.writeIfAbsent({ bucket: 'uploads', name: 'uploads/late.png' }, bytes, photo);
  t.true(late.created);
  t.is(log.lines.filter(({ level }) => level === 'warning').length, 1);
  await looks(store, 3);
  turn.now += 1000;
  await until('both to be told of', () => names().length >= 2, names);
  await looks(store, 20);
  t.deepEqual(names().toSorted(), ['uploads/early.png', 'uploads/late.png']);
});

/** Resolves after so many more looks. */
async function looks(store: ReturnType<typeof fakeStore>, count: number): Promise<void> {
  const lists = () => store.calls.filter(({ method }) => method === 'list').length;
  const enough = lists() + count;
  await until(
    `${count} looks`,
    () => lists() >= enough,
    () => `${lists()} of ${enough}`,
  );
}

async function open(t: ExecutionContext, before?: { folder: string; store: ReturnType<typeof fakeStore> }) {
  const folder = before?.folder ?? (await mkdtemp(join(tmpdir(), 'cutline-notify-')));
  if (!before) t.teardown(() => rm(folder, { recursive: true }));
  const bare = before?.store ?? fakeStore();
  const publisher = fakePublisher();
  const log = fakeLog();
  const turn = { now: 0, pace: 0 };
  const watch = watchUploads({
    store: bare,
    publisher,
    bucket: 'uploads',
    prefix: 'uploads/',
    folder,
    intervalMs: 1,
    now: () => {
      turn.now += turn.pace;
      return turn.now;
    },
    log,
  });
  t.teardown(() => watch.stop());
  const store = Object.assign(notifyingStore(bare, watch.announce), { calls: bare.calls }) as typeof bare;
  const names = () => publisher.published.map(({ attributes }) => attributes.objectId!);
  return { store, publisher, log, watch, names, folder, turn };
}
