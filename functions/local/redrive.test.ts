// Against a running npm run serve: failed jobs are made good by what the command sends it.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { StageName } from '../../shared/card.ts';
import { parseUri } from '../../shared/gs-uri.ts';
import type { Failed } from '../../shared/message.ts';
import { paths } from '../../shared/records.ts';
import { quietPort } from '../../shared/testing/quiet-port.ts';
import { until } from '../../shared/testing/until.ts';
import { newFolder, writePhoto } from './testdata/command.ts';
import type { Disk } from './testdata/job-on-disk.ts';
import { diskOf, doneWith } from './testdata/job-on-disk.ts';
import type { Serving } from './testdata/serving.ts';
import { dataFolder, drop, serve, wholeFile } from './testdata/serving.ts';
import { runTool } from './testdata/tool.ts';

const file = wholeFile((run) => test.after.always(run));
let data: string;
let serving: Serving;
let disk: Disk;

test.before(async () => {
  data = await dataFolder(file);
  serving = await serve(file, { data });
  disk = diskOf(data);
  await serving.logged('Serving');
});

const redrive = (...args: string[]) => runTool('redrive.ts', ['--url', serving.url, '--data', data, ...args]);

/** A job that came through, and then lost what it had from this stage on: as if it had failed there. */
async function failedJob(photo: string, stage: StageName, more: Partial<Failed> = {}): Promise<string> {
  await writePhoto(join(data, 'uploads', photo), 96, 80);
  const { job } = await serving.logged(doneWith(photo));
  const id = String(job);
  // Both are written after the end is told.
  await until('the end to be kept', () => disk.records.isAnnounced(id, 'completed'));
  await until('its times to be learnt', () => disk.store.head({ bucket: 'results', name: paths.times }));
  const { record } = (await disk.records.findJob(id))!;
  const lost = record.route.slice(record.route.indexOf(stage));
  for (const name of await disk.names(paths.folder(id))) {
    const below = name.slice(paths.folder(id).length);
    if (
      /^announced\//.test(below) ||
      lost.some((one) => below.startsWith(`${one}.`) || below.startsWith(`${one}/`))
    )
      await disk.store.delete({ bucket: 'results', name });
  }
  await disk.records.createFailed({
    schema: 1,
    job: id,
    tenant: record.tenant,
    reference: null,
    input: record.input,
    stage,
    error: { code: 'STORE_UNAVAILABLE', detail: 'The object store does not answer' },
    retryable: true,
    tries: 6,
    at: '2026-11-20T12:00:00.000Z',
    ...more,
  });
  return id;
}

async function untilComplete(job: string): Promise<void> {
  await until(`${job} to be complete`, () => disk.records.stage(job, 'effects'));
}

test.serial('a dry run says what would be done, and does nothing', async (t) => {
  const job = await failedJob('dry.png', 'segment');
  const before = await disk.names();
  const { code, stdout, stderr } = await redrive('--dry-run', '--job', job);
  t.is(stderr, '');
  t.is(code, 0);
  t.is(
    stdout,
    `${job}  segment, after STORE_UNAVAILABLE in 6 tries at 2026-11-20T12:00:00.000Z: would be redriven\n1 would be redriven, 0 skipped\n`,
  );
  t.deepEqual(await disk.names(), before);
});

test.serial('a job goes on with the first of its stages that is not done, and completes', async (t) => {
  const job = await failedJob('later.png', 'segment');
  const upscaled = (await disk.records.stage(job, 'upscale'))!.uri;
  const { code, stdout } = await redrive('--job', job);
  t.is(code, 0, stdout);
  t.regex(stdout, /: redriven\n1 redriven, 0 skipped\n$/);
  await untilComplete(job);
  t.is((await disk.records.stage(job, 'upscale'))!.uri, upscaled, 'what was done is not done again');
  const again = await redrive('--job', job);
  t.regex(again.stdout, /skipped: it is complete\n0 redriven, 1 skipped\n$/);
});

