// What happens to a photo when the process that works on it ends, or the job is deleted: through emulators and real
// functions, with a model that takes its time.
import test from 'ava';
import type { JobOptions } from '../shared/job.ts';
import { inCloud } from '../shared/testing/cloud-chain.ts';
import { buckets } from '../shared/testing/cloud-emulators.ts';
import { bakeSpinningModel, ENDLESS } from '../shared/testing/cloud-graph.ts';
import { samplePhoto } from '../shared/testing/cloud-jobs.ts';

const [fox, robot, bear] = await Promise.all([
  samplePhoto('plush-fox'),
  samplePhoto('toy-robot'),
  samplePhoto('plush-bear'),
]);
const CUT_OUT_ONLY = { 'cutline-scale': '1', 'cutline-effects': 'none' };
const cutOutOnly: Partial<JobOptions> = { scale: 1, effects: [] };
const ofCutOut = ['announced/completed.json', 'job.json', 'segment.json', 'segment/cutout.png'];

/** Some two seconds for a photo. */
const slow = await bakeSpinningModel({ atWarmUp: 0, perPhoto: 2_000_000 });
const hanging = await bakeSpinningModel({ atWarmUp: 0, perPhoto: ENDLESS });
const SLOW = { MODELS_DIR: slow.folder };

await inCloud(test, { functions: ['ingest'] }, (chain) => {
  test.serial(
    'A stage that is killed while it works: the photo is done by the next, at the second try',
    async (t) => {
      const first = await chain.start('segment', SLOW);
      const { job } = await chain.upload(fox, { metadata: CUT_OUT_ONLY });
      await chain.kept(job, 'tries/segment-1.json');
      first.child.kill('SIGKILL');
      t.deepEqual(await first.ended, { code: null, signal: 'SIGKILL' });
      t.deepEqual([...(await chain.objects(job)).keys()], ['job.json', 'tries/segment-1.json']);
      await chain.start('segment', SLOW);
      const completed = await chain.completed(job);
      t.deepEqual(
        [...(await chain.objects(job)).keys()],
        [...ofCutOut, 'tries/segment-1.json', 'tries/segment-2.json'],
      );
      const tries = [
        await chain.records.readTry(job, 'segment', 1),
        await chain.records.readTry(job, 'segment', 2),
      ];
      t.deepEqual(
        tries.map((one) => one?.code),
        [undefined, undefined],
        'it had no time to say why, and then it worked',
      );
      t.is(tries[0]!.message_id, tries[1]!.message_id, 'the same message, delivered again');
      t.deepEqual(chain.ends(job), { completed: [completed], failed: [] });
    },
  );

  test.serial(
    'A job that is deleted while a stage works: nothing is left, and nothing comes back',
    async (t) => {
      const { job, object } = await chain.upload(robot, { metadata: CUT_OUT_ONLY });
      await chain.kept(job, 'tries/segment-1.json');
      const message = await chain.message(job, 'segment');
      t.true(await chain.records.deleteJob(job));
      t.deepEqual([...(await chain.objects(job))], []);
      const { logged } = chain.running('segment');
      await chain.soon('the end of the work', logged('segment: the job was deleted meanwhile', ofJob(job)));
      t.deepEqual([...(await chain.objects(job))], [], 'what was written after is gone as well');
      t.is(await chain.store.head({ bucket: buckets.uploads, name: object.name }), undefined);
      t.is((await chain.push('segment', message)).status, 204);
      const attributes = {
        bucketId: object.bucket,
        objectId: object.name,
        objectGeneration: object.generation,
      };
      await chain.publisher.publish('uploads', {}, { eventType: 'OBJECT_FINALIZE', ...attributes });
      const dropped = chain
        .running('ingest')
        .logged('A message was dropped', (line) => line.object === object.name);
      await chain.soon('the notification to be dropped', dropped);
      t.deepEqual([...(await chain.objects(job))], []);
      t.deepEqual(chain.ends(job), { completed: [], failed: [] });
      // A pointer would lead to pictures that were to be forgotten.
      const cached: string[] = [];
      for await (const { name, generation } of chain.store.list(buckets.results, 'cache/')) {
        const found = await chain.store.read({ bucket: buckets.results, name, generation }, 10_000);
        cached.push(new TextDecoder().decode(found!.data));
      }
      t.true(cached.length > 0);
      t.false(cached.some((pointer) => pointer.includes(job)));
    },
  );

  test.serial(
    'A model that hangs: PROCESSING_TIMEOUT, no more work, exit 70; after a restart the photo is done',
    async (t) => {
      await chain.running('segment').kill();
      const stuck = await chain.start('segment', { MODELS_DIR: hanging.folder, RUN_TIMEOUT_SEC: '1' });
      await chain.ready('segment');
      const { job, message } = await chain.prepare(bear, cutOutOnly);
      const answer = await chain.push('segment', message, { id: 'stuck' });
      t.is(answer.status, 504);
      t.is(answer.body.error_code, 'PROCESSING_TIMEOUT');
      t.deepEqual(await chain.soon('the end', stuck.ended), { code: 70, signal: null });
      t.like(await chain.records.readTry(job, 'segment', 1), { code: 'PROCESSING_TIMEOUT' });
      await chain.start('segment');
      await chain.ready('segment');
      t.is((await chain.push('segment', message, { id: 'stuck' })).status, 204);
      await chain.completed(job);
      t.deepEqual(
        [...(await chain.objects(job)).keys()],
        [...ofCutOut, 'tries/segment-1.json', 'tries/segment-2.json'],
      );
      t.is(chain.ends(job).completed.length, 1);
    },
  );
});

function ofJob(job: string): (line: { readonly [key: string]: unknown }) => boolean {
  return (line) => line.job === job;
}
