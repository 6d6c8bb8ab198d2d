import test from 'ava';
import { findFakeGcs, noFakeGcs, startFakeGcs } from '../testing/fake-gcs.ts';
import { bytes, plain } from '../testing/object-store-case.ts';
import { createCloudStorage } from './cloud-storage.ts';
import { ensureBuckets } from './cloud-storage-setup.ts';

const program = findFakeGcs();
const withServer = program ? test : test.skip;
const title = 'Buckets and their notifications are made once; what is in them stays';

withServer(program ? title : `${title} (${noFakeGcs})`, async (t) => {
  const server = (await startFakeGcs())!;
  t.teardown(() => server.stop());
  const notify = { bucket: 'uploads', topic: 'projects/demo/topics/uploads', prefix: 'uploads/' };
  const setup = { buckets: ['uploads', 'results'], apiEndpoint: server.endpoint, projectId: 'demo', notify };
  await ensureBuckets(setup);
  const store = createCloudStorage(setup);
  const { object } = await store.writeIfAbsent({ bucket: 'results', name: 'a' }, bytes('x'), plain);
  await ensureBuckets({ ...setup, buckets: ['uploads', 'results', 'more'] });
  t.deepEqual(await store.head(object), object);
  const answer = await fetch(`${server.endpoint}/storage/v1/b/uploads/notificationConfigs`);
  const { items } = (await answer.json()) as { items: readonly Record<string, unknown>[] };
  t.is(items.length, 1);
  t.is(items[0]!.topic, '//pubsub.googleapis.com/projects/demo/topics/uploads');
  t.deepEqual(items[0]!.event_types, ['OBJECT_FINALIZE']);
  t.is(items[0]!.object_name_prefix, 'uploads/');
});
