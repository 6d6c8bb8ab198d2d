// `npm run serve` as it is: photos are copied into a folder, and results appear. One process for all tests of this file.
import { appendFile, copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { readHeader } from '../../shared/image/codec.ts';
import { until } from '../../shared/testing/until.ts';
import { writePhoto } from './testdata/command.ts';
import type { Disk } from './testdata/job-on-disk.ts';
import { checkJob, diskOf, doneWith, messageFor, postJson, pushOf } from './testdata/job-on-disk.ts';
import type { Serving } from './testdata/serving.ts';
import { dataFolder, drop, samples, serve, wholeFile } from './testdata/serving.ts';

const cleanup = wholeFile(test.after.always);
let data: string;
let serving: Serving;
let disk: Disk;
let uploads: (name: string) => string;

test.before(async () => {
  data = await dataFolder(cleanup);
  uploads = (name) => join(data, 'uploads', name);
  await writePhoto(uploads('before.png'), 96, 80);
  serving = await serve(cleanup, { data });
  disk = diskOf(data);
});

/** Resolves with the job's id when its end is told. */
async function jobOf(photo: string): Promise<string> {
  return String((await serving.logged(doneWith(photo))).job);
}

test.serial(
  'the probes are honest from the first moment on, and nothing is worked on before ready',
  async (t) => {
    const probe = async () => {
      const response = await fetch(`${serving.url}/startup`).catch(() => undefined);
      return response && { status: response.status, body: await response.json() };
    };
    const first = await until('an answer of the probe', probe);
    t.like(first, {
      status: 503,
      body: { status: 'not_ready', reason: 'model_not_loaded', estimate_ms: null },
    });
    const message = { schema: 1, job: `gs://results/jobs/${'0'.repeat(32)}/job.json#1` };
    const work = { ...message, stage: 'upscale', input: 'gs://uploads/a.jpg#1', trace: '' };
    for (const path of ['/', '/functions/segment/', '/functions/upscale/']) {
      const response = await postJson(serving.url + path, pushOf(work));
      t.is(response.status, 503);
      t.is(response.headers.get('retry-after'), '5');
      t.like(await response.json(), { error_code: 'MODEL_LOADING' });
    }
    t.is((await postJson(`${serving.url}/run`, JSON.stringify(work))).status, 503);
    const health = await fetch(`${serving.url}/health`);
    t.is(health.status, 503);
    t.like(await health.json(), { status: 'unhealthy', ready: false, device: null });
    // Asked for while it is cold, so it waits.
    const warm = await postJson(`${serving.url}/functions/segment/warmup`);
    t.like(await warm.json(), { status: 'ready', was_cold: true, device: 'cpu' });
    t.like(await probe(), { status: 200, body: { status: 'ready', model_loaded: true } });
    const phases = serving.lines().filter(({ message }) => message.startsWith('Start-up: '));
    t.deepEqual(
      phases.map(({ message }) => message),
      ['Start-up: model', 'Start-up: warming'],
    );
  },
);

test.serial('a photo that lay there before the start is taken', async (t) => {
  const expected = { input: 'before.png', width: 192, height: 160 };
  await checkJob(t, disk, await jobOf('before.png'), expected);
});

test.serial('at start it says what it serves, where and with which models', async (t) => {
  t.like(await serving.logged('Serving'), {
    address: serving.url,
    uploads: join(data, 'uploads'),
    results: join(data, 'results'),
    device: 'cpu',
    models: [
      { stage: 'upscale', id: 'builtin/upscale', preview: true },
      { stage: 'segment', id: 'builtin/segment', preview: true },
    ],
    looks: ['enhanced-bw', 'color', 'sketch', 'pop-art', 'halftone', 'duotone'],
    functions: ['ingest', 'upscale', 'segment', 'effects', 'warmup', 'storefront'],
  });
});

test.serial('two photos dropped at once give their results, each its own', async (t) => {
  await copyFile(`${samples}toy-robot.jpg`, uploads('robot.jpg'));
  await writePhoto(uploads('disc.png'), 128, 72);
  const { width, height } = await readHeader(await readFile(`${samples}toy-robot.jpg`));
  const robot = await jobOf('robot.jpg');
  const disc = await jobOf('disc.png');
  await checkJob(t, disk, robot, { input: 'robot.jpg', width: 2 * width, height: 2 * height });
  await checkJob(t, disk, disc, { input: 'disc.png', width: 256, height: 144 });
  t.not(robot, disc);
  const { results } = await serving.logged(doneWith('robot.jpg'));
  t.is(results, join(data, 'results', 'jobs', robot));
});

const withPhotos = process.env.PHOTOS_DIR ? test.serial : test.serial.skip;

withPhotos('a horse gives its results (PHOTOS_DIR)', async (t) => {
  const horse = join(process.env.PHOTOS_DIR!, 'pets', 'horse.jpg');
  const { width, height } = await readHeader(await readFile(horse));
  await copyFile(horse, uploads('horse.jpg'));
  const expected = { input: 'horse.jpg', width: 2 * width, height: 2 * height };
  await checkJob(t, disk, await jobOf('horse.jpg'), expected);
});

test.serial(
  'a damaged photo and what is no photo fail, each with its reason, and are not tried again',
  async (t) => {
    const whole = await readFile(`${samples}plush-bear.jpg`);
    await drop(data, 'half.jpg', whole.subarray(0, whole.length / 2));
    await drop(data, 'letter.jpg', Buffer.from('Dear customer, '.repeat(100)));
    const cases = [
      { photo: 'half.jpg', stage: 'upscale', code: 'IMAGE_CORRUPT', tries: 1 },
      { photo: 'letter.jpg', stage: 'ingest', code: 'INVALID_FORMAT', tries: 0 },
    ] as const;
    for (const { photo, stage, code, tries } of cases) {
      const line = await serving.logged(doneWith(photo));
      t.is(line.severity, 'WARNING');
      const { record } = (await disk.records.failed(String(line.job)))!;
      t.like(record, { job: line.job, stage, tries, retryable: false, error: { code } });
      t.is(line.message, `${photo}: ${code}: ${record.error.detail}`);
    }
  },
);

test.serial('a file that grows is taken once, when it is still', async (t) => {
  // A machine that stood still for so long has made a file still that was to grow: then it is another's turn.
  const names = [1, 2, 3, 4, 5].map((n) => `growing-${n}.jpg`);
  let grown = names[0]!;
  for (const name of names) {
    grown = name;
    if ((await grow(uploads(name))) < 700) break;
  }
  const job = await jobOf(grown);
  t.truthy((await disk.records.stage(job, 'effects'))?.record.cached, 'the very robot of before');
  const begun = serving
    .lines()
    .filter(({ message, input }) => message === 'ingest: started' && String(input).includes(grown));
  t.is(begun.length, 1);
});

/** Writes a photo bit by bit. @returns the longest that nothing came, in milliseconds */
async function grow(path: string): Promise<number> {
  const photo = await readFile(`${samples}toy-robot.jpg`);
  const steps = 50;
  let [longest, last] = [0, performance.now()];
  for (let step = 0; step < steps; step++) {
    const [from, to] = [step, step + 1].map((at) => Math.floor((at * photo.length) / steps));
    await appendFile(path, photo.subarray(from, to));
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    await sleep(40);
  }
  return longest;
}

test.serial('the same photo under another name is served from the cache', async (t) => {
  await copyFile(uploads('disc.png'), uploads('again.png'));
  const expected = { input: 'again.png', width: 256, height: 144, cached: true };
  await checkJob(t, disk, await jobOf('again.png'), expected);
});

test.serial('a message that comes again changes nothing', async (t) => {
  const job = await jobOf('disc.png');
  const before = await disk.names(`jobs/${job}/`);
  for (const stage of ['upscale', 'segment', 'effects'] as const) {
    const body = pushOf(await messageFor(disk, job, stage), `again-${stage}`);
    t.is((await postJson(`${serving.url}/functions/${stage}/`, body)).status, 204);
  }
  t.deepEqual(await disk.names(`jobs/${job}/`), before);
});
