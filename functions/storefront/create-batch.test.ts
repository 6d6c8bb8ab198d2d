import test from 'ava';
import type { ErrorCode } from '../../shared/error-catalogue.ts';
import type { CutlineError } from '../../shared/errors.ts';
import type { CreateRig } from '../../shared/testing/create-rig.ts';
import { createRig, idOf, NOON, png } from '../../shared/testing/create-rig.ts';
import { createBatchFromFiles, createBatchFromObjects, createBatchOfUploads } from './create-batch.ts';

const tenant = 'pet-shop';
const file = (filename: string, data = png()) => ({ filename, data });
const bad = png().fill(1, 63);

async function codeOf(t: import('ava').ExecutionContext, act: Promise<unknown>): Promise<CutlineError> {
  return (await t.throwsAsync(act)) as CutlineError;
}

test('Files become a job each, and a batch that names them in their order', async (t) => {
  const { ports, store, batches } = createRig();
  const files = Array.from({ length: 20 }, (_, index) => file(`${index}.png`));
  const created = await createBatchFromFiles(
    { tenant, options: { scale: 1 }, reference: 'spring', files },
    ports,
  );
  t.is(created.batch, idOf(1));
  const jobs = Array.from({ length: 20 }, (_, index) => idOf(index + 2));
  t.deepEqual(
    created.jobs,
    jobs.map((job, index) => ({ job, file: `${index}.png` })),
  );
  t.deepEqual(await batches.find(idOf(1)), {
    schema: 1,
    batch: idOf(1),
    tenant,
    jobs,
    created: new Date(NOON).toISOString(),
  });
  t.deepEqual(
    await store.names('uploads'),
    jobs.map((job) => `uploads/pet-shop/${job}.png`),
  );
});

test('Uploads get a URL each, with what was said of each and of all', async (t) => {
  const { ports, signed, batches } = createRig();
  const uploads = [
    { contentType: 'image/png', options: { scale: 1 }, reference: 'a' },
    { contentType: 'image/jpeg', options: {} },
  ];
  const { batch, jobs } = await createBatchOfUploads(
    { tenant, options: { scale: 4, print: true }, uploads },
    ports,
  );
  t.deepEqual(
    jobs.map(({ job, method }) => [job, method]),
    [
      [idOf(2), 'PUT'],
      [idOf(3), 'PUT'],
    ],
  );
  t.deepEqual(
    signed.map(({ terms }) => terms.metadata),
    [
      { 'cutline-scale': '1', 'cutline-print': 'true', 'cutline-reference': 'a' },
      { 'cutline-scale': '4', 'cutline-print': 'true' },
    ],
  );
  const state = await batches.state(await batches.find(batch));
  t.is(state.status, 'queued');
  t.deepEqual(state.counts, { queued: 2, processing: 0, completed: 0, failed: 0, deleted: 0 });
});

const own = { bucket: 'uploads', name: `uploads/pet-shop/${idOf(99)}.png` };

test('Photos that lie there already are made again with other options', async (t) => {
  const { ports, store } = createRig();
  const { generation } = await store.put(own, png(), { metadata: { 'cutline-scale': '4' } });
  const objects = [`gs://uploads/${own.name}`, `gs://uploads/${own.name}#${generation}`];
  const { jobs } = await createBatchFromObjects({ tenant, options: { scale: 1 }, objects }, ports);
  t.deepEqual(
    jobs,
    objects.map((file, index) => ({ job: idOf(index + 2), file })),
  );
  const copy = await store.quiet.read({ bucket: 'uploads', name: `uploads/pet-shop/${idOf(2)}.png` }, 1000);
  t.deepEqual(copy?.data, png());
  t.deepEqual(copy?.info.metadata, { 'cutline-scale': '1' });
});

test('Another’s photo, one outside the uploads and one that is not there are the same: not found', async (t) => {
  const { ports, store } = createRig();
  const places = [
    { bucket: 'uploads', name: 'uploads/pet-shop-2/a.png' },
    { bucket: 'uploads', name: 'uploads/a.png' },
    { bucket: 'uploads', name: 'private/pet-shop/a.png' },
    { bucket: 'results', name: 'uploads/pet-shop/a.png' },
  ];
  for (const place of places) await store.put(place, png());
  const objects = [
    ...places.map(({ bucket, name }) => `gs://${bucket}/${name}`),
    'gs://uploads/uploads/pet-shop/../other/a.png',
    'gs://uploads/uploads/pet-shop/missing.png',
    'gs://uploads/uploads/pet-shop/missing.png#1',
    'https://shop.example/a.png',
    '',
  ];
  for (const object of objects) {
    const error = await codeOf(t, createBatchFromObjects({ tenant, options: {}, objects: [object] }, ports));
    t.is(error.code, 'INPUT_NOT_FOUND', object);
    t.is(error.fields.file, object);
  }
  t.deepEqual(await store.names('results'), ['uploads/pet-shop/a.png']);
});

type Begin = (rig: CreateRig) => Promise<unknown>;
const none: readonly (readonly [what: string, begin: Begin, code: ErrorCode, file?: string])[] = [
  [
    'one photo is damaged',
    ({ ports }) =>
      createBatchFromFiles({ tenant, options: {}, files: [file('a.png'), file('b.png', bad)] }, ports),
    'IMAGE_CORRUPT',
    'b.png',
  ],
  [
    'one without a name is no picture',
    ({ ports }) =>
      createBatchFromFiles(
        { tenant, options: {}, files: [file('a.png'), file('', Uint8Array.of(1))] },
        ports,
      ),
    'INVALID_FORMAT',
    '2',
  ],
  [
    'an option is wrong',
    ({ ports }) => createBatchFromFiles({ tenant, options: { scale: 9 }, files: [file('a.png')] }, ports),
    'OPTIONS_INVALID',
  ],
  [
    'one upload’s type is unknown',
    ({ ports }) =>
      createBatchOfUploads(
        { tenant, options: {}, uploads: [{ contentType: 'image/x', options: {} }] },
        ports,
      ),
    'INVALID_FORMAT',
  ],
  [
    'there are none',
    ({ ports }) => createBatchFromFiles({ tenant, options: {}, files: [] }, ports),
    'REQUEST_INVALID',
  ],
  [
    'there are fifty-one',
    ({ ports }) =>
      createBatchFromObjects({ tenant, options: {}, objects: Array.from({ length: 51 }, () => '') }, ports),
    'REQUEST_INVALID',
  ],
];

for (const [what, begin, code, named] of none) {
  test(`All or none: nothing is written when ${what}`, async (t) => {
    const rig = createRig();
    const error = await codeOf(t, begin(rig));
    t.is(error.code, code);
    t.is(error.fields.file, named);
    t.false(rig.store.calls.some(({ method }) => method === 'writeIfAbsent' || method === 'write'));
  });
}

test('A batch that cannot be written to its end is taken back', async (t) => {
  const rig = createRig();
  const files = Array.from({ length: 12 }, (_, index) => file(`${index}.png`));
  rig.store.failNext('writeIfAbsent', undefined, { on: `uploads/pet-shop/${idOf(11)}` });
  const error = await codeOf(t, createBatchFromFiles({ tenant, options: {}, files }, rig.ports));
  t.is(error.code, 'STORE_UNAVAILABLE');
  t.deepEqual([await rig.store.names('uploads'), await rig.store.names('results')], [[], []]);
});
