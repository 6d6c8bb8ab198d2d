import test from 'ava';
import { formatUri, parseUri } from './gs-uri.ts';
import { jobOptionsSchema } from './job.ts';
import { createJobRecords } from './job-records.ts';
import type { Job } from './pipeline.ts';
import { pipeline } from './pipeline.ts';
import type { JobRecord, StageRecord } from './records.ts';
import { paths } from './records.ts';
import type { KeyParts } from './result-cache.ts';
import { cacheKey, createResultCache } from './result-cache.ts';
import { ids } from './testing/chain-rig.ts';
import { fakeStore } from './testing/fake-store.ts';

const [first, second] = ids as [string, string];
const stage = (name: string) => pipeline.find((one) => one.name === name)!;
const options: Job = { ...jobOptionsSchema.parse({}), model: 'mask', upscaler: 'twice' };
const parts: KeyParts = {
  tenant: 'shop',
  input: Uint8Array.of(1, 2, 3),
  stage: stage('segment'),
  job: options,
  graphs: [{ id: 'mask', sha256: 'a'.repeat(64) }],
};

test('a key is the same for the same, whatever else a job says', (t) => {
  const key = cacheKey(parts);
  t.regex(key, /^[0-9a-f]{64}$/);
  t.is(cacheKey({ ...parts, input: Uint8Array.of(0, 1, 2, 3).subarray(1) }), key);
  t.is(cacheKey({ ...parts, job: { ...options, scale: 4, effects: ['sketch'], print: true } }), key);
});

const changes: Readonly<Record<string, Partial<KeyParts>>> = {
  'another tenant': { tenant: 'other' },
  'another photo': { input: Uint8Array.of(1, 2, 4) },
  'another stage': { stage: stage('effects') },
  'no smoothing': { job: { ...options, smoothing: false } },
  'no refining': { job: { ...options, refine: false } },
  'another model': { graphs: [{ id: 'other', sha256: 'a'.repeat(64) }] },
  'another build of the model': { graphs: [{ id: 'mask', sha256: 'b'.repeat(64) }] },
  'a corrected mask': { mask: Uint8Array.of(1) },
  'a helper more': { graphs: [...parts.graphs, { id: 'box', sha256: 'c'.repeat(64) }] },
};

test('another mask is another key', (t) => {
  const key = cacheKey({ ...parts, mask: Uint8Array.of(1) });
  t.is(cacheKey({ ...parts, mask: Uint8Array.of(1) }), key);
  t.not(cacheKey({ ...parts, mask: Uint8Array.of(2) }), key);
});

for (const [what, change] of Object.entries(changes)) {
  test(`${what} is another key`, (t) => {
    t.not(cacheKey({ ...parts, ...change }), cacheKey(parts));
  });
}

const wishes: readonly (readonly [stage: string, change: Partial<Job>])[] = [
  ['upscale', { scale: 4 }],
  ['upscale', { max_dimension: 100 }],
  ['upscale', { denoise: 0 }],
  ['effects', { effects: ['sketch'] }],
  ['effects', { effects: ['color', 'enhanced-bw'] }],
  ['effects', { effect_options: { halftone: { pitch: 6 } } }],
  ['effects', { print: true }],
];

for (const [name, change] of wishes) {
  test(`${JSON.stringify(change)} is another key of ${name}, and of no other stage`, (t) => {
    for (const one of pipeline) {
      const plain = cacheKey({ ...parts, stage: one });
      const changed = cacheKey({ ...parts, stage: one, job: { ...options, ...change } });
      t.is(changed !== plain, one.name === name, one.name);
    }
  });
}

/** A job whose cut-out is there and remembered, and another one that could use it. */
async function remembered() {
  const store = fakeStore();
  const cache = createResultCache(store, 'results');
  const records = createJobRecords({ store: store.quiet, bucket: 'results', now: () => 0 });
  const cutout = await store.put(
    { bucket: 'results', name: paths.output(first, 'segment', 'cutout', 'png') },
    'pixels',
    { contentType: 'image/png' },
  );
  const record: StageRecord = {
    schema: 1,
    job: first,
    stage: 'segment',
    input: 'gs://uploads/a.jpg#1',
    hands_on: formatUri(cutout),
    outputs: { cutout: { uri: formatUri(cutout), width: 3, height: 2, bytes: 6, content_type: 'image/png' } },
    width: 3,
    height: 2,
    subject: null,
    notes: [],
    models: [],
    device: 'cpu',
    timings_ms: { total: 5 },
    cached: false,
    cache_key: 'key',
    finished: '2026-11-20T12:00:00.000Z',
  };
  const { uri } = await records.createStage(record);
  await cache.remember('key', uri);
  const other: JobRecord = {
    schema: 1,
    job: second,
    tenant: 'shop',
    reference: null,
    input: 'gs://uploads/b.jpg#2',
    options: jobOptionsSchema.parse({}),
    route: ['segment'],
    created: '2026-11-20T12:00:00.000Z',
  };
  return { store, cache, records, record, cutout, other };
}

test('a hit is the same picture under the new job, and the record of then', async (t) => {
  const { store, cache, record, other } = await remembered();
  const copied = (await cache.copy('key', other, other.input))!;
  const { uri } = copied.outputs.cutout!;
  t.regex(uri, new RegExp(`^gs://results/jobs/${second}/segment/cutout\\.png#\\d+$`));
  t.deepEqual(copied, {
    from: record,
    outputs: { cutout: { ...record.outputs.cutout!, uri } },
    hands_on: uri,
  });
  const found = (await store.quiet.read(parseUri(uri)!, 100))!;
  t.is(new TextDecoder().decode(found.data), 'pixels');
  t.is(found.info.contentType, 'image/png');
});

test('a stage that had nothing to do then hands the new photo on', async (t) => {
  const { cache, records, record, other } = await remembered();
  const input = 'gs://uploads/a.jpg#1';
  const idle = { ...record, stage: 'upscale', outputs: {}, hands_on: input } as const;
  await cache.remember('idle', (await records.createStage(idle)).uri);
  t.like(await cache.copy('idle', other, other.input), { outputs: {}, hands_on: other.input });
});

test('another key is a miss', async (t) => {
  const { cache, other } = await remembered();
  t.is(await cache.copy('other', other, other.input), undefined);
});

test('a pointer whose record or picture is gone is a miss, and can be written anew', async (t) => {
  for (const name of [paths.record(first, 'segment'), paths.output(first, 'segment', 'cutout', 'png')]) {
    const { store, cache, other } = await remembered();
    t.true(await store.quiet.delete({ bucket: 'results', name }));
    t.is(await cache.copy('key', other, other.input), undefined, name);
  }
});

test('a picture that was written again since is not the one of the record', async (t) => {
  const { store, cache, cutout, other } = await remembered();
  await store.put({ bucket: cutout.bucket, name: cutout.name }, 'others');
  t.is(await cache.copy('key', other, other.input), undefined);
});

test('a pointer that is none of ours is an error, and touches nothing', async (t) => {
  const { store, cache, other } = await remembered();
  await store.put(
    { bucket: 'results', name: paths.cache('key') },
    { schema: 1, record: 'gs://results/../x#1' },
  );
  await t.throwsAsync(cache.copy('key', other, other.input), { code: 'INTERNAL' });
  t.deepEqual(await store.names('results', `jobs/${second}/`), []);
});
