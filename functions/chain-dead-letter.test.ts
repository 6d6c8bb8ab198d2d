// What Pub/Sub gives up: the job fails, and is completed all the same once its stage is back.
import test from 'ava';
import { deadLetterAttributes } from '../shared/subscriptions.ts';
import { inCloud } from '../shared/testing/cloud-chain.ts';
import type { Seen } from '../shared/testing/cloud-inbox.ts';
import { samplePhoto } from '../shared/testing/cloud-jobs.ts';

const fox = await samplePhoto('plush-fox');
const CUT_OUT_ONLY = { 'cutline-scale': '1', 'cutline-effects': 'none' };

// The fewest deliveries that Pub/Sub knows: its emulator needs thirteen seconds for them, whatever it is told.
await inCloud(test, { functions: ['ingest'], maxDeliveries: 5 }, (chain) => {
  let stuck: string;
  const givenUp = ({ topic, data, attributes }: Seen, job: string): boolean =>
    topic === 'dead-letter' && JSON.stringify([data, attributes]).includes(job);

  test.serial('What neither its stage nor ingest takes is given up, and ends as a failed job', async (t) => {
    const upload = await chain.upload(fox, { metadata: CUT_OUT_ONLY });
    stuck = upload.job;
    const message = await chain.message(stuck, 'segment');
    await chain.running('ingest').kill();
    const metadata = { 'cutline-reference': 'order 9' };
    const unheard = await chain.upload(fox, { tenant: 'unheard', metadata });
    const [ofStage, ofUpload] = await Promise.all(
      [stuck, unheard.job].map((job) =>
        chain.soon(
          'a dead letter',
          chain.inbox.first((seen) => givenUp(seen, job)),
        ),
      ),
    );
    t.is(ofStage!.attributes[deadLetterAttributes.subscription], 'cutline-segment');
    t.is(ofUpload!.attributes[deadLetterAttributes.subscription], 'cutline-uploads');
    t.deepEqual(ofStage!.data, message);

    await chain.start('ingest');
    const failed = await chain.failed(stuck);
    t.like(failed, {
      schema: 1,
      tenant: 'shop',
      input: upload.uri,
      stage: 'segment',
      retryable: true,
      tries: 0,
    });
    t.is(failed.error.code, 'INTERNAL');
    t.deepEqual((await chain.records.failed(stuck))?.record, failed);
    const failedUpload = await chain.failed(unheard.job);
    t.like(failedUpload, {
      tenant: 'unheard',
      reference: 'order 9',
      input: unheard.uri,
      stage: 'ingest',
      tries: 0,
    });
    t.is(await chain.records.findJob(unheard.job), undefined);
    t.is((await chain.push('ingest', ofStage!.data, { path: '/dead-letter' })).status, 204);
    t.deepEqual(
      chain.ends(stuck),
      { completed: [], failed: [failed] },
      'given up again it is not told again',
    );
  });

  test.serial('Completion beats failure: a redrive completes the failed job', async (t) => {
    const message = await chain.message(stuck, 'segment');
    await chain.start('segment');
    await chain.ready('segment');
    await chain.publisher.publish('segment', message);
    const completed = await chain.completed(stuck);
    t.like(completed, { job: stuck, width: 1200, height: 1500 });
    t.truthy(await chain.records.readTry(stuck, 'segment', 1));
    t.is((await chain.push('ingest', message, { path: '/dead-letter' })).status, 204);
    const { failed, ...ends } = chain.ends(stuck);
    t.deepEqual(ends, { completed: [completed] });
    t.is(failed.length, 1, 'nor is it failed again');
  });

  test.serial('A dead letter that is late ends no job that is complete', async (t) => {
    const { job, message } = await chain.prepare(await samplePhoto('toy-robot', 300), {
      scale: 1,
      effects: [],
    });
    t.is((await chain.push('segment', message)).status, 204);
    const completed = await chain.completed(job);
    t.is((await chain.push('ingest', message, { path: '/dead-letter' })).status, 204);
    t.is(await chain.records.failed(job), undefined);
    t.deepEqual(chain.ends(job), { completed: [completed], failed: [] });
  });
});
