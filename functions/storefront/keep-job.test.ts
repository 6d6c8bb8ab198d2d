import test from 'ava';
import { createDeliveryRig } from '../../shared/testing/delivery-rig.ts';
import { createKeepJob } from './keep-job.ts';

const job = 'a'.repeat(32);
const results = [
  'effects.json',
  'effects/color.png',
  'job.json',
  'segment.json',
  'segment/cutout.png',
  'upscale.json',
  'upscale/upscaled.png',
];

async function open(sketch = {}) {
  const rig = createDeliveryRig();
  await rig.addJob(job, sketch);
  const keep = createKeepJob({ store: rig.store, kept: rig.records.kept });
  const expire = async (prefix: string): Promise<void> => {
    for await (const object of rig.store.quiet.list('results', prefix)) await rig.store.quiet.delete(object);
  };
  const names = (root: string) => rig.store.names('results', `${root}/${job}/`);
  const keepIt = async (): Promise<void> => keep(await rig.files.locate(job));
  return { rig, keepIt, names, expire: () => expire(`jobs/${job}/`) };
}

test('What came of a job is copied, its record last; tries and announcements are not', async (t) => {
  const { rig, keepIt, names } = await open();
  await rig.quiet.announce(job, 'completed');
  await rig.quiet.beginTry(job, 'segment', 'm', 0, 6);
  await keepIt();
  t.deepEqual(
    await names('kept'),
    results.map((name) => `kept/${job}/${name}`),
  );
  const copies = rig.store.calls.filter(({ method }) => method === 'copyIfAbsent');
  t.is(copies.at(-1)!.name, `kept/${job}/job.json`);
  t.false(rig.store.calls.some(({ method, name }) => method === 'read' && name.endsWith('.png')));
});

test('Kept twice it is kept once', async (t) => {
  const { rig, keepIt } = await open();
  await keepIt();
  const before = rig.store.calls.length;
  await keepIt();
  t.false(rig.store.calls.slice(before).some(({ method }) => method === 'copyIfAbsent'));
});

test('Interrupted at any copy, the next call does the rest, and until then nothing counts as kept', async (t) => {
  for (let failing = 0; failing < results.length; failing++) {
    const { rig, keepIt, names } = await open();
    let count = 0;
    const stop = rig.store.before('copyIfAbsent', () => {
      if (count++ === failing) throw new Error('the process died');
    });
    await t.throwsAsync(keepIt(), { message: 'the process died' });
    t.is(await rig.records.kept.findJob(job), undefined);
    stop();
    await keepIt();
    t.is((await names('kept')).length, results.length);
  }
});

test('A job whose first place has expired is read where it is kept, its files too', async (t) => {
  const { rig, keepIt, expire } = await open();
  const delivery = await rig.delivery();
  const request = { name: 'cutout', query: { background: 'f00' }, mayUse() {} };
  const before = await delivery.plan(await rig.files.locate(job), request);
  await keepIt();
  await expire();
  const located = await rig.files.locate(job);
  t.is(located.root, 'kept');
  const plan = await delivery.plan(located, request);
  t.is(plan.key, before.key);
  const file = await delivery.deliver(plan);
  t.is(file.object.name, `kept/${job}/derived/${plan.key}.png`);
  const original = await delivery.deliver(await delivery.plan(located, { ...request, query: {} }));
  t.is(original.object.name, `kept/${job}/segment/cutout.png`);
  t.is((await original.read()).byteLength, original.object.bytes);
  await t.notThrowsAsync(keepIt());
});

test('While the first place expires piece by piece, what is gone there is read from the other', async (t) => {
  const { rig, keepIt } = await open();
  await keepIt();
  await rig.store.quiet.delete({ bucket: 'results', name: `jobs/${job}/segment/cutout.png` });
  const located = await rig.files.locate(job);
  t.is(located.root, 'jobs');
  const file = await rig.files.file(located, 'cutout');
  t.is((await rig.files.read(file.output.uri))!.info.name, `kept/${job}/segment/cutout.png`);
});

test('Forms that were made are kept as well', async (t) => {
  const { rig, keepIt, expire } = await open();
  const delivery = await rig.delivery();
  const request = { name: 'cutout', query: { background: 'f00' }, mayUse() {} };
  await delivery.deliver(await delivery.plan(await rig.files.locate(job), request));
  await keepIt();
  await expire();
  t.true((await delivery.deliver(await delivery.plan(await rig.files.locate(job), request))).cached);
  t.is(rig.counts.decoded, 1);
});

test('A job that is not completed cannot be kept', async (t) => {
  const { keepIt, names } = await open({ done: ['upscale', 'segment'] });
  await t.throwsAsync(keepIt(), { code: 'JOB_NOT_READY' });
  t.deepEqual(await names('kept'), []);
});

test('Deleting a job deletes what is kept, before and after its first place has expired', async (t) => {
  for (const expired of [false, true]) {
    const { rig, keepIt, expire } = await open();
    await keepIt();
    if (expired) await expire();
    t.true(await rig.records.jobs.deleteJob(job));
    t.deepEqual(await rig.store.names('results'), []);
    t.deepEqual(await rig.store.names('uploads'), []);
    await t.throwsAsync(rig.files.locate(job), { code: 'JOB_NOT_FOUND' });
  }
});

test('Deleted at any moment while it is being kept, it leaves nothing', async (t) => {
  for (let moment = 0; moment < 30; moment++) {
    const { rig, keepIt } = await open();
    let count = 0;
    const step = async (): Promise<void> => {
      if (count++ === moment) await rig.quiet.deleteJob(job);
    };
    for (const method of ['copyIfAbsent', 'list', 'head', 'read'] as const) rig.store.before(method, step);
    const outcome = await keepIt().then(
      () => 'kept',
      (error) => error.code,
    );
    if (count <= moment) {
      t.is(outcome, 'kept');
      return t.pass(`${moment} moments`);
    }
    t.true(['kept', 'JOB_NOT_FOUND', 'JOB_NOT_READY'].includes(outcome), outcome);
    t.deepEqual(await rig.store.names('results'), [], `moment ${moment}: ${outcome}`);
  }
  t.fail('Expected fewer than 30 moments');
});
