// No room under .cutline: what is asked is answered 503, nothing half written stays, and with room again all is done.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDisk } from '../functions/local/testdata/job-on-disk.ts';
import type { Cleanup } from '../functions/local/testdata/serving.ts';
import { serve } from '../functions/local/testdata/serving.ts';
import { formOf } from '../functions/local/testdata/shop.ts';
import { until } from '../shared/testing/until.ts';
import { createFileStore } from '../shared/transport/file-store.ts';
import { dropPhoto } from './drop-photo.ts';
import { expectSame } from './expect-same.ts';
import { untilEnded } from './jobs.ts';
import { compare, readEnd } from './outcome.ts';
import { goodPhotos } from './photos.ts';
import { mountSmallDisk } from './small-disk.ts';

const ROOM_MB = 256;
const PHOTOS = 6;
const FULL_MS = 3000;

export async function diskIsFull(cleanup: Cleanup): Promise<string | undefined> {
  const data = await mkdtemp(join(tmpdir(), 'cutline-full-'));
  cleanup.teardown(() => rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  const disk = await mountSmallDisk(data, ROOM_MB);
  if (!disk) return undefined;
  cleanup.teardown(() => disk.close());
  const kept = openDisk(createFileStore(data));
  const limits = { RATE_LIMIT_PER_SECOND: '1000000', RATE_LIMIT_PER_MINUTE: '1000000' };
  const serving = await serve(cleanup, { data, env: limits });
  await serving.logged('Serving');
  const [photo] = await goodPhotos(true);
  const undisturbed = await dropPhoto(data, photo!, 'undisturbed');
  await untilEnded(kept, new Set([undisturbed]));
  const { outcome } = await readEnd(kept, undisturbed);

  const jobs: string[] = [];
  for (let index = 0; index < PHOTOS; index++) jobs.push(await dropPhoto(data, photo!, `guest-${index}`));
  await until('the first job', () => kept.records.findJob(jobs[0]!));
  const answers = new Set<string>();
  for (const until = performance.now() + FULL_MS; performance.now() < until; await sleep(100)) {
    // Whoever could not write takes back what he had: that is no room either.
    await disk.fill();
    const body = formOf({ scale: '1' }, photo!.file);
    const answer = await fetch(`${serving.url}/jobs`, { method: 'POST', body });
    const { error_code } = (await answer.json()) as { error_code?: string };
    answers.add(`${answer.status} ${error_code}`);
  }
  await disk.empty();
  expectSame('answers on a full disk', ['503 STORE_UNAVAILABLE'], [...answers]);
  expectSame('jobs that are lost', [], [...(await untilEnded(kept, new Set(jobs)))]);
  for (const job of jobs) {
    const problem = compare(outcome, await readEnd(kept, job));
    if (problem) throw new Error(`Expected job ${job} as undisturbed but received ${problem}`);
  }
  serving.signal('SIGTERM');
  expectSame('the end', { code: 0, signal: null }, await serving.ended);
  const left = (await readdir(data, { recursive: true })).filter((name) => /(^|\/)\.unfinished/.test(name));
  expectSame('what is left half written', [], left);
  const again = serving
    .lines()
    .filter(({ message }) => message === 'A message was to be delivered again').length;
  return `POST /jobs was answered 503 STORE_UNAVAILABLE, ${again} messages came again, ${jobs.length} jobs completed as undisturbed`;
}
