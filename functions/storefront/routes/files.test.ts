import test from 'ava';
import { decode } from '../../../shared/image/codec.ts';
import { defaultLimits } from '../../../shared/image/limits.ts';
import { bytesIn, job, second, serveFiles } from '../../../shared/testing/files-server.ts';
import { pixel } from '../../../shared/testing/pictures.ts';

const limits = { ...defaultLimits, minSide: 1 };

test('A cut-out on red comes with all that there is to say of it', async (t) => {
  const { ask } = await serveFiles(t);
  const answer = await ask(`${job}/files/cutout?background=%23ff0000&crop=true&margin=10px&size=2x2cm`);
  t.is(answer.status, 200);
  const expected = {
    'content-type': 'image/png',
    'content-disposition': `inline; filename="S_hne & Bello-cutout.png"; filename*=UTF-8''S%C3%B6hne%20%26%20Bello-cutout.png`,
    'cache-control': 'private, max-age=31536000, immutable',
    vary: 'Authorization, X-Job-Token, X-API-Key',
    'x-content-type-options': 'nosniff',
    'x-image-width': '80',
    'x-image-height': '100',
    'x-foreground-left': '10',
    'x-foreground-top': '10',
    'x-foreground-width': '60',
    'x-foreground-height': '80',
    'x-print-check': '2x2cm; dpi=101; verdict="too few pixels"',
  };
  const received = Object.keys(expected).map((name) => [name, answer.headers.get(name)]);
  t.deepEqual(Object.fromEntries(received), expected);
  t.regex(answer.headers.get('etag')!, /^"[0-9a-f]{32}"$/);
  t.regex(answer.headers.get('server-timing')!, /decode;dur=\d+, finish;dur=\d+, encode;dur=\d+/);
  const bytes = await bytesIn(answer);
  t.is(answer.headers.get('content-length'), String(bytes.byteLength));
  const { picture } = await decode(bytes, limits);
  t.deepEqual([picture.width, picture.height], [80, 100]);
  t.deepEqual(
    [pixel(picture, 2, 2), pixel(picture, 40, 50)],
    [
      [255, 0, 0],
      [220, 120, 40],
    ],
  );
});

test('Who has it already is told so, without a pixel and without the object', async (t) => {
  const { ask, rig, pictureReads } = await serveFiles(t);
  const path = `${job}/files/cutout.webp?background=f00`;
  const etag = (await ask(path)).headers.get('etag')!;
  const before = { reads: pictureReads(), calls: rig.store.calls.length };
  for (const given of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const answer = await ask(path, { headers: { 'If-None-Match': given } });
    t.is(answer.status, 304, given);
    t.is(answer.headers.get('etag'), etag);
    t.is(answer.headers.get('cache-control'), 'private, max-age=31536000, immutable');
    t.is(await answer.text(), '');
  }
  t.is(pictureReads(), before.reads);
  t.false(rig.store.calls.slice(before.calls).some(({ name }) => !name.endsWith('.json')));
  t.deepEqual(rig.counts, { decoded: 1, encoded: 1 });
  t.is((await ask(path, { headers: { 'If-None-Match': '"x"' } })).status, 200);
  // Known from the records alone, also where it was never made.
  const unmade = await ask(`${job}/files/cutout?dpi=300`, { method: 'HEAD' });
  t.is(unmade.status, 200);
});

test('A copy may be held long, by a cache in between only where the URL holds the token', async (t) => {
  const { ask, base } = await serveFiles(t);
  const url = `${base}/jobs/${job}/files/cutout`;
  const open = await fetch(`${url}?token=right`);
  t.is(open.headers.get('cache-control'), 'public, max-age=31536000, s-maxage=3600, immutable');
  t.is(open.headers.get('vary'), null);
  const closed = await ask(`${job}/files/cutout`);
  t.is(closed.headers.get('cache-control'), 'private, max-age=31536000, immutable');
  t.is(closed.headers.get('vary'), 'Authorization, X-Job-Token, X-API-Key');
  t.is(closed.headers.get('etag'), open.headers.get('etag'));
  const both = await fetch(`${url}?token=right`, { headers: { Authorization: 'Bearer x' } });
  t.is(both.headers.get('cache-control'), 'private, max-age=31536000, immutable');
  // A job that failed may be made good, and then there is more in it.
  t.is(
    (await fetch(`${base}/jobs/${job}/result.zip?token=right`)).headers.get('cache-control'),
    'public, no-cache',
  );
});

