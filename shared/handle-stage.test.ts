import test from 'ava';
import { CutlineError } from './errors.ts';
import { parseUri } from './gs-uri.ts';
import { createChainRig, ids } from './testing/chain-rig.ts';

const job = ids[0]!;
const outcome = [
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
].map((name) => `jobs/${job}/${name}`);

test('a photo goes through its stages and completes once, with every record where it belongs', async (t) => {
  const rig = createChainRig();
  await rig.pump(rig.delivery(await rig.upload(job, {})));
  t.deepEqual(await rig.names(job), outcome);
  const [completed, ...more] = rig.completed();
  t.deepEqual(more, []);
  t.like(completed, { job, tenant: 'shop', reference: null, width: 16, height: 16, cached: [] });
  t.deepEqual(Object.keys(completed!.outputs), ['upscaled', 'cutout', 'color']);
  t.deepEqual(Object.keys(completed!.models), ['upscale', 'segment', 'effects']);
  t.deepEqual(completed!.subject, { left: 0, top: 0, width: 16, height: 16 });
  for (const { uri } of Object.values(completed!.outputs)) t.truthy(await rig.store.head(parseUri(uri)!));
  t.deepEqual(
    rig.publisher.published.map(({ topic }) => topic),
    ['segment', 'effects', 'completed'],
  );
});

test('a service of several stages goes on by itself and writes every record all the same', async (t) => {
  const rig = createChainRig({ continues: ['segment', 'effects'] });
  await rig.pump(rig.delivery(await rig.upload(job)));
  t.deepEqual(await rig.names(job), outcome);
  t.deepEqual(
    rig.publisher.published.map(({ topic }) => topic),
    ['completed'],
  );
});

test('two deliveries of each message at once end in one set of objects and one announcement', async (t) => {
  const rig = createChainRig();
  await rig.pump(rig.delivery(await rig.upload(job)), { doubled: true });
  t.deepEqual(await rig.names(job), outcome);
  t.is(rig.completed().length, 1);
  t.deepEqual(rig.runs, { upscale: 1, segment: 1, effects: 1 });
});

test('two processes at once: the first written wins, the other looks again', async (t) => {
  const rig = createChainRig();
  const message = rig.delivery(await rig.upload(job, { scale: 1, effects: [] }));
  const first = rig.push(message);
  rig.restart();
  const answers = await Promise.all([first, rig.push(message)]);
  t.deepEqual(answers.map(({ status }) => status).sort(), [204, 503]);
  await rig.pump(message);
  t.is(rig.completed().length, 1);
  t.deepEqual(
    (await rig.names(job)).filter((name) => name.includes('/segment/')),
    [`jobs/${job}/segment/cutout.png`],
  );
});

// Every call to the store and the publisher, in turn, is the last of its process: done or not done.
for (const when of ['before', 'after'] as const) {
  test(`a process that dies ${when} any of its calls loses nothing and doubles nothing`, async (t) => {
    let deaths = 0;
    for (let fatal = 1; ; fatal++) {
      const rig = createChainRig();
      const first = rig.delivery(await rig.upload(job));
      let count = 0;
      let dead = false;
      const step = (): void => {
        if (++count === fatal) dead = true;
        if (dead) throw new CutlineError('STORE_UNAVAILABLE', { message: 'the process is dead' });
      };
      const methods = ['head', 'read', 'write', 'writeIfAbsent', 'copyIfAbsent', 'delete', 'list'] as const;
      const undo = [...methods.map((method) => rig.store[when](method, step)), rig.publisher[when](step)];
      const lost = [first];
      for (let at = 0; at < lost.length && !dead; at++) {
        const { status } = await rig.push(lost[at]!);
        if (status === 204) lost.splice(at--, 1);
        for (const { topic, data } of rig.publisher.published.slice(-1))
          if (!dead && topic !== 'completed') lost.push(rig.delivery(data, `${topic}-1`));
      }
      for (const stop of undo) stop();
      if (!dead) {
        t.true(deaths > 30, `${deaths} moments were tried`);
        return;
      }
      deaths++;
      rig.restart();
      for (const message of lost) await rig.pump(message);
      await rig.pump();
      const names = (await rig.names(job)).filter((name) => !name.includes('/tries/'));
      t.deepEqual(
        names,
        outcome.filter((name) => !name.includes('/tries/')),
        `moment ${fatal}`,
      );
      // Only between an announcement and its mark may it be made twice; Pub/Sub itself promises no more.
      const announced = rig.completed().length;
      t.true(announced === 1 || announced === 2, `moment ${fatal}: ${announced} announcements`);
      t.is(rig.failed().length, 0);
    }
  });
}

test('waiting is no try: a busy, cold or ending stage leaves none', async (t) => {
  for (const code of ['BUSY', 'MODEL_LOADING', 'SHUTTING_DOWN'] as const) {
    const rig = createChainRig({ refusal: () => new CutlineError(code) });
    const message = rig.delivery(await rig.upload(job));
    const { status, body } = await rig.push(message);
    t.is(status, 503);
    t.like(body, { error_code: code });
    t.deepEqual(await rig.names(job), [`jobs/${job}/job.json`]);
  }
});

test('a message waits for a slot no longer than its time', async (t) => {
  const rig = createChainRig({ waitMs: { message: 20, caller: 20 } });
  void rig.handling.slots.run(() => new Promise(() => {}));
  void rig.handling.slots.run(() => new Promise(() => {}));
  const { status, body } = await rig.push(rig.delivery(await rig.upload(job)));
  t.is(status, 503);
  t.like(body, { error_code: 'BUSY' });
  t.is(rig.handling.slots.waiting, 0);
});

test('an upscaler that has nothing to do hands the photo on', async (t) => {
  const rig = createChainRig();
  await rig.pump(rig.delivery(await rig.upload(job, { max_dimension: 64, scale: 2 }, 'shop', 200)));
  const [completed] = rig.completed();
  t.deepEqual(Object.keys(completed!.outputs), ['cutout', 'color']);
  t.deepEqual(Object.keys(completed!.models), ['segment', 'effects']);
  t.like(completed, { width: 200, height: 200 });
});

test('the synchronous path counts no try and publishes nothing', async (t) => {
  const rig = createChainRig();
  const message = await rig.upload(job);
  const record = await rig.run(message);
  t.like(record, { job, stage: 'upscale', width: 16, cached: false });
  t.deepEqual(rig.publisher.published, []);
  t.deepEqual(await rig.names(job), [
    `jobs/${job}/job.json`,
    `jobs/${job}/upscale.json`,
    `jobs/${job}/upscale/upscaled.png`,
  ]);
  t.deepEqual(await rig.run(message), record, 'asked again it answers with the record');
});
