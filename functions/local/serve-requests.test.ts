// What the running process answers over HTTP, and what a person who deletes things beside it brings about.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { stageNames } from '../../shared/card.ts';
import { formatUri, parseUri } from '../../shared/gs-uri.ts';
import { readHeader } from '../../shared/image/codec.ts';
import { jobOptionsSchema } from '../../shared/job.ts';
import type { StageMessage } from '../../shared/message.ts';
import { stageRecordSchema, warmRecordSchema } from '../../shared/records.ts';
import type { Warmth } from '../warmup/warm-up.ts';
import { writePhoto } from './testdata/command.ts';
import type { Disk } from './testdata/job-on-disk.ts';
import { checkJob, diskOf, doneWith, messageFor, postJson, pushOf } from './testdata/job-on-disk.ts';
import type { Serving } from './testdata/serving.ts';
import { dataFolder, drop, samples, serve, wholeFile } from './testdata/serving.ts';

const cleanup = wholeFile(test.after.always);
let data: string;
let serving: Serving;
let disk: Disk;

test.before(async () => {
  data = await dataFolder(cleanup);
  serving = await serve(cleanup, { data, env: { LOG_LEVEL: 'debug' } });
  disk = diskOf(data);
  await serving.logged('Serving');
});

/** With everything in it, though the process goes on writing. */
const clear = (folder: string) => rm(folder, { recursive: true, maxRetries: 50, retryDelay: 10 });

async function get<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(serving.url + path)).json()) as Answer;
}

interface Health {
  readonly stages: readonly string[];
  readonly models: Readonly<Record<string, string>>;
  readonly requests_last_hour: number;
  readonly upscaler_success_rate: number;
  readonly latency_ms: { readonly p50: number };
  readonly memory_rss_mb: number;
}

test.serial('the warm-up writes what each stage’s start took', async (t) => {
  const answer = await postJson(`${serving.url}/functions/warmup/`);
  t.is(answer.status, 200);
  const { status, stages } = (await answer.json()) as Warmth;
  t.is(status, 'ready');
  t.deepEqual(Object.keys(stages), [...stageNames]);
  const { total_ms } = await get<{ total_ms: number }>('/startup');
  for (const stage of stageNames) {
    t.like(stages[stage], { status: 'ready', was_cold: false, total_ms, device: 'cpu' });
    const text = await readFile(join(data, `results/ops/warm/${stage}.json`), 'utf8');
    const record = warmRecordSchema.parse(JSON.parse(text));
    t.is(record.measured_ms, total_ms);
    t.not(record.ready, null);
  }
});

test.serial('a message on the warm-up’s topic is acknowledged', async (t) => {
  t.is((await postJson(`${serving.url}/functions/warmup/`, pushOf({}))).status, 204);
});

test.serial(
  'the synchronous path takes a photo through the stages, and each answers with its record',
  async (t) => {
    const job = 'f'.repeat(32);
    const path = join(data, 'photo.png');
    await writePhoto(path, 100, 64);
    const photo = { bucket: 'results', name: `jobs/${job}/photo.png` };
    const put = await disk.store.write(photo, await readFile(path), { contentType: 'image/png' });
    const input = formatUri(put);
    const options = jobOptionsSchema.parse({ effects: ['sketch'] });
    const route = ['upscale', 'segment', 'effects'] as const;
    const record = { schema: 1, job, tenant: 'shop', reference: null, input, options } as const;
    const created = new Date().toISOString();
    const { uri } = await disk.records.createJob({ ...record, route: [...route], created });
    let message: StageMessage = { schema: 1, job: uri, stage: 'upscale', input, trace: '' };
    const sizes: string[] = [];
    for (const stage of route) {
      const answer = await postJson(
        `${serving.url}/functions/${stage}/run`,
        JSON.stringify({ ...message, stage }),
      );
      t.is(answer.status, 200);
      const done = stageRecordSchema.parse(await answer.json());
      t.deepEqual((await disk.records.stage(job, stage))?.record, done);
      for (const [name, output] of Object.entries(done.outputs)) {
        const { data: file } = (await disk.store.read(parseUri(output.uri)!, Infinity))!;
        const { format, width, height } = await readHeader(file);
        sizes.push(`${name} ${format} ${width}×${height}`);
      }
      message = { ...message, input: done.hands_on };
    }
    t.deepEqual(sizes, ['upscaled PNG 200×128', 'cutout PNG 200×128', 'sketch PNG 200×128']);
    t.false((await disk.names(`jobs/${job}/`)).some((name) => /tries|announced/.test(name)));
    await disk.records.deleteJob(job);
    const gone = await postJson(`${serving.url}/run`, JSON.stringify(message));
    t.is(gone.status, 404);
    t.deepEqual(await gone.json(), { error_code: 'JOB_NOT_FOUND', detail: 'There is no such job' });
  },
);

