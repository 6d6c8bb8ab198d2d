import test from 'ava';
import { unzipSync } from 'fflate';
import { CutlineError } from '../../../shared/errors.ts';
import { batch, bytesIn, job, second, serveFiles } from '../../../shared/testing/files-server.ts';
import { plain } from '../../../shared/testing/pictures.ts';
import { until } from '../../../shared/testing/until.ts';

test('A form that fifty ask for at once is made once', async (t) => {
  const { ask, rig } = await serveFiles(t);
  const path = `${job}/files/cutout?background=f00&shadow=true`;
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(path)));
  t.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const bodies = await Promise.all(answers.map(bytesIn));
  t.true(bodies.every((body) => Buffer.from(body).equals(bodies[0]!)));
  t.deepEqual(rig.counts, { decoded: 1, encoded: 1 });
});

test('Of fifty forms at once some may have to come again, and the answer says when', async (t) => {
  const { ask } = await serveFiles(t);
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => ask(`${job}/files/cutout?crop=true&margin=${index}px`)),
  );
  const statuses = answers.map(({ status }) => status);
  t.deepEqual([...new Set(statuses)].sort(), [200, 503]);
  t.true(statuses.filter((status) => status === 200).length >= 20);
  t.true(answers.every(({ status, headers }) => status === 200 || headers.get('retry-after') === '5'));
});

test('What is too large for an answer is fetched elsewhere: whoever takes anything is told where', async (t) => {
  const { ask, rig } = await serveFiles(t, {}, { cutout: plain(64, 64, 1, 2, 3) });
  const object = { bucket: 'results', name: `jobs/${job}/segment/cutout.png` };
  const head = await rig.store.quiet.head(object);
  // As if it were so large: the store says so, the file need not be.
  rig.store.head = async (asked) => {
    const found = await rig.store.quiet.head(asked);
    return found && found.name === object.name ? { ...found, bytes: 25 * 1024 * 1024 } : found;
  };
  const answer = await ask(`${job}/files/cutout`);
  t.is(answer.status, 200);
  t.is(answer.headers.get('cache-control'), 'private, no-store');
  t.regex(answer.headers.get('vary')!, /Accept/);
  const told = (await answer.json()) as Record<string, unknown>;
  t.like(told, { method: 'GET', content_type: 'image/png', bytes: 25 * 1024 * 1024, width: 64, height: 64 });
  const file = await fetch(String(told.url));
  t.is(file.status, 200);
  t.is(file.headers.get('content-type'), 'image/png');
  t.regex(file.headers.get('content-disposition')!, /^inline; filename="S_hne & Bello-cutout\.png"/);
  t.is((await bytesIn(file)).byteLength, head!.bytes);
  const page = await ask(`${job}/files/cutout`, {
    headers: { Accept: 'image/avif,image/webp,image/*,*/*;q=0.8' },
  });
  t.is(page.status, 302);
  t.is((await fetch(page.headers.get('location')!)).status, 200);
});

test('All files come as one ZIP, which has a version too', async (t) => {
  const { ask } = await serveFiles(t);
  const answer = await ask(`${job}/result.zip`);
  t.is(answer.status, 200);
  t.is(answer.headers.get('content-type'), 'application/zip');
  t.regex(
    answer.headers.get('content-disposition')!,
    /^attachment; filename="S_hne & Bello\.zip"; filename\*=UTF-8''/,
  );
  t.is(answer.headers.get('transfer-encoding'), 'chunked');
  t.deepEqual(Object.keys(unzipSync(await bytesIn(answer))), ['upscaled.png', 'cutout.png', 'color.png']);
  const etag = answer.headers.get('etag')!;
  t.is((await ask(`${job}/result.zip`, { headers: { 'If-None-Match': etag } })).status, 304);
});

