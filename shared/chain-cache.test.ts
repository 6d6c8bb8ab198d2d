import test from 'ava';
import { CutlineError } from './errors.ts';
import { parseUri } from './gs-uri.ts';
import { createChainRig, ids } from './testing/chain-rig.ts';
import { fakeLog } from './testing/fake-log.ts';

const [first, second, third] = ids as [string, string, string];

test('a repeated photo of the same tenant is served without the models, and the end is told all the same', async (t) => {
  const rig = createChainRig();
  await rig.pump(rig.delivery(await rig.upload(first)));
  const tries = (await rig.names(first)).filter((name) => name.includes('tries'));
  await rig.pump(rig.delivery(await rig.upload(second)));
  t.is(tries.length, 3);
  t.deepEqual(
    (await rig.names(second)).filter((name) => name.includes('tries')),
    [],
  );
  t.deepEqual(rig.completed()[1]!.cached, ['upscale', 'segment', 'effects']);
  for (const { uri } of Object.values(rig.completed()[1]!.outputs)) {
    t.true(uri.includes(second), 'the outputs are the job’s own');
    t.truthy(await rig.store.head(parseUri(uri)!));
  }
});

const others = [
  { name: 'another tenant', tenant: 'other', options: {}, cached: [] },
  { name: 'another look', tenant: 'shop', options: { effects: ['sketch'] }, cached: ['upscale', 'segment'] },
  { name: 'another edge', tenant: 'shop', options: { smoothing: false }, cached: ['upscale'] },
];

for (const { name, tenant, options, cached } of others) {
  test(`with ${name} only what is the same comes from the cache`, async (t) => {
    const rig = createChainRig();
    await rig.pump(rig.delivery(await rig.upload(first)));
    await rig.pump(rig.delivery(await rig.upload(second, options, tenant)));
    // Constant models cut the same picture out either way, so looks may be found by their content.
    const found = rig
      .completed()[1]!
      .cached.filter((stage) => name !== 'another edge' || stage !== 'effects');
    t.deepEqual(found, cached as typeof found);
  });
}

test('what a deleted job left in the cache is a miss', async (t) => {
  const rig = createChainRig();
  await rig.pump(rig.delivery(await rig.upload(first)));
  t.true(await rig.quiet.deleteJob(first));
  t.deepEqual(await rig.store.names('results'), [], 'records, outputs and pointers are gone');
  t.deepEqual(await rig.store.names('uploads'), [], 'and the upload');
  await rig.pump(rig.delivery(await rig.upload(second)));
  t.deepEqual(rig.completed()[1]!.cached, []);
});

test('a pointer to a record that is gone is written anew', async (t) => {
  const rig = createChainRig();
  await rig.pump(rig.delivery(await rig.upload(first)));
  for (const name of await rig.store.names('results', `jobs/${first}/`))
    await rig.store.quiet.delete({ bucket: 'results', name });
  await rig.pump(rig.delivery(await rig.upload(second)));
  await rig.pump(rig.delivery(await rig.upload(third)));
  t.deepEqual(
    rig.completed().map(({ cached }) => cached.length),
    [0, 0, 3],
  );
});

// Deletion at every moment: before each call of the chain to its store.
test('a job that is deleted at any moment leaves nothing and comes back by no message', async (t) => {
  let moments = 0;
  for (let moment = 1; ; moment++) {
    const log = fakeLog();
    const rig = createChainRig({ log });
    const message = await rig.upload(first);
    let count = 0;
    let deleted = false;
    const step = async (): Promise<void> => {
      if (++count !== moment) return;
      deleted = true;
      await rig.quiet.deleteJob(first);
    };
    const methods = ['head', 'read', 'write', 'writeIfAbsent', 'copyIfAbsent', 'list'] as const;
    const undo = methods.map((method) => rig.store.before(method, step));
    await rig.pump(rig.delivery(message));
    for (const stop of undo) stop();
    if (!deleted) break;
    moments++;
    const left = await rig.store.names('results');
    t.deepEqual(left, [], `deleted before call ${moment}`);
    const said = (end: string) => log.lines.filter(({ message }) => message.endsWith(end)).length;
    const told = said(': ended') + said(': the job was deleted meanwhile');
    t.is(told, said(': started'), `deleted before call ${moment}, the log says how each try ended`);
    await rig.pump(rig.delivery(message));
    t.deepEqual(await rig.store.names('results'), [], `delivered again after ${moment}`);
  }
  t.true(moments > 30, `${moments} moments were tried`);
});

test('a job that is deleted just before its process dies leaves nothing once the message came again', async (t) => {
  let moments = 0;
  for (let moment = 1; ; moment++) {
    const rig = createChainRig();
    const message = rig.delivery(await rig.upload(first));
    let count = 0;
    const undo = [
      rig.store.before('writeIfAbsent', async () => {
        if (++count === moment) await rig.quiet.deleteJob(first);
      }),
      ...(['head', 'read', 'write', 'writeIfAbsent', 'delete', 'list'] as const).map((method) =>
        rig.store.before(method, ({ name }) => {
          if (count > moment || (count === moment && method !== 'writeIfAbsent'))
            throw new CutlineError('STORE_UNAVAILABLE', { message: `the process is dead before ${name}` });
        }),
      ),
    ];
    await rig.push(message);
    for (const stop of undo) stop();
    if (count < moment) break;
    moments++;
    t.deepEqual(rig.publisher.published, []);
    rig.restart();
    await rig.pump(message);
    t.deepEqual(await rig.store.names('results', 'jobs/'), [], `deleted before write ${moment}`);
  }
  t.is(moments, 3, 'its try, its picture, its record');
});