test.serial('one that was given up before it began begins', async (t) => {
  const job = await failedJob('begin.png', 'upscale', { stage: 'ingest', tries: 0 });
  t.is((await redrive('--job', job)).code, 0);
  await untilComplete(job);
  const { record } = (await disk.records.findJob(job))!;
  t.is(parseUri(record.input)!.name, 'begin.png');
});

test.serial(
  'all that failed are found; a photo that is no photo is left alone, or tried with --all',
  async (t) => {
    const waiting = await failedJob('waiting.png', 'effects');
    await drop(data, 'letter.jpg', Buffer.from('Dear customer, '.repeat(100)));
    const { job } = await serving.logged(doneWith('letter.jpg'));
    const letter = String(job);
    const first = (await disk.records.failed(letter))!;
    const { stdout } = await redrive('--dry-run');
    t.true(stdout.includes(`${waiting}  effects, after STORE_UNAVAILABLE`), stdout);
    t.true(stdout.includes(`${letter}  skipped: INVALID_FORMAT would come again (--all tries)`), stdout);
    const { code, stdout: tried } = await redrive('--all', '--job', letter);
    t.is(code, 0, tried);
    t.true(tried.startsWith(`${letter}  uploads, after INVALID_FORMAT in 0 tries`), tried);
    const second = (await disk.records.failed(letter))!;
    t.not(second.uri, first.uri, 'it was looked at once more');
    t.is(second.record.error.code, 'INVALID_FORMAT');
    await rm(join(data, 'uploads', 'letter.jpg'));
    t.true((await redrive('--all', '--job', letter)).stdout.includes('skipped: its photo is gone'));
  },
);

test.serial('where nobody answers, the job is failed as before and the command ends with 1', async (t) => {
  await drop(data, 'note.jpg', Buffer.from('Dear customer, '.repeat(90)));
  const { job } = await serving.logged(doneWith('note.jpg'));
  const id = String(job);
  const before = (await disk.records.failed(id))!.record;
  const nobody = `http://127.0.0.1:${await quietPort()}`;
  const { code, stdout } = await runTool('redrive.ts', [
    '--url',
    nobody,
    '--data',
    data,
    '--all',
    '--job',
    id,
  ]);
  t.is(code, 1);
  t.regex(
    stdout,
    /: not redriven: PUBLISH_FAILED: .*ECONNREFUSED\)\n0 redriven, 0 skipped, 1 not redriven\n$/,
  );
  t.deepEqual((await disk.records.failed(id))!.record, before);
});

test('a job that has not failed is skipped', async (t) => {
  const folder = await newFolder(t);
  const id = '0'.repeat(32);
  const { stdout } = await runTool('redrive.ts', [
    '--url',
    'http://127.0.0.1:9',
    '--data',
    folder,
    '--job',
    id,
  ]);
  t.is(stdout, `${id}  skipped: it has not failed\n0 redriven, 1 skipped\n`);
});

test('without the names of a deployment it says which are missing', async (t) => {
  const { code, stdout, stderr } = await runTool('redrive.ts', ['--dry-run']);
  t.is(code, 2);
  for (const name of ['RESULTS_BUCKET', 'UPLOADS_BUCKET', 'GOOGLE_CLOUD_PROJECT'])
    t.true(`${stdout}${stderr}`.includes(`${name}: expected`), name);
});

const wrong: readonly (readonly [args: string[], says: RegExp])[] = [
  [['--job', '../x'], /Expected 32 hexadecimal digits for --job but received '\.\.\/x'/],
  [['--url', 'storefront'], /Expected the address of a service for --url but received 'storefront'/],
  [['--data', 'x'], /Expected --url beside --data/],
  [['--nope'], /Unknown option '--nope'/],
];

for (const [args, says] of wrong) {
  test(`redrive ${args.join(' ')} is wrong usage`, async (t) => {
    const { code, stderr } = await runTool('redrive.ts', args);
    t.is(code, 2);
    t.regex(stderr, says);
    t.true(stderr.endsWith('See --help.\n'));
  });
}

test('redrive --help says how it is used', async (t) => {
  const { code, stdout } = await runTool('redrive.ts', ['--help']);
  t.is(code, 0);
  t.true(stdout.includes('npm run redrive -- --dry-run'));
});
