// The storefront under what a bad day brings: a crowd, a restart, and whatever somebody may send.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import { BOUNDARY, form, formType } from '../../shared/testing/multipart-form.ts';
import { until } from '../../shared/testing/until.ts';
import { wholeFile } from './testdata/serving.ts';
import type { Made, View } from './testdata/shop.ts';
import { asJson, formOf, openShop } from './testdata/shop.ts';

const RUNS = Number(process.env.FUZZ_RUNS ?? 200);
/** A request that takes longer hangs. */
const LIMIT_MS = 120_000;
const cleanup = wholeFile(test.after.always);
let shop: Awaited<ReturnType<typeof openShop>>;

test.before(async () => {
  shop = await openShop(cleanup, {
    QUEUE_LIMIT: '8',
    RATE_LIMIT_PER_SECOND: '100000',
    RATE_LIMIT_PER_MINUTE: '100000',
  });
});

test.serial('Of 200 photos at once each gets its answer, and what was taken is finished', async (t) => {
  const { ask, ended, photo } = shop;
  const send = async (): Promise<Made | undefined> => {
    const body = formOf({ scale: '1', effects: 'none' }, photo);
    const answer = await ask('/jobs', { method: 'POST', body, signal: AbortSignal.timeout(LIMIT_MS) });
    if (answer.status === 202) return (await answer.json()) as Made;
    t.is(answer.status, 503);
    t.like(await answer.json(), { error_code: 'BUSY' });
    t.truthy(answer.headers.get('retry-after'));
    return undefined;
  };
  const answers = await Promise.all(Array.from({ length: 200 }, send));
  const taken = answers.filter((made) => made !== undefined);
  t.true(taken.length >= 16, 'at least those that have a slot or a place in the queue');
  const states = await Promise.all(taken.map(async (made) => (await ended(made)).status));
  t.deepEqual([...new Set(states)], ['completed']);
  t.is((await ask('/startup')).status, 200);
});

