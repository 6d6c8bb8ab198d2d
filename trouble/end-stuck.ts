// A model that hangs inside a run: the right code, nobody waits for ever, the process is begun anew, the job completes.
import { cp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { openDisk } from '../functions/local/testdata/job-on-disk.ts';
import type { Cleanup } from '../functions/local/testdata/serving.ts';
import { dataFolder, serve } from '../functions/local/testdata/serving.ts';
import { formOf } from '../functions/local/testdata/shop.ts';
import { bakeSpinningModel, ENDLESS } from '../shared/testing/cloud-graph.ts';
import { until } from '../shared/testing/until.ts';
import { createFileStore } from '../shared/transport/file-store.ts';
import { dropPhoto } from './drop-photo.ts';
import { expectSame } from './expect-same.ts';
import { untilEnded } from './jobs.ts';
import { readEnd } from './outcome.ts';
import { goodPhotos } from './photos.ts';

const RUN_LIMIT_SEC = '3';

export async function stuckModel(cleanup: Cleanup): Promise<string> {
  const hanging = await bakeSpinningModel({ atWarmUp: 0, perPhoto: ENDLESS });
  const sound = await bakeSpinningModel({ atWarmUp: 0, perPhoto: 1 });
  const data = await dataFolder(cleanup);
  const [models, better] = [join(data, 'models'), join(data, 'better')];
  await cp(hanging.folder, models, { recursive: true });
  await cp(sound.folder, better, { recursive: true });
  const disk = openDisk(createFileStore(data));
  const [photo] = await goodPhotos(true);
  const env = { MODELS_DIR: models, SEGMENT_MODELS: hanging.id, RUN_TIMEOUT_SEC: RUN_LIMIT_SEC };
  const serving = await serve(cleanup, { data, env });
  await serving.logged('Serving');
  const job = await dropPhoto(data, photo!, 'shop');
  await until('a try of the model', () => disk.records.readTry(job, 'segment', 1));
  const body = formOf({}, photo!.file);
  const waiting = fetch(`${serving.url}/api/background-removal/remove`, { method: 'POST', body });
  const broken = await serving.logged('The process has to be restarted');
  expectSame('why', 'PROCESSING_TIMEOUT', (broken.error as { code?: string }).code);
  // The next start finds a sound one.
  await rename(models, join(data, 'worse'));
  await rename(better, models);
  const answer = await waiting;
  const { error_code } = (await answer.json()) as { error_code?: string };
  if (![503, 504].includes(answer.status))
    throw new Error(`Expected 503 or 504 for who waited but received ${answer.status} ${error_code}`);
  await serving.logged('Serving', 1);
  expectSame('jobs that are lost', [], [...(await untilEnded(disk, new Set([job])))]);
  const { outcome } = await readEnd(disk, job);
  expectSame('the stages that were done', '3', outcome.completed);
  expectSame('the first try', 'PROCESSING_TIMEOUT', (await disk.records.readTry(job, 'segment', 1))?.code);
  serving.signal('SIGTERM');
  expectSame('the end', { code: 0, signal: null }, await serving.ended);
  expectSame(
    'the first end',
    'exit code 70',
    serving.lines().find(({ message }) => message === 'Ending')?.reason,
  );
  return `who waited was answered ${answer.status} ${error_code}, first try PROCESSING_TIMEOUT, exit 70, begun anew, completed`;
}
