// The brief's other endpoints by real HTTP over the built-in models: enlarged, in looks, in other formats, as tasks.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { unzipSync } from 'fflate';
import sharp from 'sharp';
import { readHeader } from '../../../shared/image/codec.ts';
import type { RealStages } from '../../../shared/testing/brief-rig.ts';
import { openRealStages, photoForm, serveBrief } from '../../../shared/testing/brief-rig.ts';

const { PHOTOS_DIR } = process.env;
const withPhotos = PHOTOS_DIR === undefined ? test.skip : test;
if (PHOTOS_DIR === undefined)
  test('PHOTOS_DIR is not set: tests with real photos are skipped', (t) => t.pass());

let real: RealStages;
test.before(async (t) => {
  t.timeout(120_000);
  real = await openRealStages();
});
test.after.always(() => real?.stages.close());

/** 600×399. */
const girl = () => readFile(join(PHOTOS_DIR!, 'people/girl.jpg'));
type Document = Record<string, unknown>;
const documentIn = async (answer: Response) => (await answer.json()) as Document;
async function headerOf(answer: Response) {
  const { format, width, height } = await readHeader(new Uint8Array(await answer.arrayBuffer()));
  return { format, width, height };
}

interface Case {
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly field?: string;
  readonly name: string;
  readonly is: Document;
}

const cases: readonly Case[] = [
  {
    path: '/remove-background',
    fields: { output_format: 'png' },
    field: 'file',
    name: 'portrait_nobg_\\d{8}_\\d{6}\\.png',
    is: { format: 'PNG', width: 600, height: 399 },
  },
  {
    path: '/remove-background',
    fields: { output_format: 'webp' },
    name: 'portrait_nobg_\\d{8}_\\d{6}\\.webp',
    is: { format: 'WEBP', width: 600, height: 399 },
  },
  {
    path: '/api/v2/process',
    fields: {},
    name: 'portrait_cutout\\.png',
    is: { format: 'PNG', width: 1200, height: 798 },
  },
  {
    path: '/api/v2/process',
    fields: { scale: '2', max_dimension: '200', effects: 'color', output_format: 'jpeg' },
    name: 'portrait_color\\.jpg',
    // 400×266 would be fewer pixels than the photo has: then it is left as it is.
    is: { format: 'JPEG', width: 600, height: 399 },
  },
  {
    path: '/api/v2/process-with-effects',
    fields: { effects: 'color', max_dimension: '450', print: 'true' },
    field: 'file',
    name: 'portrait_color\\.png',
    is: { format: 'PNG', width: 900, height: 598 },
  },
  {
    path: '/api/v2/process-with-effects',
    fields: { effects: 'none' },
    name: 'portrait_cutout\\.png',
    is: { format: 'PNG', width: 1200, height: 798 },
  },
  {
    path: '/api/v1/upscale',
    fields: { face_enhance: 'false' },
    name: 'portrait_upscaled\\.png',
    is: { format: 'PNG', width: 1200, height: 798 },
  },
  {
    path: '/api/v1/upscale',
    fields: { scale: '2', output_format: 'webp' },
    field: 'file',
    name: 'portrait_upscaled\\.webp',
    is: { format: 'WEBP', width: 1200, height: 798 },
  },
];
for (const { path, fields, field, name, is } of cases)
  withPhotos(`${path} ${JSON.stringify(fields)}`, async (t) => {
    t.timeout(120_000);
    const { base } = await serveBrief(t, real);
    const body = photoForm(await girl(), fields, field === undefined ? {} : { field });
    const answer = await fetch(base + path, { method: 'POST', body });
    t.is(answer.status, 200);
    t.is(answer.headers.get('x-original-size'), '600x399');
    t.regex(answer.headers.get('content-disposition')!, new RegExp(`^attachment; filename="${name}"$`));
    t.deepEqual<Document, Document>(await headerOf(answer), is);
  });

withPhotos('A ZIP has colour and matte apart', async (t) => {
  const { base } = await serveBrief(t, real);
  const body = photoForm(await girl(), { output_format: 'zip' });
  const answer = await fetch(`${base}/remove-background`, { method: 'POST', body });
  t.is(answer.headers.get('content-type'), 'application/zip');
  const inside = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  t.deepEqual(Object.keys(inside), ['color.jpg', 'alpha.png']);
});

withPhotos(
  'What is enlarged beyond 4 megapixels is a JPEG, unless another format is asked for',
  async (t) => {
    t.timeout(120_000);
    const { base } = await serveBrief(t, real);
    const large = new Uint8Array(
      await sharp(await girl())
        .resize(1300, 865)
        .jpeg()
        .toBuffer(),
    );
    const answer = await fetch(`${base}/api/v1/upscale`, { method: 'POST', body: photoForm(large) });
    t.is(answer.headers.get('x-model-version'), 'builtin/upscale');
    t.deepEqual(await headerOf(answer), { format: 'JPEG', width: 2600, height: 1730 });
  },
);

