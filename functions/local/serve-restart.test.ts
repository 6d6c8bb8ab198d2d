// The end of the process at a bad moment: what was unfinished is taken up, and what was deleted does not come back.
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { stageNames } from '../../shared/card.ts';
import { until } from '../../shared/testing/until.ts';
import type { Disk } from './testdata/job-on-disk.ts';
import { diskOf, doneWith, postJson } from './testdata/job-on-disk.ts';
import type { Line } from './testdata/serving.ts';
import { dataFolder, drop, isAlive, samples, serve } from './testdata/serving.ts';

const [bear, fox, robot] = await Promise.all(
  ['plush-bear', 'plush-fox', 'toy-robot'].map((name) => readFile(`${samples}${name}.jpg`)),
);

/** Ends at once, with whatever is in the middle. */
const AT_ONCE = { DRAIN_SEC: '0.001' };

const about =
  (message: string, photo: string) =>
  (line: Line): boolean =>
    line.message === message && String(line.input).startsWith(`gs://uploads/${photo}#`);

/** Resolves when a try of the upscaler has begun, which takes these photos seconds. */
async function isTried({ records }: Disk, job: unknown): Promise<void> {
  await until(`a try of ${job}`, () => records.readTry(String(job), 'upscale', 1));
}

/** What still waits for a delivery. */
async function waiting(data: string): Promise<string[]> {
  const folders = ['uploads', ...stageNames, 'dead-letter', 'completed', 'failed'];
  const found = await Promise.all(folders.map((name) => readdir(join(data, 'bus', name))));
  return found.flat();
}

test.serial(
  'SIGTERM finishes what was begun, leaves the rest, exits 0, and the next start goes on',
  async (t) => {
    const data = await dataFolder(t);
    const disk = diskOf(data);
    const first = await serve(t, { data, env: { DRAIN_SEC: '60' } });
    await first.logged('Serving');
    await drop(data, 'robot.jpg', robot!);
    const job = String((await first.logged(about('ingest: started', 'robot.jpg'))).job);
    await isTried(disk, job);
    const { pid } = await first.logged('Serving');
    first.signal('SIGTERM');
    t.deepEqual(await first.ended, { code: 0, signal: null });
    t.false(isAlive(Number(pid)), 'the process is gone with its parent');
    t.is(first.lines().at(-1)?.message, 'Ended');
    t.truthy(await disk.records.stage(job, 'upscale'));
    t.is(await disk.records.stage(job, 'segment'), undefined);
    t.is((await waiting(data)).length, 1);

    const second = await serve(t, { data });
    await second.logged(doneWith('robot.jpg'));
    t.deepEqual(
      (await disk.names(`jobs/${job}/tries/`)).map((name) => name.split('/').at(-1)),
      ['effects-1.json', 'segment-1.json', 'upscale-1.json'],
    );
  },
);

test.serial(
  'a start goes on with what was left in the middle, and with nothing that was deleted meanwhile',
  async (t) => {
    const data = await dataFolder(t);
    const disk = diskOf(data);
    await drop(data, 'deleted.jpg', bear!);
    await drop(data, 'withdrawn.jpg', fox!);
    await drop(data, 'kept.jpg', robot!);
    const first = await serve(t, { data, env: { ...AT_ONCE, WORK_SLOTS: '3' } });
    const [deleted, withdrawn, kept] = await Promise.all(
      ['deleted', 'withdrawn', 'kept'].map(async (name) => {
        const { job } = await first.logged(about('ingest: started', `${name}.jpg`));
        await isTried(disk, job);
        return String(job);
      }),
    );
    first.signal('SIGTERM');
    t.deepEqual(await first.ended, { code: 0, signal: null });
    t.regex(String(first.lines().at(-1)?.message), /^Ended before everything was done/);
    await rm(join(data, 'results/jobs', deleted!), { recursive: true });
    await rm(join(data, 'uploads/withdrawn.jpg'));

    const second = await serve(t, { data });
    await second.logged(doneWith('kept.jpg'));
    const failed = await second.logged(doneWith('withdrawn.jpg'));
    t.is(failed.message, 'withdrawn.jpg: INPUT_GONE: The photo is no longer there');
    await second.logged(({ message, job }) => message.startsWith('The job was deleted') && job === deleted);
    t.deepEqual(await disk.names(`jobs/${deleted}/`), []);
    t.is((await disk.records.readTry(kept!, 'upscale', 1))?.code, undefined);
    t.truthy(await disk.records.readTry(kept!, 'upscale', 2), 'the try that was cut off counts');
    t.like((await disk.records.failed(withdrawn!))?.record, {
      stage: 'upscale',
      error: { code: 'INPUT_GONE' },
    });
    second.signal('SIGTERM');
    await second.ended;
    t.deepEqual(await waiting(data), []);
    const again = second.lines().filter(({ message }) => message === 'ingest: started');
    t.deepEqual(again, [], 'nothing was announced anew');
  },
);

test.serial(
  'a process that is killed while it works is started again, and the job completes once',
  async (t) => {
    const data = await dataFolder(t);
    const disk = diskOf(data);
    const serving = await serve(t, { data });
    const { pid } = await serving.logged('Serving');
    t.is((await postJson(`${serving.url}/functions/warmup/`)).status, 200);
    await drop(data, 'robot.jpg', robot!);
    const job = String((await serving.logged(about('ingest: started', 'robot.jpg'))).job);
    await isTried(disk, job);
    process.kill(Number(pid), 'SIGKILL');
    await serving.said('Starting again in 0.5 s: the process was ended by SIGKILL\n');
    // Nobody knows until the records were read.
    const isKnown = async () => {
      const probe = await firstProbe(serving.url);
      return probe.estimate_ms !== null && probe;
    };
    const probe = await until('an estimate', isKnown);
    t.true(Number(probe.estimate_ms) > 0, 'the warm-up of before says how long it takes');
    await serving.logged(doneWith('robot.jpg'));
    const { pid: next } = await serving.logged('Serving', 1);
    t.not(next, pid);
    t.truthy(await disk.records.readTry(job, 'upscale', 2));
    serving.signal('SIGTERM');
    t.deepEqual(await serving.ended, { code: 0, signal: null });
    t.is(serving.lines().filter(doneWith('robot.jpg')).length, 1);
    t.deepEqual(await waiting(data), []);
    t.truthy(await disk.records.isAnnounced(job, 'completed'));
  },
);

test.serial('a process whose parent is killed ends by itself', async (t) => {
  const data = await dataFolder(t);
  const serving = await serve(t, { data });
  const { pid } = await serving.logged('Serving');
  serving.signal('SIGKILL');
  // Its output is closed when the process is gone too.
  t.deepEqual(await serving.ended, { code: null, signal: 'SIGKILL' });
  t.is(serving.lines().at(-1)?.message, 'Ended');
  t.true(await until('the process to be gone', () => !isAlive(Number(pid))));
});

test.serial('SIGTERM before it is ready ends it at once', async (t) => {
  const data = await dataFolder(t);
  const serving = await serve(t, { data });
  await firstProbe(serving.url);
  serving.signal('SIGTERM');
  t.deepEqual(await serving.ended, { code: 0, signal: null });
  t.false(serving.lines().some(({ message }) => message === 'Serving'));
});

async function firstProbe(url: string): Promise<{ readonly estimate_ms?: number | null }> {
  const asked = () => fetch(`${url}/startup`).catch(() => undefined);
  const answer = await until('an answer of the probe', asked);
  return (await answer.json()) as { estimate_ms?: number | null };
}
