// A process that can no longer work ends with 70, and its parent starts it again.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { builtin, fakeCard } from '../../shared/inference/testdata/cards.ts';
import { writePhoto } from './testdata/command.ts';
import { checkJob, diskOf, doneWith } from './testdata/job-on-disk.ts';
import { dataFolder, serve } from './testdata/serving.ts';

/** A segmentation model that the manifest knows; what lies under its name is the test's. */
const MODEL = 'u2netp';

test('a model that hangs ends the process with 70, and after the restart the job is taken up and completes', async (t) => {
  const data = await dataFolder(t);
  const disk = diskOf(data);
  const [models, better] = [join(data, 'models'), join(data, 'better')];
  await writeModel(models, await hangingModel());
  await writeModel(better, await soundModel());
  await writePhoto(join(data, 'uploads', 'disc.png'), 96, 80);
  const env = { MODELS_DIR: models, SEGMENT_MODELS: MODEL, RUN_TIMEOUT_SEC: '5' };
  const serving = await serve(t, { data, env });
  const broken = await serving.logged('The process has to be restarted');
  // The next start finds a sound one.
  await rename(models, join(data, 'worse'));
  await rename(better, models);
  t.is(broken.severity, 'ERROR');
  t.like(broken.error, { code: 'PROCESSING_TIMEOUT', message: 'Processing timeout exceeded 5 seconds' });
  await serving.said('Starting again in 0.5 s: the process asked for it\n');
  const ending = await serving.logged('Ending');
  t.is(ending.reason, 'exit code 70');

  const { job } = await serving.logged(doneWith('disc.png'));
  t.like(await disk.records.readTry(String(job), 'segment', 1), { code: 'PROCESSING_TIMEOUT' });
  const { record } = (await disk.records.stage(String(job), 'segment'))!;
  t.like(record, { width: 192, height: 160, cached: false });
  t.like(record.models[0], { id: MODEL });
  t.is(await disk.records.readTry(String(job), 'upscale', 2), undefined, 'what was done was not done again');
  serving.signal('SIGTERM');
  t.deepEqual(await serving.ended, { code: 0, signal: null });
});

test('a process that holds too much memory ends after its work, and the next one does the next stage', async (t) => {
  const data = await dataFolder(t);
  const disk = diskOf(data);
  await writePhoto(join(data, 'uploads', 'disc.png'), 96, 80);
  const serving = await serve(t, { data, env: { MEMORY_LIMIT_MB: '1' } });
  const broken = await serving.logged('The process has to be restarted');
  t.regex(String((broken.error as Error).message), /^\d+ MB are held, more than MEMORY_LIMIT_MB=1$/);
  const { job } = await serving.logged(doneWith('disc.png'));
  await checkJob(t, disk, String(job), { input: 'disc.png', width: 192, height: 160 });
  serving.signal('SIGTERM');
  t.deepEqual(await serving.ended, { code: 0, signal: null });
});

interface Model {
  readonly card: object;
  readonly graph: Uint8Array;
}

async function writeModel(folder: string, { card, graph }: Model): Promise<void> {
  await mkdir(folder);
  const sha256 = createHash('sha256').update(graph).digest('hex');
  const full = { ...card, id: MODEL, sha256, bytes: graph.length };
  await writeFile(join(folder, `${MODEL}.onnx`), graph);
  await writeFile(join(folder, `${MODEL}.json`), JSON.stringify(full));
}

/** Ends on the dark picture of a warm-up alone. */
async function hangingModel(): Promise<Model> {
  const graph = await readFile(new URL('./testdata/hanging-model.onnx', import.meta.url));
  const inputs = { image: { type: 'uint8' as const, shape: [1, 8, 8, 3] } };
  const outputs = { mask: { type: 'uint8' as const, shape: [1, 8, 8, 1] } };
  return { card: fakeCard({ stage: 'segment', optimization: 'disabled', inputs, outputs }), graph };
}

async function soundModel(): Promise<Model> {
  const { card, graph } = await builtin('segment');
  return { card, graph: await readFile(graph) };
}
