// What comes twice, and what is not ours: through emulators and real functions.
import { readFile } from 'node:fs/promises';
import test from 'ava';
import { formatUri, parseUri } from '../shared/gs-uri.ts';
import type { StageMessage } from '../shared/message.ts';
import type { Topic } from '../shared/publisher.ts';
import type { CloudChain } from '../shared/testing/cloud-chain.ts';
import { inCloud } from '../shared/testing/cloud-chain.ts';
import { buckets } from '../shared/testing/cloud-emulators.ts';
import { quietPort, startFunction } from '../shared/testing/cloud-function.ts';

const sample = (name: string) => readFile(new URL(`../models/samples/${name}.jpg`, import.meta.url));
const [fox, robot] = await Promise.all(['plush-fox', 'toy-robot'].map(sample));

await inCloud(test, { functions: ['ingest', 'upscale', 'segment', 'effects'] }, (chain) => {
  test.serial('Every message of a job comes twice: one set of objects, one end', async (t) => {
    const metadata = { 'cutline-effects': 'color' };
    const { job, object } = await chain.upload(robot!, { metadata });
    await publishUpload(chain, object);
    for (const stage of ['upscale', 'segment', 'effects'] as const) {
      const message = await chain.message(job, stage);
      await chain.publisher.publish(stage, message);
      await chain.publisher.publish(stage, message);
    }
    const completed = await chain.completed(job);
    await quiet(chain, job);
    t.deepEqual(chain.ends(job), { completed: [completed], failed: [] });
    const objects = await chain.objects(job);
    t.deepEqual([...objects.keys()], [
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
    ]);
    for (const { uri } of Object.values(completed.outputs)) {
      const { name, generation } = parseUri(uri)!;
      t.is(objects.get(name.split(`${job}/`)[1]!), generation, 'what was told of is what is there');
    }
  });