test('The ZIP of a batch has a folder for each of its jobs', async (t) => {
  const members = async (id: string) =>
    id === batch ? { tenant: 'shop', jobs: async () => [job, second] } : undefined;
  const { ask, rig, base } = await serveFiles(t, { members });
  await rig.addJob(second);
  const inside = unzipSync(await bytesIn(await ask(`${batch}/result.zip`)));
  t.deepEqual(Object.keys(inside).slice(2, 4), ['Söhne & Bello/color.png', `${second}/upscaled.png`]);
  t.is((await fetch(`${base}/jobs/${batch}/result.zip`)).status, 404);
  t.is((await ask(`${job}/result.zip`)).status, 200);
});

test('A ZIP that nobody reads on is not read on', async (t) => {
  const { ask, pictureReads, rig, log, closed } = await serveFiles(t, {}, { cutout: plain(64, 64, 1, 2, 3) });
  // More than sockets hold: 8 MB of what cannot be packed.
  const large = new Uint8Array(8 * 1024 * 1024).map((_, index) => (index * 2654435761) >>> 13);
  const name = `jobs/${job}/upscale/upscaled.png`;
  const read = rig.store.read;
  rig.store.read = async (object, max) => {
    const found = await read(object, max);
    return found && object.name === name ? { ...found, data: large } : found;
  };
  const gone = new AbortController();
  const before = pictureReads();
  const answer = await ask(`${job}/result.zip`, { signal: gone.signal });
  await answer.body!.getReader().read();
  gone.abort();
  await closed;
  await new Promise((resolve) => setImmediate(resolve));
  t.is(pictureReads(), before + 1);
  t.deepEqual(
    log.lines.filter(({ level }) => level === 'error'),
    [],
  );
});

test('A ZIP whose job is deleted in the middle ends in the middle', async (t) => {
  const { ask, rig, log } = await serveFiles(t);
  rig.store.before('read', async ({ name }) => {
    if (name.endsWith('cutout.png')) await rig.quiet.deleteJob(job);
  });
  await t.throwsAsync(async () => bytesIn(await ask(`${job}/result.zip`)));
  t.is(log.lines.filter(({ message }) => message === 'A ZIP was broken off').length, 1);
});

test('Who leaves while his picture is made is not worked for, and nothing is kept', async (t) => {
  const { ask, rig, closed } = await serveFiles(t);
  const gone = new AbortController();
  const read = Promise.withResolvers<void>();
  rig.store.before('read', async ({ name }) => {
    if (!name.endsWith('cutout.png')) return;
    gone.abort();
    await closed;
    read.resolve();
  });
  await t.throwsAsync(ask(`${job}/files/cutout?background=f00`, { signal: gone.signal }));
  await read.promise;
  await until('the work to end', () => rig.slots.taken === 0);
  t.is(rig.counts.decoded, 0);
  t.false((await rig.store.names('results')).some((name) => name.includes('derived')));
});

test('An ordered job is kept, once or twice asked, and then outlives its first place', async (t) => {
  const { ask, rig } = await serveFiles(t);
  for (let time = 0; time < 2; time++) {
    const answer = await ask(`${job}/keep`, { method: 'POST' });
    t.is(answer.status, 200);
    t.deepEqual(await answer.json(), { job, kept: true });
  }
  const etag = (await ask(`${job}/files/cutout`)).headers.get('etag');
  for await (const object of rig.store.quiet.list('results', 'jobs/')) await rig.store.quiet.delete(object);
  const answer = await ask(`${job}/files/cutout`);
  t.is(answer.status, 200);
  t.is(answer.headers.get('etag'), etag);
  t.is((await ask(`${job}/files/cutout?background=garden`)).status, 200);
  t.is((await ask(`${job}/result.zip`)).status, 200);
});

test('A store that does not answer is unavailable, and nothing of it is told', async (t) => {
  const { rig, ask } = await serveFiles(t);
  rig.store.failNext('head', new CutlineError('STORE_UNAVAILABLE', { message: 'gs://secret-bucket' }), {
    on: 'cutout',
  });
  const answer = await ask(`${job}/files/cutout`);
  t.is(answer.status, 503);
  t.is(answer.headers.get('retry-after'), '5');
  t.false((await answer.text()).includes('secret-bucket'));
});
