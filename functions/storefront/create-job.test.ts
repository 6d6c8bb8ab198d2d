import { readFile } from 'node:fs/promises';
import test from 'ava';
import type { ErrorCode } from '../../shared/error-catalogue.ts';
import type { CutlineError } from '../../shared/errors.ts';
import { readHeader } from '../../shared/image/codec.ts';
import { checkSize, defaultLimits } from '../../shared/image/limits.ts';
import { createRig, idOf, NOON, png } from '../../shared/testing/create-rig.ts';
import { testdata } from '../../shared/testing/files.ts';
import { createIngestRig, deliver, notification } from '../../shared/testing/ingest-rig.ts';
import { askedState } from './asked-jobs.ts';
import { createJobFromFile, createUpload } from './create-job.ts';

const tenant = 'pet-shop';
const upload = { bucket: 'uploads', name: `uploads/pet-shop/${idOf(1)}.png` };

test('An upload URL holds the browser to the type, the size and the options', async (t) => {
  const { ports, signed, asked, store } = createRig();
  const options = { scale: 4, reference: 'order 7' };
  const given = await createUpload({ tenant, options, contentType: 'image/png' }, ports);
  t.deepEqual(given, {
    job: idOf(1),
    upload_url: `https://upload/${upload.name}`,
    method: 'PUT',
    headers: {
      'content-type': 'image/png',
      'x-goog-content-length-range': '1,1000',
      'x-goog-if-generation-match': '0',
      'x-goog-meta-cutline-scale': '4',
      'x-goog-meta-cutline-reference': 'order 7',
    },
    expires: '2026-11-20T12:15:00.000Z',
  });
  t.deepEqual(signed[0]!.object, upload);
  t.deepEqual(await store.names('uploads'), []);
  t.deepEqual(await asked.find(idOf(1)), {
    schema: 1,
    job: idOf(1),
    tenant,
    reference: 'order 7',
    upload,
    route: ['upscale', 'segment', 'effects'],
    created: '2026-11-20T12:00:00.000Z',
    expires: '2026-11-20T12:15:00.000Z',
  });
});

test('The type decides the name’s ending, and must be one of ours', async (t) => {
  const { ports, signed } = createRig();
  const types = [
    'image/jpeg',
    'image/jpg',
    'IMAGE/HEIF',
    'image/heic',
    'image/webp',
    'image/avif',
    'image/gif',
  ];
  for (const contentType of types) await createUpload({ tenant, options: {}, contentType }, ports);
  t.deepEqual(
    signed.map(({ object, terms }) => [object.name.split('.')[1], terms.contentType]),
    [
      ['jpg', 'image/jpeg'],
      ['jpg', 'image/jpg'],
      ['heic', 'image/heif'],
      ['heic', 'image/heic'],
      ['webp', 'image/webp'],
      ['avif', 'image/avif'],
      ['gif', 'image/gif'],
    ],
  );
  for (const contentType of ['', 'image/tiff', 'text/html', 'image/png\r\nx: y', 'constructor']) {
    const error = await t.throwsAsync(createUpload({ tenant, options: {}, contentType }, ports));
    t.is((error as CutlineError).code, 'INVALID_FORMAT');
  }
});

test('A photo that was sent along lies in the bucket, and the job waits for it to be told of', async (t) => {
  const { ports, store, asked } = createRig();
  const created = await createJobFromFile(
    { tenant, options: { effects: 'none' }, reference: 'Möhre', data: png() },
    ports,
  );
  t.deepEqual(created, { job: idOf(1) });
  const stored = await store.quiet.read(upload, 1000);
  t.deepEqual(stored?.data, png());
  t.is(stored?.info.contentType, 'image/png');
  t.deepEqual(stored?.info.metadata, {
    'cutline-effects': 'none',
    'cutline-reference-encoded': 'M%C3%B6hre',
  });
  const waiting = await asked.find(idOf(1));
  t.deepEqual(askedState(waiting!), {
    job: idOf(1),
    reference: 'Möhre',
    created: '2026-11-20T12:00:00.000Z',
    status: 'queued',
    route: ['upscale', 'segment'],
    stage: 'upscale',
    progress: 0,
    estimate_ms: null,
    stages_done: [],
    outputs: {},
  });
});

