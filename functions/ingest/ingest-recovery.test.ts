import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import type { Delivery, PushHandler } from '../../shared/push.ts';
import type { StoreMethod } from '../../shared/testing/fake-store.ts';
import type { IngestRig } from '../../shared/testing/ingest-rig.ts';
import { createIngestRig, deliver, notification, uriOf } from '../../shared/testing/ingest-rig.ts';

const job = '0123456789abcdef0123456789abcdef';
const path = `uploads/pet-shop/${job}.jpg`;
const methods: readonly StoreMethod[] = ['head', 'read', 'writeIfAbsent', 'write', 'list', 'delete'];
const goods = { good: {}, bad: { inspect: () => Promise.reject(new CutlineError('IMAGE_CORRUPT')) } };
const moments = ['before', 'after'] as const;

/** Runs something at the n-th call to the store or the publisher. @returns whether there were so many */
function atCall(
  rig: IngestRig,
  wanted: number,
  when: 'before' | 'after',
  act: () => Promise<void>,
): () => boolean {
  let count = 0;
  const step = async (): Promise<void> => {
    if (++count === wanted) await act();
  };
  for (const method of methods) rig.store[when](method, step);
  rig.publisher[when](step);
  return () => count >= wanted;
}

for (const [kind, changes] of Object.entries(goods)) {
  for (const when of moments) {
    test(`A process that dies ${when} any of its calls loses nothing of a ${kind} photo`, async (t) => {
      let deaths = 0;
      for (let fatal = 1; ; fatal++) {
        const rig = createIngestRig(changes);
        const photo = await rig.upload(path);
        // Nothing of this process comes after its death; the next call of another process is the next count.
        const died = atCall(rig, fatal, when, () => Promise.reject(new Error('killed')));
        await deliver(rig.ingest.push, notification(photo));
        if (!died()) break;
        deaths++;
        const found = await rig.records.findJob(job);
        if (kind === 'good') {
          t.true(rig.stageMessages().length >= 1);
          for (const message of rig.stageMessages()) t.true(message.job === found?.uri);
          t.deepEqual(await rig.names(), [`jobs/${job}/job.json`]);
        } else {
          t.true(rig.failed().length >= 1);
          t.is(found, undefined);
          t.is((await rig.records.failed(job))?.record.error.code, 'IMAGE_CORRUPT');
        }
      }
      t.true(deaths >= 6, `${deaths}`);
    });

    test(`A ${kind} photo that is deleted ${when} any call does not come back`, async (t) => {
      let deletions = 0;
      for (let moment = 1; ; moment++) {
        const rig = createIngestRig(changes);
        const photo = await rig.upload(path);
        const deleted = atCall(rig, moment, when, async () => {
          await rig.store.quiet.delete(photo);
          await rig.records.deleteJob(job);
        });
        await deliver(rig.ingest.push, notification(photo));
        if (!deleted()) break;
        deletions++;
        t.deepEqual(await rig.names(), [], `${moment}`);
        // A message that was sent before names a job.json that is gone.
        for (const { job } of rig.stageMessages()) t.is(await rig.records.readJob(job), undefined);
        await deliver(rig.ingest.push, notification(photo));
        t.deepEqual(await rig.names(), []);
      }
      t.true(deletions >= 6, `${deletions}`);
    });
  }

  test(`Two deliveries of a ${kind} photo at once make one job`, async (t) => {
    const rig = createIngestRig(changes);
    const photo = await rig.upload(path);
    const both = [1, 2].map(() => deliver(rig.ingest.push, notification(photo)));
    await Promise.all(both);
    const found = await rig.records.findJob(job);
    if (kind === 'good')
      t.deepEqual(new Set(rig.stageMessages().map((message) => message.job)), new Set([found?.uri]));
    else t.deepEqual(new Set(rig.failed().map(({ input }) => input)), new Set([uriOf(photo)]));
  });
}

test('The first stage is told again until it has begun, and no longer', async (t) => {
  const rig = createIngestRig();
  const photo = await rig.upload(path);
  await deliver(rig.ingest.push, notification(photo));
  await deliver(rig.ingest.push, notification(photo));
  t.is(rig.stageMessages().length, 2);
  await rig.records.createFailed({
    schema: 1,
    job,
    tenant: 'pet-shop',
    reference: null,
    input: uriOf(photo),
    stage: 'upscale',
    error: { code: 'INTERNAL', detail: '' },
    retryable: true,
    tries: 6,
    at: '2026-11-20T12:00:00.000Z',
  });
  await deliver(rig.ingest.push, notification(photo));
  t.is(rig.stageMessages().length, 2);
  t.deepEqual(rig.failed(), [], 'its own stage tells of it');
});

test('A photo that was removed after its stage began takes nothing with it', async (t) => {
  const rig = createIngestRig();
  const photo = await rig.upload(path);
  await deliver(rig.ingest.push, notification(photo));
  await rig.records.beginTry(job, 'upscale', '1', 0, 6);
  await rig.store.quiet.delete(photo);
  await deliver(rig.ingest.push, notification(photo));
  t.truthy(await rig.records.findJob(job));
});

type Untold = (rig: IngestRig) => Promise<[PushHandler, Delivery]>;
const untold: Readonly<Record<string, Untold>> = {
  'of a bad photo': async (rig) => {
    const delivery = notification(await rig.upload(path, { 'cutline-scale': '3' }));
    rig.publisher.failNext();
    await rig.ingest.push(delivery);
    return [rig.ingest.push, delivery];
  },
  'of an upload that was given up with its job made': async (rig) => {
    const delivery = notification(await rig.upload(path));
    await rig.ingest.push(delivery);
    rig.publisher.failNext();
    await rig.ingest.deadLetter(delivery);
    return [rig.ingest.push, delivery];
  },
  'of an upload that was given up': async (rig) => {
    const delivery = notification(await rig.upload(path));
    rig.publisher.failNext();
    await rig.ingest.deadLetter(delivery);
    return [rig.ingest.deadLetter, delivery];
  },
  'of a stage message that was given up': async (rig) => {
    await rig.ingest.push(notification(await rig.upload(path)));
    const delivery = { ...notification(await rig.upload('uploads/x')), data: rig.stageMessages()[0] };
    rig.publisher.failNext();
    await rig.ingest.deadLetter(delivery);
    return [rig.ingest.deadLetter, delivery];
  },
};

for (const [what, prepare] of Object.entries(untold)) {
  test(`A failure ${what} is told of by the next delivery, once`, async (t) => {
    const rig = createIngestRig();
    const [handler, delivery] = await prepare(rig);
    t.is(rig.failed().length, 0);
    await deliver(handler, delivery);
    await deliver(handler, delivery);
    t.is(rig.failed().length, 1);
  });

  test(`A failure ${what} leaves nothing when its job is deleted while it is told of`, async (t) => {
    let deletions = 0;
    for (let moment = 1; ; moment++) {
      const rig = createIngestRig();
      const [handler, delivery] = await prepare(rig);
      t.not(await rig.records.failed(job), undefined);
      const deleted = atCall(rig, moment, 'before', async () => {
        await rig.store.quiet.delete({ bucket: 'uploads', name: path });
        await rig.records.deleteJob(job);
      });
      await deliver(handler, delivery);
      if (!deleted()) break;
      deletions++;
      t.deepEqual(await rig.names(), [], `${moment}`);
    }
    t.true(deletions >= 4, `${deletions}`);
  });
}
