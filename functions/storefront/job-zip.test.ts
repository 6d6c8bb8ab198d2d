import test from 'ava';
import { unzipSync } from 'fflate';
import { createDeliveryRig } from '../../shared/testing/delivery-rig.ts';
import { createJobZips } from './job-zip.ts';

const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(32)) as [string, string, string];

function open() {
  const rig = createDeliveryRig();
  const zips = createJobZips({ files: rig.files, now: () => Date.parse('2026-11-21T12:00:00Z') });
  return { rig, zips };
}

test('A job’s files are in its ZIP under their own names, byte for byte', async (t) => {
  const { rig, zips } = open();
  await rig.addJob(a);
  const zip = await zips.ofJob(await rig.files.locate(a));
  const inside = unzipSync(Buffer.concat(await Array.fromAsync(zip.stream())));
  t.deepEqual(Object.keys(inside), ['upscaled.png', 'cutout.png', 'color.png']);
  const stored = await rig.store.quiet.read(
    { bucket: 'results', name: `jobs/${a}/segment/cutout.png` },
    Infinity,
  );
  t.true(Buffer.from(inside['cutout.png']!).equals(stored!.data));
});

test('A file is read when its turn comes; whoever stops reads no more', async (t) => {
  const { rig, zips } = open();
  await rig.addJob(a);
  const zip = await zips.ofJob(await rig.files.locate(a));
  const reads = () =>
    rig.store.calls.filter(({ method, name }) => method === 'read' && name.endsWith('.png')).length;
  t.is(reads(), 0);
  const chunks = zip.stream();
  await chunks.next();
  t.is(reads(), 1);
  await chunks.return();
  t.is(reads(), 1);
});

test('A batch has a folder for each photo, and two of one name are told apart', async (t) => {
  const { rig, zips } = open();
  await rig.addJob(a, { reference: 'Dog.jpg' });
  await rig.addJob(b, { reference: 'dog' });
  await rig.addJob(c, { reference: null });
  const zip = await zips.ofJobs(await Promise.all([a, b, c].map((id) => rig.files.locate(id))));
  const inside = Object.keys(unzipSync(Buffer.concat(await Array.fromAsync(zip.stream()))));
  t.deepEqual([...new Set(inside.map((path) => path.split('/')[0]))], ['Dog', 'dog-2', c]);
  t.is(inside.length, 9);
});

test('While there is more to come there is no ZIP; of a job that failed there is what it came to', async (t) => {
  const { rig, zips } = open();
  await rig.addJob(a, { done: ['upscale', 'segment'] });
  await t.throwsAsync(zips.ofJob(await rig.files.locate(a)), { code: 'JOB_NOT_READY' });
  await rig.quiet.createFailed({
    schema: 1,
    job: a,
    tenant: 'shop',
    reference: null,
    input: 'gs://uploads/x#1',
    stage: 'effects',
    error: { code: 'INFERENCE_ERROR', detail: 'x' },
    retryable: true,
    tries: 6,
    at: new Date().toISOString(),
  });
  const zip = await zips.ofJob(await rig.files.locate(a));
  const inside = unzipSync(Buffer.concat(await Array.fromAsync(zip.stream())));
  t.deepEqual(Object.keys(inside), ['upscaled.png', 'cutout.png']);
});

test('A job that failed before it had a file has no ZIP', async (t) => {
  const { rig, zips } = open();
  await rig.quiet.createFailed({
    schema: 1,
    job: a,
    tenant: 'shop',
    reference: null,
    input: 'gs://uploads/x#1',
    stage: 'ingest',
    error: { code: 'INVALID_FORMAT', detail: 'x' },
    retryable: false,
    tries: 0,
    at: new Date().toISOString(),
  });
  await t.throwsAsync(zips.ofJob(await rig.files.locate(a)), { code: 'FILE_NOT_FOUND' });
});

test('Deleted in the middle, the ZIP breaks off', async (t) => {
  const { rig, zips } = open();
  await rig.addJob(a);
  const zip = await zips.ofJob(await rig.files.locate(a));
  const chunks = zip.stream();
  await chunks.next();
  await rig.quiet.deleteJob(a);
  await t.throwsAsync(
    async () => {
      for await (const _ of chunks);
    },
    { code: 'JOB_NOT_FOUND' },
  );
});

test('The same files have one key, and another version of one has another', async (t) => {
  const { rig, zips } = open();
  await rig.addJob(a);
  const located = await rig.files.locate(a);
  const { key } = await zips.ofJob(located);
  t.is((await zips.ofJob(located)).key, key);
  await rig.quiet.deleteJob(a);
  await rig.addJob(a);
  t.not((await zips.ofJob(await rig.files.locate(a))).key, key);
});
