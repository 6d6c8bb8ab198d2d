// A real server with the routes of a job's files over a finished job: for tests by HTTP.
import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import { createJobZips } from '../../functions/storefront/job-zip.ts';
import { createKeepJob } from '../../functions/storefront/keep-job.ts';
import type { FileServices } from '../../functions/storefront/routes/files.ts';
import { filesRouter } from '../../functions/storefront/routes/files.ts';
import { CutlineError } from '../errors.ts';
import { closeApp, openApp } from '../serve-push.ts';
import { createLocalDownloads } from '../transport/local-download-urls.ts';
import type { JobSketch } from './delivery-rig.ts';
import { createDeliveryRig } from './delivery-rig.ts';
import { fakeLog } from './fake-log.ts';
import { listen } from './push-server.ts';

export const [job, second, batch] = ['a', 'b', 'e'].map((letter) => letter.repeat(32)) as [
  string,
  string,
  string,
];

/** Whoever says `right` may do all. */
export async function serveFiles(
  t: ExecutionContext,
  changes: Partial<FileServices> = {},
  sketch: JobSketch = {},
) {
  const rig = createDeliveryRig();
  t.teardown(() => rig.close());
  await rig.addJob(job, { reference: 'Söhne & Bello', ...sketch });
  const log = fakeLog();
  const app = openApp();
  const server = createServer(app);
  const base = `http://127.0.0.1:${await listen(t, server)}`;
  const downloads = createLocalDownloads({
    store: rig.store,
    buckets: ['results'],
    address: `${base}/downloads`,
    secret: 'secret',
    now: Date.now,
  });
  const closed = Promise.withResolvers<void>();
  app.use((_, response, next) => {
    response.once('close', closed.resolve);
    next();
  });
  app.use('/downloads', downloads.handler);
  app.use(
    filesRouter({
      files: rig.files,
      delivery: await rig.delivery(),
      zips: createJobZips({ files: rig.files, now: Date.now }),
      keep: createKeepJob({ store: rig.store, kept: rig.records.kept }),
      downloads: downloads.urls,
      authorize(request) {
        if ((request.query.token ?? request.headers['x-job-token']) !== 'right')
          throw new CutlineError('JOB_NOT_FOUND');
      },
      now: Date.now,
      log,
      ...changes,
    }),
  );
  closeApp(app, log);
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${base}/jobs/${path}`, {
      redirect: 'manual',
      ...init,
      headers: { 'X-Job-Token': 'right', ...init.headers },
    });
  return {
    rig,
    log,
    base,
    ask,
    /** The server has seen the end of the first answer, or of its caller. */
    closed: closed.promise,
    async refusal(path: string, init?: RequestInit): Promise<[number, string]> {
      const answer = await ask(path, init);
      return [answer.status, ((await answer.json()) as { error_code: string }).error_code];
    },
    pictureReads: () =>
      rig.store.calls.filter(({ method, name }) => method === 'read' && !name.endsWith('.json')).length,
  };
}

export async function bytesIn(answer: Response): Promise<Uint8Array> {
  return new Uint8Array(await answer.arrayBuffer());
}
