import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { CutlineError } from '../../../shared/errors.ts';
import { readJobState } from '../../../shared/job-state.ts';
import { closeApp, openApp } from '../../../shared/serve-push.ts';
import { createChainRig, ids, silentLog } from '../../../shared/testing/chain-rig.ts';
import { until } from '../../../shared/testing/until.ts';
import { createJobFiles } from '../job-files.ts';
import { createJobWatch } from '../watch-job.ts';
import { jobsRouter } from './jobs.ts';

const job = ids[0]!;

async function serve(t: ExecutionContext) {
  const rig = createChainRig();
  const readState = (id: string) => readJobState(id, { records: rig.quiet, times: {}, now: Date.now() });
  const records = { jobs: rig.quiet, kept: rig.quiet };
  const asked = { find: async () => undefined };
  const files = createJobFiles({ store: rig.store.quiet, records, asked });
  const beats = new Set<() => void>();
  const app = openApp();
  app.use(
    jobsRouter({
      async find(id) {
        const { job, tenant } = await files.locate(id);
        return {
          job,
          tenant,
          state: () => readState(job),
          delete: async () => void (await rig.quiet.deleteJob(job)),
        };
      },
      authorize(request) {
        if (request.headers['x-job-token'] !== 'right') throw new CutlineError('JOB_NOT_FOUND');
      },
      watch: createJobWatch({
        readState,
        schedule(_, run) {
          const timer = setTimeout(run, 5);
          return () => clearTimeout(timer);
        },
        log: silentLog,
      }),
      every(_, run) {
        beats.add(run);
        return () => void beats.delete(run);
      },
    }),
  );
  const server = closeApp(app, silentLog).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(base + path, { ...init, headers: { 'x-job-token': 'right', ...init.headers } });
  return { rig, ask, base, beat: () => [...beats].forEach((run) => void run()), beats };
}

test('a job is read from queued to completed, with where its files are', async (t) => {
  const { rig, ask } = await serve(t);
  const message = await rig.upload(job);
  const queued = await ask(`/jobs/${job}`);
  t.is(queued.headers.get('cache-control'), 'no-store');
  t.like(await queued.json(), { job, status: 'queued', stage: 'upscale', progress: 0, estimate_ms: null });
  await rig.pump(rig.delivery(message));
  const completed = (await (await ask(`/jobs/${job}`)).json()) as Record<string, unknown>;
  t.like(completed, {
    status: 'completed',
    width: 16,
    height: 16,
    zip: `/jobs/${job}/result.zip`,
    cached: [],
  });
  t.deepEqual(Object.keys(completed.files as object), ['upscaled', 'cutout', 'color']);
  t.false(JSON.stringify(completed).includes('gs://'), 'where objects lie is nobody’s business');
});

test('an id alone opens nothing, and what is none is not found either', async (t) => {
  const { rig, base, ask } = await serve(t);
  await rig.upload(job);
  for (const path of [`/jobs/${job}`, `/jobs/${job}/events`]) t.is((await fetch(base + path)).status, 404);
  t.is((await fetch(`${base}/jobs/${job}`, { method: 'DELETE' })).status, 404);
  for (const id of [ids[1], 'x', '..%2f..', 'A'.repeat(32)]) t.is((await ask(`/jobs/${id}`)).status, 404, id);
  t.is((await ask(`/jobs/${job}`)).status, 200);
});

test('a deleted job is gone at once and for good', async (t) => {
  const { rig, ask } = await serve(t);
  const message = rig.delivery(await rig.upload(job));
  t.is((await ask(`/jobs/${job}`, { method: 'DELETE' })).status, 204);
  t.is((await ask(`/jobs/${job}`)).status, 404);
  await rig.pump(message);
  t.is((await ask(`/jobs/${job}`)).status, 404);
  t.is((await ask(`/jobs/${job}`, { method: 'DELETE' })).status, 404);
});

test('events tell of every state until the end, then the stream ends', async (t) => {
  const { rig, ask, beats } = await serve(t);
  const message = rig.delivery(await rig.upload(job));
  const response = await ask(`/jobs/${job}/events`);
  t.regex(response.headers.get('content-type')!, /^text\/event-stream/);
  setTimeout(() => void rig.pump(message), 20);
  const text = await response.text();
  t.true(text.startsWith('retry: 1000\n\n'));
  const events = [...text.matchAll(/^id: (.+)\nevent: (.+)\ndata: (.+)\n\n/gm)];
  t.is(events[0]?.[2], 'queued');
  t.is(events.at(-1)?.[2], 'completed');
  t.like(JSON.parse(events.at(-1)![3]!), { job, status: 'completed' });
  t.is(beats.size, 0);
  const again = await ask(`/jobs/${job}/events`, { headers: { 'last-event-id': events.at(-1)![1]! } });
  t.is(await again.text(), 'retry: 1000\n\n', 'what the browser knows is not said again');
});

test('a silent stream is kept alive, and closed before the platform would', async (t) => {
  const { rig, ask, beat, beats } = await serve(t);
  await rig.upload(job);
  const response = await ask(`/jobs/${job}/events`);
  await until('the stream to be kept alive', () => beats.size);
  for (let count = 0; count < 16; count++) beat();
  const text = await response.text();
  t.is([...text.matchAll(/^: still here$/gm)].length, 15);
  t.is(beats.size, 0);
});

test('who hangs up is no longer told, and a job deleted meanwhile ends the stream', async (t) => {
  const { rig, ask, beats } = await serve(t);
  await rig.upload(job);
  const leaving = new AbortController();
  const first = await ask(`/jobs/${job}/events`, { signal: leaving.signal });
  await first.body!.getReader().read();
  leaving.abort();
  await until('the stream to be let go', () => beats.size === 0);
  const second = await ask(`/jobs/${job}/events`);
  setTimeout(() => void rig.quiet.deleteJob(job), 20);
  t.regex(await second.text(), /event: gone\ndata: \{\}\n\n$/);
});