test('What ingest makes of it is what was asked for', async (t) => {
  const { ports, store } = createRig({ now: () => NOON });
  const options = { scale: '1', effects: 'color', print: 'true' };
  const { job } = await createJobFromFile({ tenant, options, reference: 'Möhre 7', data: png() }, ports);
  const { info, data } = (await store.quiet.read(upload, 1000))!;
  const rig = createIngestRig();
  const there = await rig.upload(info.name, info.metadata, data);
  await deliver(rig.ingest.push, notification(there));
  const made = await rig.records.findJob(job);
  t.like(made?.record, { job, tenant, reference: 'Möhre 7', route: ['segment', 'effects'] });
  t.like(made?.record.options, { scale: 1, effects: ['color'], print: true });
});

const ended = (last: number, size = 64): Uint8Array => png(size).fill(last, size - 1);
const refusals: readonly (readonly [what: string, data: Uint8Array, options: object, code: ErrorCode])[] = [
  ['nothing', new Uint8Array(), {}, 'INVALID_FORMAT'],
  ['no picture', new TextEncoder().encode('<svg xmlns="…">'), {}, 'INVALID_FORMAT'],
  ['too many bytes', png(1001), {}, 'FILE_TOO_LARGE'],
  ['a damaged header', ended(1), {}, 'IMAGE_CORRUPT'],
  ['a result beyond the limit', ended(2), { scale: 4 }, 'OUTPUT_TOO_LARGE'],
  ['wrong options', png(), { scale: 3 }, 'OPTIONS_INVALID'],
];

for (const [what, data, options, code] of refusals) {
  test(`What ingest would refuse is refused before anything is written: ${what}`, async (t) => {
    const { ports, store } = createRig();
    const error = await t.throwsAsync(createJobFromFile({ tenant, options: { ...options }, data }, ports));
    t.is((error as CutlineError).code, code);
    t.deepEqual(store.calls, []);
  });
}

test('A store that does not answer leaves no photo behind, or a job that is there', async (t) => {
  for (const after of [false, true]) {
    const { ports, store, asked } = createRig();
    store.failNext('writeIfAbsent', undefined, { on: 'uploads/', after });
    const error = await t.throwsAsync(createJobFromFile({ tenant, options: {}, data: png() }, ports));
    t.is((error as CutlineError).code, 'STORE_UNAVAILABLE');
    t.is((await store.names('uploads')).length, after ? 1 : 0);
    t.true(await asked.delete(idOf(1)));
    t.deepEqual([await store.names('uploads'), await store.names('results')], [[], []]);
  }
});

test('An id whose photo did not come in time is forgotten, one whose photo waits is not', async (t) => {
  const rig = createRig();
  const { ports, asked, store } = rig;
  await createUpload({ tenant, options: {}, contentType: 'image/png' }, ports);
  rig.now = NOON + 15 * 60_000 - 1;
  t.is((await asked.find(idOf(1)))?.job, idOf(1));
  rig.now++;
  t.is(await asked.find(idOf(1)), undefined);
  await store.put(upload, png());
  t.is((await asked.find(idOf(1)))?.job, idOf(1));
  t.is(await asked.find(idOf(2)), undefined);
});

test('A job that is deleted before ingest saw it takes its photo along, and ingest makes nothing of it', async (t) => {
  const { ports, asked, store } = createRig();
  await createJobFromFile({ tenant, options: {}, data: png() }, ports);
  t.true(await asked.delete(idOf(1)));
  t.deepEqual([await store.names('uploads'), await store.names('results')], [[], []]);
  t.is(await asked.find(idOf(1)), undefined);
  t.false(await asked.delete(idOf(1)));
});

test('Real photos go through the real check, whatever their bytes', async (t) => {
  const inspect = async (file: Uint8Array) => {
    const header = await readHeader(file);
    checkSize(header, defaultLimits);
    return header;
  };
  const { ports, store } = createRig({ inspect, limits: defaultLimits });
  const photos = ['../../models/samples/toy-robot.jpg', ...['p3.heic'].map(testdata)];
  for (const photo of photos) {
    const path = photo.startsWith('.') ? new URL(photo, import.meta.url) : photo;
    await createJobFromFile({ tenant, options: {}, data: await readFile(path) }, ports);
  }
  t.deepEqual(
    (await store.names('uploads')).map((name) => name.split('.')[1]),
    ['jpg', 'heic'],
  );
});
