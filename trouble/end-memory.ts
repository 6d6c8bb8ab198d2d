// Out of memory: on the device, by a fake provider at the model's port; of the host, by a limit that nothing keeps.

import { openDisk } from '../functions/local/testdata/job-on-disk.ts';
import type { Cleanup } from '../functions/local/testdata/serving.ts';
import { dataFolder, serve } from '../functions/local/testdata/serving.ts';
import { CutlineError } from '../shared/errors.ts';
import type { Model } from '../shared/stage.ts';
import { createChainRig, ids } from '../shared/testing/chain-rig.ts';
import { constantModel } from '../shared/testing/constant-models.ts';
import { createFileStore } from '../shared/transport/file-store.ts';
import { dropPhoto } from './drop-photo.ts';
import { expectSame } from './expect-same.ts';
import { untilEnded } from './jobs.ts';
import { readEnd } from './outcome.ts';
import { goodPhotos } from './photos.ts';

const [first, second] = ids as [string, string];
const SIDE = 150;
const MAX_TILE = 128;
const FITS = 64 * 64;

/** A provider with room for so many pixels. */
function withRoom(pixels: () => number) {
  let refused = 0;
  const model = (id: string): Model => {
    const inner = constantModel(id);
    return {
      card: inner.card,
      async run(inputs, signal) {
        const [, height = 0, width = 0] = inputs.image?.dims ?? [];
        if (height * width <= pixels()) return await inner.run(inputs, signal);
        refused++;
        throw new CutlineError('GPU_MEMORY_EXHAUSTED');
      },
    };
  };
  return { model, refused: () => refused };
}

function rigOn(model: (id: string) => Model) {
  const rig = createChainRig();
  const tile = () => ({ maxSide: MAX_TILE, fixedShapes: false });
  rig.restart({ models: { ...rig.handling.models, model, tile } });
  return rig;
}

export async function deviceOutOfMemory(): Promise<string> {
  const outputs: unknown[] = [];
  const provider = withRoom(() => FITS);
  for (const model of [constantModel, provider.model]) {
    const rig = rigOn(model);
    await rig.pump(rig.delivery(await rig.upload(first, {}, 'shop', SIDE)));
    const [completed] = rig.completed();
    const sizes = Object.entries(completed?.outputs ?? {}).map(([name, { width, height }]) => [
      name,
      width,
      height,
    ]);
    outputs.push([sizes, (await rig.names(first)).filter((name) => name.includes('/tries/')).length]);
  }
  expectSame('the job with too little memory for a whole tile', outputs[0], outputs[1]);
  if (provider.refused() === 0) throw new Error('Expected a run that was refused but received none');
  return `${provider.refused()} runs refused, the same outputs, one try a stage`;
}

export async function memoryForGood(): Promise<string> {
  let room = 0;
  const rig = rigOn(withRoom(() => room).model);
  const message = await rig.upload(second, {}, 'shop', SIDE);
  const answers: unknown[] = [];
  const delivery = rig.delivery(message);
  for (let status = 0; status !== 204 && answers.length < 20; ) {
    const answer = await rig.push(delivery);
    ({ status } = answer);
    answers.push([status, (answer.body as { error_code?: string } | undefined)?.error_code ?? '']);
  }
  const again = [503, 'GPU_MEMORY_EXHAUSTED'];
  expectSame('answers to the same message', [again, again, again, again, again, [204, '']], answers);
  const { error, retryable, tries } = rig.failed()[0]!;
  expectSame('the failure', ['GPU_MEMORY_EXHAUSTED', true, 6], [error.code, retryable, tries]);
  room = Number.MAX_SAFE_INTEGER;
  // An operator sends it once more.
  await rig.pump(await rig.redrive(message, second));
  expectSame('ends after there was memory again', [1, 1], [rig.failed().length, rig.completed().length]);
  return '503 five times, failed at the sixth as retryable; sent again with memory, completed';
}

export async function hostOutOfMemory(cleanup: Cleanup): Promise<string> {
  const data = await dataFolder(cleanup);
  const disk = openDisk(createFileStore(data));
  const [photo] = await goodPhotos(true);
  const serving = await serve(cleanup, { data, env: { MEMORY_LIMIT_MB: '1', DRAIN_SEC: '60' } });
  const jobs = [await dropPhoto(data, photo!, 'one'), await dropPhoto(data, photo!, 'two')];
  const lost = await untilEnded(disk, new Set(jobs));
  expectSame('jobs that are lost', [], [...lost]);
  for (const job of jobs) {
    const { outcome, tries } = await readEnd(disk, job);
    expectSame('the stages and tries of a job', ['3', 3], [outcome.completed, tries]);
  }
  serving.signal('SIGTERM');
  expectSame('the end', { code: 0, signal: null }, await serving.ended);
  const ended = serving
    .lines()
    .filter(({ message, reason }) => message === 'Ending' && reason === 'exit code 70').length;
  const asked = serving.stderr().split('the process asked for it').length - 1;
  if (asked === 0) throw new Error('Expected a restart but received none');
  return `${jobs.length} jobs completed with one try a stage, ${ended} processes ended with 70, ${asked} started again`;
}