test('HEAD says what GET would, and reads nothing', async (t) => {
  const { ask, pictureReads } = await serveFiles(t);
  const got = await ask(`${job}/files/cutout`);
  const before = pictureReads();
  const head = await ask(`${job}/files/cutout`, { method: 'HEAD' });
  t.is(head.status, 200);
  for (const name of ['content-length', 'content-type', 'etag', 'x-image-width', 'content-disposition'])
    t.is(head.headers.get(name), got.headers.get(name), name);
  t.is(await head.text(), '');
  t.is(pictureReads(), before);
  t.is((await ask(`${job}/result.zip`, { method: 'HEAD' })).status, 200);
  t.is(pictureReads(), before);
});

test('What cannot be answered is said in a document', async (t) => {
  const { ask, refusal, base } = await serveFiles(t);
  const cases: readonly (readonly [string, number, string])[] = [
    [`${job}/files/sketch`, 404, 'FILE_NOT_FOUND'],
    [`${job}/files/..%2f..%2fjob.json`, 404, 'FILE_NOT_FOUND'],
    [`${job}/files/%00`, 404, 'FILE_NOT_FOUND'],
    [`${job}/files/cutout?format=tiff`, 400, 'OPTIONS_INVALID'],
    [`${job}/files/cutout?crop=true&crop=true`, 400, 'OPTIONS_INVALID'],
    [`${job}/files/cutout?background[x]=1`, 400, 'OPTIONS_INVALID'],
    [`${job}/files/upscaled?shadow=true`, 400, 'OPTIONS_INVALID'],
    [`${job}/files/cutout?crop=true&margin=9000px`, 400, 'OUTPUT_TOO_LARGE'],
    [`${second}/files/cutout`, 404, 'JOB_NOT_FOUND'],
    [`${second}/result.zip`, 404, 'JOB_NOT_FOUND'],
    ['x/files/cutout', 404, 'JOB_NOT_FOUND'],
    [`..%2f${job}/files/cutout`, 404, 'JOB_NOT_FOUND'],
  ];
  for (const [path, status, code] of cases) t.deepEqual(await refusal(path), [status, code], path);
  const bad = await ask(`${job}/files/cutout?format=tiff&a=1`);
  const { detail, problems } = (await bad.json()) as { detail: string; problems: string[] };
  t.is(problems.length, 2);
  t.true(detail.includes(problems[0]!));
  t.notRegex(String(bad.headers.get('etag')), /^"/, 'an error is no version of a file');
  t.is(bad.headers.get('cache-control'), null);
  const { files } = (await (await ask(`${job}/files/x`)).json()) as { files: string[] };
  t.deepEqual(files, ['upscaled', 'cutout', 'color']);
  const malformed = await fetch(`${base}/jobs/${job}/files/%E0%A4%A`, {
    headers: { 'X-Job-Token': 'right' },
  });
  t.is(malformed.status, 400);
});

test('Without the token there is no such job, whatever is asked of it', async (t) => {
  const { base, rig } = await serveFiles(t);
  for (const [method, path] of [
    ['GET', 'files/cutout'],
    ['GET', 'files/x'],
    ['GET', 'result.zip'],
    ['POST', 'keep'],
  ] as const) {
    const answer = await fetch(`${base}/jobs/${job}/${path}`, {
      method,
      headers: { 'X-Job-Token': 'wrong', 'If-None-Match': '*' },
    });
    t.is(answer.status, 404, path);
    t.is(((await answer.json()) as { error_code: string }).error_code, 'JOB_NOT_FOUND');
  }
  t.false((await rig.store.names('results')).some((name) => /derived|kept/.test(name)));
});

test('What is still to come is a conflict', async (t) => {
  const { refusal, ask } = await serveFiles(t, {}, { done: ['upscale'] });
  t.is((await ask(`${job}/files/upscaled`)).status, 200);
  t.deepEqual(await refusal(`${job}/files/cutout`), [409, 'JOB_NOT_READY']);
  t.deepEqual(await refusal(`${job}/result.zip`), [409, 'JOB_NOT_READY']);
  t.deepEqual(await refusal(`${job}/keep`, { method: 'POST' }), [409, 'JOB_NOT_READY']);
});

test('A deleted job is gone with all its forms, and an ETag of then is worth nothing', async (t) => {
  const { ask, refusal, rig } = await serveFiles(t);
  const path = `${job}/files/cutout?background=f00`;
  const etag = (await ask(path)).headers.get('etag')!;
  await rig.quiet.deleteJob(job);
  t.deepEqual(await refusal(path, { headers: { 'If-None-Match': etag } }), [404, 'JOB_NOT_FOUND']);
  t.deepEqual(await rig.store.names('results'), []);
});
