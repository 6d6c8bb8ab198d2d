// The same functions over Pub/Sub's emulator and a Cloud Storage emulator, which are empty at the first start.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readHeader } from '../../shared/image/codec.ts';
import type { FakeGcs } from '../../shared/testing/fake-gcs.ts';
import { findFakeGcs, noFakeGcs, startFakeGcs } from '../../shared/testing/fake-gcs.ts';
import type { PubSubEmulator } from '../../shared/testing/pubsub-emulator.ts';
import { noEmulator, startPubSubEmulator } from '../../shared/testing/pubsub-emulator.ts';
import { createCloudStorage } from '../../shared/transport/cloud-storage.ts';
import { openPubSub } from '../../shared/transport/pubsub-client.ts';
import { newFolder, writePhoto } from './testdata/command.ts';
import type { Disk } from './testdata/job-on-disk.ts';
import { checkJob, doneWith, openDisk } from './testdata/job-on-disk.ts';
import type { Serving } from './testdata/serving.ts';
import { dataFolder, serve, wholeFile } from './testdata/serving.ts';

const pubsub = findFakeGcs() === undefined ? undefined : await startPubSubEmulator();
if (pubsub) testEmulators(pubsub);
else
  test.skip(`npm run serve is not tested with emulators: ${findFakeGcs() ? noEmulator : noFakeGcs}`, () => {});

function testEmulators(pubsub: PubSubEmulator): void {
  const cleanup = wholeFile(test.after.always);
  let gcs: FakeGcs;
  let serving: Serving;
  let cloud: Disk;
  let env: Readonly<Record<string, string>>;

  test.before(async () => {
    cleanup.teardown(() => pubsub.stop());
    gcs = (await startFakeGcs())!;
    cleanup.teardown(() => gcs.stop());
    env = { PUBSUB_EMULATOR_HOST: pubsub.host, STORAGE_EMULATOR_HOST: gcs.endpoint };
    cloud = openDisk(createCloudStorage({ buckets: ['uploads', 'results'], apiEndpoint: gcs.endpoint }));
    serving = await serve(cleanup, { data: await dataFolder(cleanup), env });
  });

  async function upload(name: string, file: Uint8Array): Promise<void> {
    const contentType = name.endsWith('.png') ? 'image/png' : 'image/jpeg';
    await cloud.store.write({ bucket: 'uploads', name }, file, { contentType });
  }

  test.serial(
    'buckets, topics, subscriptions and dead letters are made, and it says what it works with',
    async (t) => {
      t.like(await serving.logged('Serving'), {
        uploads: 'gs://uploads',
        results: 'gs://results',
        store: `the Cloud Storage emulator at ${gcs.endpoint}`,
        carrier: `the Pub/Sub emulator at ${pubsub.host}`,
      });
      const client = openPubSub({ projectId: 'cutline-local', apiEndpoint: pubsub.host });
      t.teardown(() => client.close());
      const [topics] = await client.getTopics();
      const [made] = await client.getSubscriptions();
      const subscriptions = await Promise.all(made.map(async (one) => (await one.getMetadata())[0]));
      const short = (name: unknown) => String(name).split('/').at(-1)!.replace('cutline-', '');
      t.deepEqual(topics.map(({ name }) => short(name)).sort(), [
        'completed',
        'dead-letter',
        'effects',
        'failed',
        'segment',
        'uploads',
        'upscale',
        'warmup',
      ]);
      t.deepEqual(
        subscriptions
          .map(
            (one) =>
              `${short(one.name)} ${one.pushConfig?.pushEndpoint?.replace(serving.url, '')} ${short(one.deadLetterPolicy?.deadLetterTopic)}`,
          )
          .sort(),
        [
          'completed /functions/storefront/webhooks undefined',
          'dead-letter /functions/ingest/dead-letter undefined',
          'effects /functions/effects/ dead-letter',
          'failed /functions/storefront/webhooks undefined',
          'segment /functions/segment/ dead-letter',
          'uploads /functions/ingest/ dead-letter',
          'upscale /functions/upscale/ dead-letter',
          'warmup /functions/warmup/ undefined',
        ],
      );
    },
  );

  test.serial('a photo put into the bucket gives its results there', async (t) => {
    const path = join(await newFolder(t), 'disc.png');
    await writePhoto(path, 96, 80);
    await upload('disc.png', await readFile(path));
    const { job, results } = await serving.logged(doneWith('disc.png'));
    await checkJob(t, cloud, String(job), { input: 'disc.png', width: 192, height: 160 });
    t.is(results, `gs://results/jobs/${job}`);
  });

  test.serial(
    'a photo in a tenant’s folder is that tenant’s job, with the options of its metadata',
    async (t) => {
      const path = join(await newFolder(t), 'disc.png');
      await writePhoto(path, 80, 80);
      const job = 'e'.repeat(32);
      const metadata = { 'cutline-scale': '1', 'cutline-effects': 'none', 'cutline-reference': 'order 7' };
      const name = `shop/${job}.png`;
      await cloud.store.write({ bucket: 'uploads', name }, await readFile(path), {
        contentType: 'image/png',
        metadata,
      });
      await serving.logged(doneWith(name));
      const { record } = (await cloud.records.findJob(job))!;
      t.like(record, { tenant: 'shop', reference: 'order 7', route: ['segment'] });
    },
  );

  test.serial('a damaged photo fails there', async (t) => {
    await upload('letter.jpg', Buffer.from('Dear customer, '.repeat(100)));
    const { job, message } = await serving.logged(doneWith('letter.jpg'));
    t.regex(message, /^letter\.jpg: INVALID_FORMAT: /);
    t.like((await cloud.records.failed(String(job)))?.record, { stage: 'ingest', tries: 0 });
  });

  test.serial('a second start finds all that is there, at another port too, and goes on', async (t) => {
    serving.signal('SIGTERM');
    t.deepEqual(await serving.ended, { code: 0, signal: null });
    const path = join(await newFolder(t), 'second.png');
    await writePhoto(path, 100, 80);
    await upload('second.png', await readFile(path));
    serving = await serve(cleanup, { data: await dataFolder(cleanup), env });
    const { job } = await serving.logged(doneWith('second.png'));
    await checkJob(t, cloud, String(job), { input: 'second.png', width: 200, height: 160 });
  });

  const withPhotos = process.env.PHOTOS_DIR ? test.serial : test.serial.skip;

  withPhotos('a horse gives its results through the emulators (PHOTOS_DIR)', async (t) => {
    const horse = await readFile(join(process.env.PHOTOS_DIR!, 'pets', 'horse.jpg'));
    const { width, height } = await readHeader(horse);
    await upload('horse.jpg', horse);
    const { job } = await serving.logged(doneWith('horse.jpg'));
    await checkJob(t, cloud, String(job), { input: 'horse.jpg', width: 2 * width, height: 2 * height });
  });
}

test('an emulator that is not there is told in a line, by its variable', async (t) => {
  for (const variable of ['STORAGE_EMULATOR_HOST', 'PUBSUB_EMULATOR_HOST']) {
    const data = await dataFolder(t);
    const { ended, stderr } = await serve(t, { data, env: { [variable]: '127.0.0.1:9' } });
    t.deepEqual(await ended, { code: 2, signal: null });
    t.is(
      stderr(),
      `CONFIG_INVALID: The configuration is not valid: ${variable}: expected an emulator that answers but received nothing from http://127.0.0.1:9\n`,
    );
  }
});
