import test from 'ava';
import { parseConfig } from '../shared/config/parse-config.ts';
import { createDeliveryRig } from '../shared/testing/delivery-rig.ts';
import { openFileServices } from './file-services.ts';

test('Wired as it is served, a finished job is delivered, previewed, zipped and kept', async (t) => {
  const job = 'a'.repeat(32);
  const rig = createDeliveryRig();
  await rig.addJob(job);
  const config = parseConfig({ THREADS: '1' });
  const broken: unknown[] = [];
  const onBroken = (error: unknown): void => void broken.push(error);
  const services = await openFileServices({
    store: rig.store,
    asked: { find: async () => undefined },
    resultsBucket: 'results',
    config,
    onBroken,
  });
  t.teardown(() => services.close());
  const { files, delivery, zips, preview, keep } = services;
  const located = await files.locate(job);
  const query = { background: 'grey-studio', match_colors: 'true', shadow: 'true', format: 'webp' };
  const plan = await delivery.plan(located, { name: 'cutout', query, mayUse() {} });
  const { object } = await delivery.deliver(plan);
  t.is(object.contentType, 'image/webp');
  t.is((await preview(located, await files.file(located, 'color'))).contentType, 'image/webp');
  const chunks = await Array.fromAsync((await zips.ofJob(located)).stream());
  t.true(chunks.length > 3);
  await keep(located);
  await rig.store.quiet.delete({ bucket: 'results', name: `jobs/${job}/job.json` });
  t.is((await files.locate(job)).root, 'kept');
  t.deepEqual(broken, []);
});
