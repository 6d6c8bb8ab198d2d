// What comes twice, and what is not ours: through emulators and real functions.
import test from 'ava';
import { parseUri } from '../shared/gs-uri.ts';
import type { JobOptions } from '../shared/job.ts';
import type { CloudChain } from '../shared/testing/cloud-chain.ts';
import { inCloud } from '../shared/testing/cloud-chain.ts';
import { buckets } from '../shared/testing/cloud-emulators.ts';
import { startFunction } from '../shared/testing/cloud-function.ts';
import { samplePhoto } from '../shared/testing/cloud-jobs.ts';

const [fox, robot, bear] = await Promise.all([
  samplePhoto('plush-fox'),
  samplePhoto('toy-robot', 400),
  samplePhoto('plush-bear'),
]);
const CUT_OUT_ONLY: Partial<JobOptions> = { scale: 1, effects: [] };
const ofCutOut = [
  'announced/completed.json',
  'job.json',
  'segment.json',
  'segment/cutout.png',
  'tries/segment-1.json',
];

await inCloud(test, { functions: ['ingest', 'upscale', 'segment', 'effects'] }, (chain) => {
  test.serial('Every message of a job comes again and again: one set of objects, one end', async (t) => {
    const { job, object } = await chain.upload(robot, {
      metadata: { 'cutline-effects': 'color' },
    });
    const stages = ['upscale', 'segment', 'effects'] as const;
    await tellOfUpload(object, chain);
    for (const stage of stages) {
      const message = await chain.message(job, stage);
      await Promise.all([message, message].map((again) => chain.publisher.publish(stage, again)));
    }
    const completed = await chain.completed(job);
    const objects = await chain.objects(job);
    t.deepEqual(
      [...objects.keys()],
      [
        'announced/completed.json',
        'effects.json',
        'effects/color.png',
        'job.json',
        'segment.json',
        'segment/cutout.png',
        'tries/effects-1.json',
        'tries/segment-1.json',
        'tries/upscale-1.json',
        'upscale.json',
        'upscale/upscaled.png',
      ],
    );
    for (const { uri } of Object.values(completed.outputs)) {
      const { name, generation } = parseUri(uri)!;
      t.is(objects.get(name.split(`${job}/`)[1]!), generation, `${name} is what was told of`);
    }
    await tellOfUpload(object, chain);
    for (const stage of stages) {
      const message = await chain.message(job, stage);
      const answers = await Promise.all([chain.push(stage, message), chain.push(stage, message)]);
      t.deepEqual(
        answers.map(({ status }) => status),
        [204, 204],
      );
    }
    await followed(chain);
    t.deepEqual(await chain.objects(job), objects);
    t.deepEqual(chain.ends(job), { completed: [completed], failed: [] });
  });

  test.serial('One message pushed twice at once is worked on once', async (t) => {
    const { job, message } = await chain.prepare(fox, CUT_OUT_ONLY);
    const answers = await Promise.all([
      chain.push('segment', message, { id: 'same' }),
      chain.push('segment', message, { id: 'same' }),
    ]);
    t.deepEqual(
      answers.map(({ status }) => status),
      [204, 204],
    );
    const completed = await chain.completed(job);
    t.deepEqual([...(await chain.objects(job)).keys()], ofCutOut);
    t.is(chain.said(job).filter((line) => line.message === 'segment: started').length, 1);
    t.deepEqual(chain.ends(job), { completed: [completed], failed: [] });
  });

  test.serial('Two instances work on one message at once: the first written wins, whole', async (t) => {
    const source = new URL('segment/index.ts', import.meta.url);
    const other = await startFunction({ source, target: 'segment', env: chain.env });
    t.teardown(other.kill);
    await other.opened();
    await fetch(`${other.url}/warmup`, { method: 'POST' });
    const { job, message } = await chain.prepare(bear, CUT_OUT_ONLY);
    const both = () =>
      Promise.all([
        chain.push('segment', message, { id: 'same' }),
        chain.push('segment', message, { id: 'same', url: other.url }),
      ]);
    const statuses = (await both()).map(({ status }) => status);
    t.true(statuses.includes(204), 'one of them has done it');
    t.true(statuses.every((status) => [204, 503].includes(status)));
    const completed = await chain.completed(job);
    const objects = await chain.objects(job);
    t.deepEqual(
      (await both()).map(({ status }) => status),
      [204, 204],
    );
    t.deepEqual(await chain.objects(job), objects);
    t.deepEqual(
      [...objects.keys()].filter((name) => !name.startsWith('tries/')),
      ofCutOut.filter((name) => !name.startsWith('tries/')),
    );
    t.is(objects.get('segment/cutout.png'), parseUri(completed.outputs.cutout!.uri)!.generation);
    t.deepEqual(chain.ends(job), { completed: [completed], failed: [] });
  });

  test.serial('A message that is not ours is acknowledged and touches nothing', async (t) => {
    const { message } = await chain.prepare(fox, CUT_OUT_ONLY);
    const foreign: Readonly<Record<string, unknown>> = {
      'no object': 'hello',
      nothing: null,
      'fields missing': { schema: 1, stage: 'segment' },
      'a field too many': { ...message, also: 'this' },
      'job of another bucket': { ...message, job: message.job.replace('gs://results', 'gs://others') },
      'job without generation': { ...message, job: message.job.split('#')[0] },
      'path that climbs out': { ...message, input: 'gs://results/jobs/../../secret.png#1' },
      'photo of another bucket': { ...message, input: 'gs://others/photo.jpg#1' },
      'photo of another job': {
        ...message,
        input: `gs://results/jobs/${'0'.repeat(32)}/segment/cutout.png#1`,
      },
    };
    const before = await everything(chain);
    for (const [name, data] of Object.entries(foreign)) {
      for (const service of ['segment', 'ingest'] as const)
        t.is((await chain.push(service, data)).status, 204, `${service}: ${name}`);
      t.is((await chain.push('ingest', data, { path: '/dead-letter' })).status, 204, `dead letter: ${name}`);
      await chain.publisher.publish('segment', data, { test: name });
    }
    const bare = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"no":"push"}' };
    t.is((await fetch(chain.url('segment'), bare)).status, 204);
    await tellOfUpload({ bucket: 'others', name: 'uploads/shop/a.jpg', generation: '1' }, chain);
    await tellOfUpload({ bucket: 'uploads', name: 'elsewhere/a.jpg', generation: '1' }, chain);
    const dropped = () =>
      chain.running('segment').lines.filter((line) => line.message === 'A message was dropped').length;
    const wanted = 2 * Object.keys(foreign).length;
    await chain.soon(
      'all to be dropped',
      chain.running('segment').logged('A message was dropped', () => dropped() >= wanted),
    );
    t.deepEqual(await everything(chain), before);
  });
});

interface Version {
  readonly bucket: string;
  readonly name: string;
  readonly generation: string;
}

/** As Cloud Storage does. */
async function tellOfUpload({ bucket, name, generation }: Version, { publisher }: CloudChain): Promise<void> {
  const attributes = {
    eventType: 'OBJECT_FINALIZE',
    bucketId: bucket,
    objectId: name,
    objectGeneration: generation,
  };
  await publisher.publish('uploads', { kind: 'storage#object', bucket, name, generation }, attributes);
}

/** Resolves when a photo that was put there now has gone the whole way. */
async function followed(chain: CloudChain): Promise<void> {
  const { job } = await chain.upload(robot, {
    tenant: 'follower',
    metadata: { 'cutline-effects': 'sketch' },
  });
  await chain.completed(job);
}

/** Every object of both buckets, with its generation. */
async function everything({ store }: CloudChain): Promise<string[]> {
  const found: string[] = [];
  for (const bucket of Object.values(buckets))
    for await (const { name, generation } of store.list(bucket, ''))
      found.push(`${bucket}/${name}#${generation}`);
  return found.sort();
}
