// How a stage function starts under the real functions-framework: honest from the first moment on, or not at all.
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { StartupAnswer } from '../shared/readiness.ts';
import { inCloud } from '../shared/testing/cloud-chain.ts';
import { buckets } from '../shared/testing/cloud-emulators.ts';
import { bakeSpinningModel } from '../shared/testing/cloud-graph.ts';
import { samplePhoto } from '../shared/testing/cloud-jobs.ts';

const robot = await samplePhoto('toy-robot', 300);
/** Some six seconds before it is ready. */
const cold = await bakeSpinningModel({ atWarmUp: 6_000_000, perPhoto: 0 });

await inCloud(test, { functions: [] }, (chain) => {
  test.serial(
    'A cold stage: not ready from the first moment, refuses work without a try, then takes it',
    async (t) => {
      const name = 'ops/warm/segment.json';
      const warm = { started: new Date().toISOString(), ready: null, measured_ms: 4321 };
      const json = { contentType: 'application/json' };
      await chain.store.write({ bucket: buckets.results, name }, Buffer.from(JSON.stringify(warm)), json);
      const { job, message } = await chain.prepare(robot, { scale: 1, effects: [] });
      const stage = await chain.spawn('segment', { MODELS_DIR: cold.folder, LOG_LEVEL: 'debug' });
      t.teardown(stage.kill);

      const probes: { status: number; body: StartupAnswer }[] = [];
      const probe = async (): Promise<void> => {
        const answer = await fetch(`${stage.url}/startup`).catch(() => undefined);
        if (answer) probes.push({ status: answer.status, body: (await answer.json()) as StartupAnswer });
      };
      await chain.until('a first answer', async () => probe().then(() => probes.length > 0));
      const [first] = probes;
      t.is(first!.status, 503);
      t.like(first!.body, { status: 'not_ready', reason: 'model_not_loaded' });
      const refused = await chain.push('segment', message);
      t.is(refused.status, 503);
      t.is(refused.body.error_code, 'MODEL_LOADING');
      const run = await fetch(`${stage.url}/run`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(message),
      });
      t.is(run.status, 503);
      t.truthy(run.headers.get('retry-after'));
      const ill = await fetch(`${stage.url}/health`);
      t.is(ill.status, 503);
      t.like(await ill.json(), { status: 'unhealthy', ready: false });
      const warmUp = fetch(`${stage.url}/warmup`, { method: 'POST' });
      await stage.logged('Start-up: warming');
      // Nobody knows until the record was read, for which the start does not wait.
      const isKnown = () =>
        probe().then(() => (probes.at(-1)!.body as { estimate_ms?: number }).estimate_ms !== null);
      await chain.until('an estimate', isKnown);
      t.like(probes.at(-1), { status: 503, body: { phase: 'warming', estimate_ms: 4321 } });
      t.deepEqual([...(await chain.objects(job)).keys()], ['job.json'], 'no try was counted');

      const warmed = await warmUp;
      t.is(warmed.status, 200);
      t.like(await warmed.json(), { status: 'ready', was_cold: true, model: cold.id, device: 'cpu' });
      await probe();
      t.like(probes.at(-1), { status: 200, body: { status: 'ready', model_loaded: true } });
      t.true(probes.slice(0, -1).every(({ status }) => status === 503));
      t.like(await (await fetch(`${stage.url}/warmup`, { method: 'POST' })).json(), { was_cold: false });
      const phases = stage.lines.filter((line) => line.message.startsWith('Start-up: '));
      t.deepEqual(
        phases.map((line) => line.message),
        ['Start-up: model', 'Start-up: warming'],
      );
      t.like(await stage.logged('Model loaded'), { model: cold.id, when: 'before ready' });

      t.is((await chain.push('segment', message)).status, 204);
      await chain.completed(job);
      t.like(await (await fetch(`${stage.url}/health`)).json(), {
        status: 'healthy',
        ready: true,
        device: 'cpu',
        models: { segment: cold.id },
        requests_last_hour: 1,
        errors_last_hour: 0,
      });
      const metrics = await (await fetch(`${stage.url}/metrics`)).text();
      t.regex(metrics, /cutline_\w*stage\w*.*stage="segment"/);
      t.like(await stage.logged('segment: steps'), { job });
    },
  );

  test.serial(
    'A wrong configuration: one line that names every variable, and the process ends',
    async (t) => {
      const env = { RESULTS_BUCKET: '', QUEUE_LIMIT: 'many', DRAIN_SEC: '-1', SEGMENT_MODELS: '?' };
      const wrong = await chain.spawn('segment', env);
      t.not((await chain.soon('the end', wrong.ended)).code, 0);
      t.deepEqual(
        wrong.lines.map(({ severity }) => severity),
        ['ERROR'],
      );
      const said = JSON.stringify(wrong.lines);
      for (const variable of Object.keys(env)) t.true(said.includes(`${variable}: expected`), variable);
    },
  );

  const troubles = [
    {
      name: 'a folder that is not there',
      env: async () => ({ MODELS_DIR: '/nowhere/models' }),
      code: 'CONFIG_INVALID',
      says: /MODELS_DIR.*\/nowhere\/models/,
    },
    {
      name: 'a model that is not there',
      env: async () => ({ SEGMENT_MODELS: 'birefnet-general' }),
      code: 'MODEL_NOT_FOUND',
      says: /birefnet-general/,
    },
    { name: 'a damaged graph', env: damaged, code: 'MODEL_INVALID', says: /u2netp.*sha256/ },
    {
      name: 'no model of the wanted size',
      env: async () => ({ TARGET_SIZE: '777' }),
      code: 'CONFIG_INVALID',
      says: /TARGET_SIZE.*777/,
    },
  ];
  for (const { name, env, code, says } of troubles) {
    test.serial(`Models that cannot be opened: ${name}`, async (t) => {
      const stage = await chain.spawn('segment', await env(t));
      t.deepEqual(await chain.soon('the end', stage.ended), { code: 1, signal: null });
      const errors = stage.lines.filter(({ severity }) => severity === 'ERROR');
      t.deepEqual(
        errors.map(({ error }) => (error as { code: string }).code),
        [code],
      );
      t.regex(JSON.stringify(errors), says);
    });
  }
});

async function damaged(t: ExecutionContext): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-damaged-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await copyFile(join(cold.folder, `${cold.id}.json`), join(folder, `${cold.id}.json`));
  const graph = await readFile(join(cold.folder, `${cold.id}.onnx`));
  graph[graph.length - 1]! ^= 1;
  await writeFile(join(folder, `${cold.id}.onnx`), graph);
  return { MODELS_DIR: folder };
}