withPhotos('All effects come as addresses, which work without more', async (t) => {
  t.timeout(120_000);
  const { base } = await serveBrief(t, real);
  const body = photoForm(await girl(), {
    effects: 'color,duotone',
    return_all: 'true',
    output_format: 'webp',
  });
  const answer = await fetch(`${base}/api/v2/process-with-effects`, { method: 'POST', body });
  t.is(answer.status, 200);
  const document = await documentIn(answer);
  t.is(document.success, true);
  t.like(document.processing_info, { original_size: '600x399', output_size: '1200x798' });
  const effects = document.effects as Record<string, string>;
  t.deepEqual(Object.keys(effects), ['color', 'duotone']);
  for (const url of [...Object.values(effects), String(document.cutout), String(document.upscaled)]) {
    const file = await fetch(base + url);
    t.is(file.status, 200, url);
    t.is((await headerOf(file)).format, 'WEBP');
    t.is((await fetch(base + url.split('?')[0])).status, 404, 'an id alone opens nothing');
  }
});

const refused: readonly (readonly [path: string, fields: Record<string, string>, says: RegExp])[] = [
  ['/api/v1/upscale', { face_enhance: 'true' }, /faces are not redrawn/],
  ['/api/v1/upscale', { scale: '3' }, /expected 2 or 4/],
  ['/api/v1/upscale', { scale: '1' }, /expected 2 or 4/],
  ['/api/v1/upscale', { denoise: 'much' }, /denoise/],
  ['/api/v1/upscale', { max_dimension: '64' }, /600x399 cannot be enlarged/],
  ['/api/v1/upscale', { output_format: 'tiff' }, /png, webp, jpeg/],
  ['/api/v2/process-with-effects', { effects: 'sepia' }, /sepia/],
  ['/remove-background', { output_format: 'gif' }, /png, webp, zip/],
];
for (const [path, fields, says] of refused)
  withPhotos(`400: ${path} ${JSON.stringify(fields)}`, async (t) => {
    const { base } = await serveBrief(t, real);
    const answer = await fetch(base + path, { method: 'POST', body: photoForm(await girl(), fields) });
    t.is(answer.status, 400);
    const document = await documentIn(answer);
    t.is(document.error_code, 'OPTIONS_INVALID');
    t.regex(String(document.detail), says);
  });

withPhotos('A task is begun, looked at, and fetched when it is done', async (t) => {
  t.timeout(120_000);
  const { base, carryUploads } = await serveBrief(t, real);
  const body = photoForm(await girl(), { smoothing: 'false' });
  const answer = await fetch(`${base}/api/background-removal/remove-async`, { method: 'POST', body });
  t.is(answer.status, 202);
  const { task_id, status, check_url } = await documentIn(answer);
  t.is(status, 'processing');
  t.regex(String(check_url), new RegExp(`^/api/background-removal/status/${task_id}\\?token=.{43}$`));
  const waiting = await documentIn(await fetch(base + check_url));
  t.like(waiting, { task_id, status: 'processing', check_url });
  await carryUploads();
  const done = await documentIn(await fetch(base + check_url));
  t.like(done, { task_id, status: 'completed', output_size: '600x399', model_version: 'builtin/segment' });
  t.deepEqual(await headerOf(await fetch(base + done.result_url)), {
    format: 'PNG',
    width: 600,
    height: 399,
  });
  const bare = await fetch(`${base}/api/background-removal/status/${task_id}`);
  t.is(bare.status, 404, 'an id alone opens nothing');
});

withPhotos('A task that fails says why', async (t) => {
  const { base, carryUploads } = await serveBrief(t, real);
  const body = photoForm(await readFile(join(PHOTOS_DIR!, 'edge/full-transparent.png')));
  const answer = await fetch(`${base}/api/background-removal/remove-async`, { method: 'POST', body });
  const { check_url } = await documentIn(answer);
  await carryUploads();
  const failed = await documentIn(await fetch(base + check_url));
  t.like(failed, { status: 'failed', error_code: 'NO_SUBJECT' });
  t.is(typeof failed.detail, 'string');
});

withPhotos('A photo’s name in any script becomes the name of its file', async (t) => {
  const { base } = await serveBrief(t, real);
  const body = photoForm(await girl(), {}, { name: '../Söhne & 🐕.large.jpeg' });
  const answer = await fetch(`${base}/api/background-removal/remove`, { method: 'POST', body });
  t.regex(
    answer.headers.get('content-disposition')!,
    /^attachment; filename="S_hne & _\.large_nobg_\d{8}_\d{6}\.png"; filename\*=UTF-8''S%C3%B6hne%20%26%20%F0%9F%90%95\.large_nobg_/,
  );
});
