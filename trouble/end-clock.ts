// The machine's clock is set back while photos are worked on: each ends as it would have.
import { openDisk } from '../functions/local/testdata/job-on-disk.ts';
import type { Cleanup } from '../functions/local/testdata/serving.ts';
import { dataFolder, serve } from '../functions/local/testdata/serving.ts';
import { createFileStore } from '../shared/transport/file-store.ts';
import type { Chance } from './chance.ts';
import { dropPhoto } from './drop-photo.ts';
import { expectSame } from './expect-same.ts';
import { untilEnded } from './jobs.ts';
import type { Outcome } from './outcome.ts';
import { compare, readEnd } from './outcome.ts';
import { badPhotos, goodPhotos } from './photos.ts';

const ROUNDS = 2;
const NODE_OPTIONS = `--import ${new URL('./clock-back.ts', import.meta.url).href}`;

export async function clockGoesBack(cleanup: Cleanup, chance: Chance): Promise<string> {
  const photos = [...(await goodPhotos(true)), ...(await badPhotos(true))];
  const expected = await outcomes(cleanup, photos, {});
  const env = { NODE_OPTIONS, TROUBLE_CLOCK_SEED: String(chance.below(2 ** 31)) };
  for (let round = 0; round < ROUNDS; round++) {
    const seen = await outcomes(cleanup, photos, env);
    for (const name of Object.keys(expected))
      expectSame(`'${name}' under a clock that goes back`, expected[name], seen[name]);
  }
  return `${ROUNDS * photos.length} jobs ended as undisturbed`;
}

async function outcomes(
  cleanup: Cleanup,
  photos: Awaited<ReturnType<typeof goodPhotos>>,
  env: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, Outcome | string>>> {
  const data = await dataFolder(cleanup);
  const disk = openDisk(createFileStore(data));
  const serving = await serve(cleanup, { data, env });
  await serving.logged('Serving');
  const jobs = new Map<string, string>();
  for (const photo of photos) jobs.set(await dropPhoto(data, photo, 'shop'), photo.name);
  await untilEnded(disk, new Set(jobs.keys()), 60_000);
  const seen: Record<string, Outcome | string> = {};
  for (const [job, name] of jobs) {
    const end = await readEnd(disk, job).catch((error: Error) => error.message);
    seen[name] = typeof end === 'string' ? end : (compare(end.outcome, end) ?? end.outcome);
  }
  serving.signal('SIGTERM');
  await serving.ended;
  return seen;
}
