// SIGTERM at every moment of a process's life: it ends as it should, and what it had not done is done by the next.

import { openDisk } from '../functions/local/testdata/job-on-disk.ts';
import type { Cleanup, Serving } from '../functions/local/testdata/serving.ts';
import { dataFolder, serve } from '../functions/local/testdata/serving.ts';
import { samplePhoto } from '../shared/testing/cloud-jobs.ts';
import { until } from '../shared/testing/until.ts';
import { createFileStore } from '../shared/transport/file-store.ts';
import { dropPhoto } from './drop-photo.ts';
import { expectSame } from './expect-same.ts';
import { untilEnded } from './jobs.ts';
import { compare, readEnd } from './outcome.ts';
import type { PhotoCase } from './photos.ts';

type Moment = (serving: Serving, isTried: () => Promise<void>) => Promise<void>;

const moments: Readonly<Record<string, Moment>> = {
  starting: async ({ url }) => {
    await until('an answer', () => fetch(`${url}/startup`).catch(() => undefined));
  },
  'opening models': async (serving) => void (await serving.logged('Start-up: model')),
  warming: async (serving) => void (await serving.logged('Start-up: warming')),
  ready: async (serving) => void (await serving.logged('Serving')),
  working: (_, isTried) => isTried(),
  draining: async (serving, isTried) => {
    await isTried();
    serving.signal('SIGTERM');
    await serving.logged('Ending');
  },
};

/** A second signal ends it at once, as it does everywhere. */
const codes: Readonly<Record<string, number>> = { draining: 143 };

export async function toldToEndInEveryPhase(cleanup: Cleanup): Promise<string> {
  const file = Uint8Array.from(await samplePhoto('plush-fox', 400));
  const photo: PhotoCase = { name: 'fox', file, extension: 'jpg', metadata: {} };
  const data = await dataFolder(cleanup);
  const disk = openDisk(createFileStore(data));
  const jobs: string[] = [];
  const seen: string[] = [];
  for (const [phase, moment] of Object.entries(moments)) {
    const job = await dropPhoto(data, photo, phase.replaceAll(' ', '-'));
    jobs.push(job);
    const serving = await serve(cleanup, { data, env: { DRAIN_SEC: '60' } });
    await moment(serving, async () => {
      await until(`a try of ${job}`, () => disk.records.readTry(job, 'upscale', 1));
    });
    serving.signal('SIGTERM');
    const { code, signal } = await serving.ended;
    expectSame(`the end of a process that was ${phase}`, [codes[phase] ?? 0, null], [code, signal]);
    seen.push(`${phase} ${code}`);
  }
  const last = await serve(cleanup, { data });
  jobs.push(await dropPhoto(data, photo, 'undisturbed'));
  expectSame('jobs that are lost', [], [...(await untilEnded(disk, new Set(jobs)))]);
  const { outcome } = await readEnd(disk, jobs.at(-1)!);
  for (const job of jobs) {
    const problem = compare(outcome, await readEnd(disk, job));
    if (problem) throw new Error(`Expected job ${job} as undisturbed but received ${problem}`);
  }
  last.signal('SIGTERM');
  expectSame('the end', { code: 0, signal: null }, await last.ended);
  return `exit codes: ${seen.join(', ')}; ${jobs.length} jobs completed as undisturbed`;
}
