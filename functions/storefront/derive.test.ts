import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import { createDeliveryRig } from '../../shared/testing/delivery-rig.ts';
import type { MakeForm } from './derive.ts';
import { createDerive, formKey, MAX_FORMS } from './derive.ts';

const job = 'a'.repeat(32);
const png = { extension: 'png', contentType: 'image/png' } as const;

async function open() {
  const rig = createDeliveryRig();
  await rig.addJob(job);
  const located = await rig.files.locate(job);
  const file = await rig.files.file(located, 'cutout');
  const form = (name: string) => ({ key: formKey(file, { name }), ...png });
  const objectOf = (name: string) => ({
    bucket: 'results',
    name: `jobs/${job}/derived/${form(name).key}.png`,
  });
  const derive = (name: string, make: MakeForm, signal?: AbortSignal) =>
    rig.derive(located, file, form(name), make, signal);
  return { rig, located, file, form, objectOf, derive };
}

/** Work that the test ends. */
function held() {
  const gate = Promise.withResolvers<void>();
  const counts = { begun: 0, atOnce: 0, most: 0 };
  const make: MakeForm = async (stored) => {
    counts.begun++;
    counts.most = Math.max(counts.most, ++counts.atOnce);
    await gate.promise;
    counts.atOnce--;
    return stored.subarray(0, 8);
  };
  return { make, counts, release: () => gate.resolve() };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('One form that twenty ask for at once is made once', async (t) => {
  const { rig, derive, objectOf } = await open();
  const { make, counts, release } = held();
  const asked = Array.from({ length: 20 }, () => derive('red', make));
  await settled();
  release();
  const made = await Promise.all(asked);
  t.is(counts.begun, 1);
  t.is(new Set(made.map(({ object }) => object.generation)).size, 1);
  t.true(made.every(({ data }) => data?.byteLength === 8));
  t.is((await rig.store.quiet.head(objectOf('red')))!.contentType, 'image/png');
  t.is((await derive('red', make)).data, undefined);
});

test('Of twenty forms two are made at a time, and the rest wait', async (t) => {
  const { rig, derive } = await open();
  const { make, counts, release } = held();
  const asked = Array.from({ length: 20 }, (_, index) => derive(`form ${index}`, make));
  await settled();
  t.is(counts.begun, 2);
  t.is(rig.slots.waiting, 18);
  release();
  await Promise.all(asked);
  t.deepEqual([counts.begun, counts.most], [20, 2]);
});

test('More than may wait are told that the service is busy', async (t) => {
  const { derive } = await open();
  const { make, release } = held();
  const asked = Array.from({ length: 25 }, (_, index) => derive(`form ${index}`, make));
  const outcomes = Promise.allSettled(asked);
  await settled();
  release();
  const refused = (await outcomes).filter((outcome) => outcome.status === 'rejected');
  t.deepEqual(
    refused.map(({ reason }) => reason.code),
    ['BUSY', 'BUSY', 'BUSY'],
  );
});

test('One that finds no slot in time is told that the service is busy, and waits no more', async (t) => {
  const { rig, located, file, form, derive } = await open();
  const { make, counts, release } = held();
  const working = [derive('a', make), derive('b', make)];
  await settled();
  const hasty = createDerive({ ...rig, waitMs: 1 });
  await t.throwsAsync(hasty(located, file, form('c'), make), { code: 'BUSY' });
  t.is(rig.slots.waiting, 0);
  release();
  await Promise.all(working);
  t.is(counts.begun, 2);
});

test('Made by another instance while this one waited, it is not made again', async (t) => {
  const { rig, derive, objectOf } = await open();
  const { make, counts, release } = held();
  const [first, second] = [derive('a', make), derive('b', make)];
  const third = derive('c', make);
  await settled();
  await rig.store.put(objectOf('c'), Uint8Array.of(1), { contentType: 'image/png' });
  release();
  await Promise.all([first, second]);
  t.is((await third).object.bytes, 1);
  t.is(counts.begun, 2);
});

test('When two instances make it at once the first written counts', async (t) => {
  const { rig, located, file, form, derive } = await open();
  const elsewhere = createDerive({ ...rig, waitMs: 60_000 });
  const make: MakeForm = async (stored) => stored.subarray(0, 8);
  const both = await Promise.all([derive('red', make), elsewhere(located, file, form('red'), make)]);
  t.is(both[0].object.generation, both[1].object.generation);
  t.is(both.filter(({ data }) => data).length, 1);
});

test('A job that is deleted while its file is made keeps nothing', async (t) => {
  for (const moment of ['making', 'writing'] as const) {
    const { rig, derive } = await open();
    const destroy = (): Promise<boolean> => rig.quiet.deleteJob(job);
    if (moment === 'writing') rig.store.before('writeIfAbsent', async () => void (await destroy()));
    const make: MakeForm = async () => {
      if (moment === 'making') await destroy();
      return new Uint8Array(8);
    };
    await t.throwsAsync(derive('red', make), { code: 'JOB_NOT_FOUND' });
    t.deepEqual(await rig.store.names('results'), [], moment);
  }
});

test('A file that has gone is a job that is gone', async (t) => {
  const { rig, derive } = await open();
  await rig.store.quiet.delete({ bucket: 'results', name: `jobs/${job}/segment/cutout.png` });
  await t.throwsAsync(
    derive('red', async () => new Uint8Array(1)),
    { code: 'JOB_NOT_FOUND' },
  );
});

test('When the last who waits has left, nothing more is done and nothing is kept', async (t) => {
  const { rig, derive } = await open();
  const gone = new AbortController();
  const seen = Promise.withResolvers<AbortSignal>();
  const asked = derive(
    'red',
    async (stored, signal) => {
      seen.resolve(signal);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return stored;
    },
    gone.signal,
  );
  const signal = await seen.promise;
  gone.abort(new CutlineError('CANCELLED'));
  await t.throwsAsync(asked, { code: 'CANCELLED' });
  t.true(signal.aborted);
  await settled();
  t.false((await rig.store.names('results')).some((name) => name.includes('derived')));
  t.is(rig.slots.taken, 0);
});

test('A store that fails once leaves no trace: the next who asks gets it', async (t) => {
  const { rig, derive } = await open();
  const make: MakeForm = async (stored) => stored.subarray(0, 8);
  for (const method of ['head', 'list', 'read', 'writeIfAbsent'] as const) {
    rig.store.failNext(method);
    await t.throwsAsync(derive('red', make), { code: 'STORE_UNAVAILABLE' }, method);
  }
  t.is((await derive('red', make)).data!.byteLength, 8);
});

test('Of one job only so many forms are kept', async (t) => {
  const { rig, derive, objectOf } = await open();
  const folder = objectOf('x').name.replace(/[^/]+$/, '');
  for (let index = 1; index < MAX_FORMS; index++)
    await rig.store.put({ bucket: 'results', name: `${folder}${index}.png` }, Uint8Array.of(1));
  const make: MakeForm = async (stored) => stored.subarray(0, 8);
  await derive('last', make);
  await t.throwsAsync(derive('one more', make), { code: 'TOO_MANY_FORMS' });
  t.is((await derive('last', make)).data, undefined);
});