test.serial('health and metrics tell of the work that was done', async (t) => {
  await writePhoto(join(data, 'uploads', 'measured.png'), 96, 96);
  await serving.logged(doneWith('measured.png'));
  const health = await get<Health>('/health');
  t.like(health, { status: 'healthy', ready: true, device: 'cpu', errors_last_hour: 0, queue_depth: 0 });
  t.deepEqual(health.stages, ['upscale', 'segment', 'effects']);
  t.like(health.models, { upscale: 'builtin/upscale', segment: 'builtin/segment' });
  t.is(health.requests_last_hour, 3);
  t.is(health.upscaler_success_rate, 1);
  t.true(health.latency_ms.p50 > 0 && health.memory_rss_mb > 50);
  const answer = await fetch(`${serving.url}/metrics`);
  t.regex(answer.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  for (const stage of health.stages) {
    t.true(text.includes(`cutline_tries_total{stage="${stage}",outcome="completed"} 1\n`), stage);
    t.regex(text, new RegExp(`cutline_object_bytes_total{direction="written",stage="${stage}"} \\d+`));
  }
  t.regex(text, /cutline_model_seconds_count{model="builtin\/segment"} [1-9]/);
});

test.serial('at LOG_LEVEL=debug each stage tells of its steps, and of the memory', async (t) => {
  const steps = serving.lines().filter(({ message }) => message.endsWith(': steps'));
  const { timings_ms } = steps.find(({ stage }) => stage === 'segment')!;
  t.true(Object.keys(timings_ms as object).includes('decode'));
  t.true(Number((await serving.logged('Memory')).rss_mb) > 50);
});

test.serial(
  'what is not there is 404, what cannot be read 400, what is too large 413, in JSON',
  async (t) => {
    t.is((await fetch(`${serving.url}/nowhere`)).status, 404);
    t.is((await fetch(`${serving.url}/functions/segment/nowhere`)).status, 404);
    const cases = [
      ['{"message":', 400],
      [JSON.stringify('x'.repeat(1_100_000)), 413],
    ] as const;
    for (const [body, status] of cases) {
      const answer = await postJson(`${serving.url}/`, body);
      t.is(answer.status, status);
      t.like(await answer.json(), { error_code: 'BAD_REQUEST' });
    }
  },
);

test.serial(
  'a job whose folder is removed while it is worked on leaves nothing and does not come back',
  async (t) => {
    await drop(data, 'regretted.jpg', await readFile(`${samples}plush-fox.jpg`));
    const upload = ({ message, input }: Readonly<Record<string, unknown>>) =>
      message === 'ingest: started' && String(input).includes('regretted.jpg');
    const { job } = await serving.logged(upload);
    const working = (line: Readonly<Record<string, unknown>>) =>
      line.job === job && line.message === 'upscale: started';
    await serving.logged(working);
    const message = await messageFor(disk, String(job), 'upscale');
    const folder = join(data, 'results/jobs', String(job));
    await clear(folder);
    await serving.logged(({ message }) => message === 'upscale: the job was deleted meanwhile');
    t.deepEqual(await disk.names(`jobs/${job}/`), []);
    t.is((await postJson(`${serving.url}/functions/upscale/`, pushOf(message))).status, 204);
    t.deepEqual(await disk.names(`jobs/${job}/`), []);
  },
);

test.serial(
  'a job that was done and whose folder is removed stays away, and its photo is worked on anew',
  async (t) => {
    const { job } = await serving.logged(doneWith('measured.png'));
    const message = await messageFor(disk, String(job), 'effects');
    await clear(join(data, 'results/jobs', String(job)));
    t.is((await postJson(`${serving.url}/functions/effects/`, pushOf(message))).status, 204);
    await writePhoto(join(data, 'uploads', 'twin.png'), 96, 96);
    const twin = await serving.logged(doneWith('twin.png'));
    t.false((await disk.records.stage(String(twin.job), 'segment'))!.record.cached);
    t.deepEqual(await disk.names(`jobs/${job}/`), []);
  },
);

test.serial('who clears the whole folder away while it serves begins anew', async (t) => {
  await clear(data);
  await mkdir(join(data, 'uploads'), { recursive: true });
  await writePhoto(join(data, 'uploads', 'anew.png'), 96, 80);
  const { job } = await serving.logged(doneWith('anew.png'));
  await checkJob(t, diskOf(data), String(job), { input: 'anew.png', width: 192, height: 160 });
});
