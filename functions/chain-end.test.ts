// How a stage function ends under the real functions-framework: in the middle of a photo, which is not lost by it.
import test from 'ava';
import { inCloud } from '../shared/testing/cloud-chain.ts';
import { startFunction } from '../shared/testing/cloud-function.ts';
import { bakeSpinningModel } from '../shared/testing/cloud-graph.ts';
import { samplePhoto } from '../shared/testing/cloud-jobs.ts';

const [fox, robot, bear] = await Promise.all([
  samplePhoto('plush-fox', 300),
  samplePhoto('toy-robot', 300),
  samplePhoto('plush-bear', 300),
]);
const CUT_OUT_ONLY = { 'cutline-scale': '1', 'cutline-effects': 'none' };
const ofCutOut = ['announced/completed.json', 'job.json', 'segment.json', 'segment/cutout.png'];

/** Some three seconds for a photo. */
const slow = await bakeSpinningModel({ atWarmUp: 0, perPhoto: 3_000_000 });
const SLOW = { MODELS_DIR: slow.folder };

await inCloud(test, { functions: ['ingest'] }, (chain) => {
  test.serial(
    'SIGTERM in the middle of a photo: it is finished, other work is refused, exit 0',
    async (t) => {
      const stage = await chain.start('segment', { ...SLOW, DRAIN_SEC: '60' });
      const { job } = await chain.upload(fox, { metadata: CUT_OUT_ONLY });
      await chain.kept(job, 'tries/segment-1.json');
      stage.child.kill('SIGTERM');
      await chain.soon('the beginning of the end', stage.logged('Ending'));
      const { job: late, message } = await chain.prepare(robot, { scale: 1, effects: [] });
      const refused = await chain.push('segment', message);
      t.is(refused.status, 503);
      t.is(refused.body.error_code, 'SHUTTING_DOWN');
      t.deepEqual(await chain.soon('the end', stage.ended), { code: 0, signal: null });
      const completed = await chain.completed(job);
      t.deepEqual(
        [...(await chain.objects(job)).keys()],
        [...ofCutOut, 'tries/segment-1.json'],
        'at its first try',
      );
      t.deepEqual([...(await chain.objects(late)).keys()], ['job.json'], 'no try was counted');
      t.is(stage.lines.at(-1)?.message, 'Ended');
      t.deepEqual(chain.ends(job), { completed: [completed], failed: [] });
    },
  );

  test.serial(
    'SIGTERM with too little time: exit 0 all the same, and the photo is done by the next',
    async (t) => {
      const stage = await chain.start('segment', { ...SLOW, DRAIN_SEC: '0.05' });
      const { job } = await chain.upload(bear, { metadata: CUT_OUT_ONLY });
      await chain.kept(job, 'tries/segment-1.json');
      stage.child.kill('SIGTERM');
      t.deepEqual(await chain.soon('the end', stage.ended), { code: 0, signal: null });
      t.is(stage.lines.at(-1)?.severity, 'WARNING');
      t.deepEqual([...(await chain.objects(job)).keys()], ['job.json', 'tries/segment-1.json']);
      await chain.start('segment');
      const completed = await chain.completed(job);
      const names = [...(await chain.objects(job)).keys()];
      t.deepEqual(names, [...ofCutOut, 'tries/segment-1.json', 'tries/segment-2.json']);
      t.deepEqual(chain.ends(job), { completed: [completed], failed: [] });
    },
  );

  test.serial(
    'Memory over its limit: the photo in work is finished and answered, then exit 70',
    async (t) => {
      // At a port of its own: what an earlier process had no time to acknowledge does not come first.
      const env = { ...chain.env, MEMORY_LIMIT_MB: '1' };
      const source = new URL('segment/index.ts', import.meta.url);
      const stage = await startFunction({ source, target: 'segment', env });
      t.teardown(stage.kill);
      await stage.opened();
      const { url } = stage;
      t.true((await chain.soon('it to be warm', fetch(`${url}/warmup`, { method: 'POST' }))).ok);
      const { job, message } = await chain.prepare(fox, { scale: 1, effects: [] });
      t.is((await chain.push('segment', message, { url })).status, 204);
      t.deepEqual(await chain.soon('the end', stage.ended), { code: 70, signal: null });
      await chain.completed(job);
      t.regex(JSON.stringify(await stage.logged('The process has to be restarted')), /MEMORY_LIMIT_MB=1\b/);
    },
  );
});
