import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import { readHeader } from '../../shared/image/codec.ts';
import { checkSize, defaultLimits } from '../../shared/image/limits.ts';
import { striped, write } from '../../shared/testing/files.ts';
import { createIngestRig, deliver, NOON, notification, uriOf } from '../../shared/testing/ingest-rig.ts';
import { planeOf } from '../../shared/testing/pictures.ts';

const job = '0123456789abcdef0123456789abcdef';
const path = `uploads/pet-shop/${job}.jpg`;
const ACKNOWLEDGED = [{ status: 204 }];
const corrupt = {
  inspect: () => Promise.reject(new CutlineError('IMAGE_CORRUPT', { message: 'libvips: x' })),
};

test('A bad photo ends its job at once, with everything that is known of it', async (t) => {
  const rig = createIngestRig(corrupt);
  const photo = await rig.upload(path, { 'cutline-reference': 'order 7' });
  t.deepEqual(await deliver(rig.ingest.push, notification(photo)), ACKNOWLEDGED);
  const failed = {
    schema: 1,
    job,
    tenant: 'pet-shop',
    reference: 'order 7',
    input: uriOf(photo),
    stage: 'ingest',
    error: { code: 'IMAGE_CORRUPT', detail: 'The image is damaged and cannot be read' },
    retryable: false,
    tries: 0,
    at: new Date(NOON).toISOString(),
  };
  t.deepEqual(await rig.store.json({ bucket: 'results', name: `jobs/${job}/failed.json` }), failed);
  t.deepEqual(rig.publisher.published, [
    { topic: 'failed', data: failed, attributes: { job, tenant: 'pet-shop' } },
  ]);
  const { generation } = (await rig.store.quiet.head({
    bucket: 'results',
    name: `jobs/${job}/failed.json`,
  }))!;
  t.deepEqual(await rig.names(), [
    `jobs/${job}/announced/failed-${generation}.json`,
    `jobs/${job}/failed.json`,
  ]);
});

test('Wrong options are named in the failure, and the file is not even read', async (t) => {
  const rig = createIngestRig();
  const photo = await rig.upload(path, {
    'cutline-scale': '3',
    'cutline-colour': 'red',
    'cutline-reference': 'order 7',
  });
  t.deepEqual(await deliver(rig.ingest.push, notification(photo)), ACKNOWLEDGED);
  const [failed] = rig.failed();
  t.is(failed?.error.code, 'OPTIONS_INVALID');
  t.is(failed?.reference, 'order 7');
  t.regex(failed?.error.detail ?? '', /cutline-scale: expected 1\|2\|4 but received '3'.*'cutline-colour'/);
  t.false(rig.store.calls.some(({ method, bucket }) => method === 'read' && bucket === 'uploads'));
});

test('A file with too many bytes is refused before it is read', async (t) => {
  const rig = createIngestRig({ limits: { ...defaultLimits, maxFileBytes: 2 } });
  const photo = await rig.upload(path);
  t.deepEqual(await deliver(rig.ingest.push, notification(photo)), ACKNOWLEDGED);
  t.is(rig.failed()[0]?.error.code, 'FILE_TOO_LARGE');
  t.false(rig.store.calls.some(({ method, bucket }) => method === 'read' && bucket === 'uploads'));
});

test('A result that would be too large is known before any stage is woken', async (t) => {
  const rig = createIngestRig({ inspect: async () => ({ width: 5000, height: 4000 }) });
  const photo = await rig.upload(path, { 'cutline-scale': '4' });
  t.deepEqual(await deliver(rig.ingest.push, notification(photo)), ACKNOWLEDGED);
  t.is(rig.failed()[0]?.error.code, 'OUTPUT_TOO_LARGE');
  t.deepEqual(rig.stageMessages(), []);
});

/** The real codec, as the entry wires it. */
async function inspect(file: Uint8Array): Promise<{ width: number; height: number }> {
  const header = await readHeader(file);
  checkSize(header, defaultLimits);
  return header;
}

const png = (width: number, height: number) =>
  write(planeOf(width, height, 3, () => 200))
    .png()
    .toBuffer();
const text = new TextEncoder();
const files: readonly (readonly [what: string, make: () => Promise<Uint8Array>, code: string | undefined])[] =
  [
    ['a PNG', () => png(64, 64), undefined],
    ['a JPEG under a PNG’s name', () => write(striped()).resize(64, 64).jpeg().toBuffer(), undefined],
    ['a picture that is too small', () => png(64, 63), 'IMAGE_TOO_SMALL'],
    ['a picture that is too large', () => png(7681, 64), 'IMAGE_TOO_LARGE'],
    ['a text', async () => text.encode('<html>404</html>'), 'INVALID_FORMAT'],
    ['the first bytes of a JPEG', async () => Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0), 'IMAGE_CORRUPT'],
  ];

for (const [what, make, code] of files) {
  test(`By the real codec ${what} is ${code ?? 'taken'}`, async (t) => {
    const rig = createIngestRig({ inspect });
    const photo = await rig.upload(path.replace('jpg', 'png'), {}, new Uint8Array(await make()));
    t.deepEqual(await deliver(rig.ingest.push, notification(photo)), ACKNOWLEDGED);
    t.is(rig.failed()[0]?.error.code, code);
    t.is(rig.stageMessages().length, code ? 0 : 1);
  });
}

test('A bad photo that is delivered again is not told of again', async (t) => {
  const rig = createIngestRig(corrupt);
  const photo = await rig.upload(path);
  for (let round = 0; round < 3; round++) await deliver(rig.ingest.push, notification(photo));
  t.is(rig.failed().length, 1);
});

test('A failure that could not be told of is told of by the next delivery', async (t) => {
  const rig = createIngestRig(corrupt);
  const photo = await rig.upload(path);
  rig.publisher.failNext();
  const [first, ...next] = await deliver(rig.ingest.push, notification(photo));
  t.is(first?.status, 503);
  t.deepEqual(next, ACKNOWLEDGED);
  t.is(rig.failed().length, 1);
});

test('An upload URL that is used twice makes one job, of the first photo', async (t) => {
  const rig = createIngestRig();
  const first = await rig.upload(path);
  await deliver(rig.ingest.push, notification(first));
  const second = await rig.upload(path, { 'cutline-scale': '1' });
  t.deepEqual(await deliver(rig.ingest.push, notification(second)), ACKNOWLEDGED);
  t.is((await rig.records.findJob(job))?.record.input, uriOf(first));
  t.is(rig.publisher.published.length, 1);
  t.is(rig.log.lines.at(-1)?.level, 'warning');
});

test('Nor does a second photo bring back a job that failed', async (t) => {
  let bad = true;
  const inspect = async () => {
    if (bad) throw new CutlineError('IMAGE_CORRUPT');
    return { width: 64, height: 64 };
  };
  const rig = createIngestRig({ inspect });
  await deliver(rig.ingest.push, notification(await rig.upload(path)));
  bad = false;
  t.deepEqual(await deliver(rig.ingest.push, notification(await rig.upload(path))), ACKNOWLEDGED);
  t.deepEqual(
    rig.publisher.published.map(({ topic }) => topic),
    ['failed'],
  );
});

test('A photo that is replaced while its job is made still ends: its stage will find it gone', async (t) => {
  const rig = createIngestRig();
  const first = await rig.upload(path);
  rig.store.after('writeIfAbsent', async () => void (await rig.upload(path)));
  await deliver(rig.ingest.push, notification(first));
  const [message] = rig.stageMessages();
  t.is(message?.input, uriOf(first));
  t.truthy(await rig.records.readJob(message!.job));
});