test.serial('Who follows a job is told of its end, though the process died meanwhile', async (t) => {
  const { ask, photo, serving } = shop;
  const made = (await (
    await ask('/jobs', { method: 'POST', body: formOf({ scale: '2' }, photo) })
  ).json()) as Made;
  const path = `${made.events_url}?token=${made.token}`;
  const first = await ask(path);
  const { pid } = (await serving.logged('Serving')) as unknown as { pid: number };
  process.kill(pid, 'SIGKILL');
  // As a browser does: the stream breaks off, and is asked for again.
  const heard = await first.text().catch(() => '');
  let last = [...heard.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? '';
  const isTold = async (): Promise<boolean> => {
    await sleep(200);
    const text = await ask(path, { headers: { 'last-event-id': last } })
      .then((answer) => answer.text())
      .catch(() => '');
    last = [...text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? last;
    return text.includes('event: completed');
  };
  t.true(await until('the end to be told', isTold, () => `the last id ${last}`));
});

test.serial('A job that is deleted while it runs is gone for good', async (t) => {
  const { ask, photo, data } = shop;
  const body = formOf({ scale: '2', effects: 'all', reference: 'gone' }, photo);
  const made = (await (await ask('/jobs', { method: 'POST', body })).json()) as Made;
  const token = { 'x-job-token': made.token };
  const events = ask(made.events_url, { headers: token }).then((answer) => answer.text());
  const isBegun = async (): Promise<boolean> => {
    const { status } = (await (await ask(made.check_url, { headers: token })).json()) as View;
    return status === 'processing' || status === 'completed';
  };
  await until('the work to begin', isBegun);
  t.is((await ask(made.check_url, { method: 'DELETE', headers: token })).status, 204);
  t.regex(await events, /event: (gone|completed)/);
  t.is((await ask(made.check_url, { headers: token })).status, 404);
  // What was being written meanwhile is swept by who wrote it.
  const places = ['', '/**/*'].map((inside) => join(data, `{uploads,results}/**/*${made.job}*${inside}`));
  const left = () => globSync(places, { withFileTypes: true }).filter((entry) => entry.isFile());
  const names = () => left().map(({ name }) => name);
  t.true(await until('all of it to be gone', () => left().length === 0, names));
});

const word = fc.oneof(
  fc.constantFrom('', 'none', '1', '2', '-1', '1e99', 'true', '../x', '\0', '__proto__', 'ä'.repeat(50)),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const name = fc.constantFrom('image', 'file', 'scale', 'effects', 'reference', 'model', '__proto__', '');

/** A form, some of it cut off or changed. */
const forms = (photo: Uint8Array<ArrayBuffer>) =>
  fc
    .record({
      parts: fc.array(fc.tuple(name, word), { maxLength: 4 }),
      isPhoto: fc.boolean(),
      flips: fc.array(fc.tuple(fc.nat(photo.byteLength - 1), fc.nat(255)), { maxLength: 8 }),
      cut: fc.double({ min: 0.1, max: 1, noNaN: true }),
      type: fc.constantFrom(
        formType,
        formType,
        formType,
        `multipart/form-data`,
        `text/plain; boundary=${BOUNDARY}`,
      ),
    })
    .map(({ parts, isPhoto, flips, cut, type }) => {
      const damaged = Buffer.from(photo);
      for (const [at, value] of flips) damaged[at] = value;
      const texts = parts.map(([name, data]) => ({ name, data }));
      const file = { name: 'image', filename: 'x.jpg', type: 'image/jpeg', data: damaged };
      const body = form(...texts, ...(isPhoto ? [file] : []));
      return { type, body: Uint8Array.from(body.subarray(0, Math.ceil(cut * body.byteLength))) };
    });

test.serial('Whatever is sent, the answer comes and blames nobody but the sender', async (t) => {
  const { ask, photo } = shop;
  const memory = async () =>
    ((await (await ask('/health')).json()) as { memory_rss_mb: number }).memory_rss_mb;
  const before = await memory();
  const seen = new Map<string, number>();
  const check = async (asked: Promise<Response>): Promise<void> => {
    const answer = await asked;
    const text = await answer.text();
    seen.set(`${answer.status}`, (seen.get(`${answer.status}`) ?? 0) + 1);
    t.true(
      answer.status < 500 || answer.status === 503 || answer.status === 504,
      `${answer.status}: ${text}`,
    );
    if (answer.status >= 400) t.is(typeof JSON.parse(text).error_code, 'string', text);
    t.notRegex(text, /node_modules|\.ts:\d/);
  };
  const signal = () => AbortSignal.timeout(LIMIT_MS);
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
    check(ask(path, { method: 'POST', body, headers, signal: signal() }));
  const paths = fc.constantFrom('/jobs/uploads', '/jobs/batch', '/tokens', '/warmup?wait=false', '/jobs');
  const shape = fc.oneof(
    fc.record(
      { content_type: word, options: fc.dictionary(name, fc.jsonValue()), reference: fc.jsonValue() },
      { requiredKeys: [] },
    ),
    fc.record(
      { uploads: fc.array(fc.jsonValue(), { maxLength: 3 }), objects: fc.jsonValue() },
      { requiredKeys: [] },
    ),
    fc.jsonValue(),
  );
  const whole = form({ name: 'image', filename: 'x.jpg', type: 'image/jpeg', data: photo });
  await post('/jobs', Uint8Array.from(whole), { 'content-type': formType });
  await fc.assert(
    fc.asyncProperty(forms(photo), ({ type, body }) => post('/jobs', body, { 'content-type': type })),
    { numRuns: RUNS },
  );
  await fc.assert(
    fc.asyncProperty(paths, shape, (path, body) => post(path, JSON.stringify(body), asJson)),
    { numRuns: RUNS },
  );
  const segment = fc.oneof(
    word,
    fc.constantFrom('f'.repeat(32), 'files', 'mask', 'events', 'result.zip', 'keep'),
  );
  const methods = fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH');
  const headers = fc.dictionary(
    fc.constantFrom(
      'authorization',
      'x-job-token',
      'x-api-key',
      'origin',
      'last-event-id',
      'x-forwarded-for',
    ),
    fc.string({ maxLength: 60 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(segment, { maxLength: 4 }),
      methods,
      headers,
      async (parts, method, headers) => {
        const path = `/jobs/${parts.map(encodeURIComponent).join('/')}`;
        const answer = await ask(path, { method, headers, signal: signal() });
        await answer.arrayBuffer();
        t.true(answer.status < 500 || answer.status === 503, `${method} ${path}: ${answer.status}`);
      },
    ),
    { numRuns: RUNS },
  );
  t.true(seen.has('202') && seen.has('400'), JSON.stringify([...seen]));
  // A picture of the photos that were taken is some megabytes; what was refused leaves nothing.
  t.true((await memory()) < before + 300);
  t.is((await ask('/startup')).status, 200);
});
