// The chain as it runs in the cloud: real functions, woken by the real clients' messages through emulators.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { formatUri, parseUri } from '../shared/gs-uri.ts';
import type { Completed } from '../shared/message.ts';
import type { CloudChain } from '../shared/testing/cloud-chain.ts';
import { inCloud } from '../shared/testing/cloud-chain.ts';
import { buckets } from '../shared/testing/cloud-emulators.ts';
import { samplePhoto } from '../shared/testing/cloud-jobs.ts';

const [fox, robot, bear] = await Promise.all([
  samplePhoto('plush-fox', 600),
  samplePhoto('toy-robot'),
  samplePhoto('plush-bear', 400),
]);
const CUT_OUT_ONLY = { 'cutline-scale': '1', 'cutline-effects': 'none' };

await inCloud(test, { functions: ['ingest', 'upscale', 'segment', 'effects'] }, (chain) => {
  test.serial('Two photos put into the bucket at once are completed, each once', async (t) => {
    const [one, two] = await Promise.all([
      chain.upload(fox, { metadata: { 'cutline-reference': 'order 7' } }),
      chain.upload(robot, { tenant: 'other', metadata: CUT_OUT_ONLY }),
    ]);
    const [full, cutOut] = await Promise.all([chain.completed(one.job), chain.completed(two.job)]);
    t.like(full, {
      schema: 1,
      job: one.job,
      tenant: 'shop',
      reference: 'order 7',
      input: one.uri,
      cached: [],
    });
    t.like(full, { width: 1200, height: 1500 });
    t.deepEqual(Object.keys(full.outputs).sort(), ['color', 'cutout', 'enhanced-bw', 'upscaled']);
    t.deepEqual(
      [...(await chain.objects(one.job)).keys()],
      [
        'announced/completed.json',
        'effects.json',
        'effects/color.png',
        'effects/enhanced-bw.png',
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
    t.like(cutOut, { tenant: 'other', reference: null, input: two.uri, width: 1200, height: 1200 });
    t.deepEqual(Object.keys(cutOut.models), ['segment']);
    t.deepEqual(
      [...(await chain.objects(two.job)).keys()],
      ['announced/completed.json', 'job.json', 'segment.json', 'segment/cutout.png', 'tries/segment-1.json'],
    );
    for (const document of [full, cutOut]) {
      t.deepEqual(chain.ends(document.job), { completed: [document], failed: [] });
      t.deepEqual(await asKept(document, chain), document.outputs);
    }
  });

  test.serial(
    'One trace ties together what all functions say of a photo, and each step has its span',
    async (t) => {
      const { job } = await chain.upload(bear, {
        metadata: { 'cutline-scale': '2', 'cutline-effects': 'color' },
      });
      await chain.completed(job);
      await chain.running('effects').logged('effects: ended', (line) => line.job === job);
      const lines = chain.said(job);
      t.deepEqual(
        lines.map(({ message }) => message),
        ['ingest', 'upscale', 'segment', 'effects'].flatMap((name) => [`${name}: started`, `${name}: ended`]),
      );
      const [trace, ...others] = new Set(lines.map((line) => line['logging.googleapis.com/trace']));
      t.regex(String(trace), /^projects\/chain\/traces\/[0-9a-f]{32}$/);
      t.deepEqual(others, []);
      const spans = new Set(lines.map((line) => line['logging.googleapis.com/spanId']));
      // The first stage is told in ingest's own.
      t.is(spans.size, 3);
      const { trace: carried } = await chain.message(job, 'effects');
      t.is(carried.split('-')[1], String(trace).split('/').at(-1));
    },
  );

  test.serial('A photo that comes again is served from the cache, each stage by itself', async (t) => {
    const metadata = { 'cutline-effects': 'sketch' };
    const { job } = await chain.upload(fox, { metadata });
    const again = await chain.completed(job);
    t.deepEqual(again.cached, ['upscale', 'segment']);
    t.deepEqual(Object.keys(again.outputs).sort(), ['cutout', 'sketch', 'upscaled']);
    t.deepEqual(await asKept(again, chain), again.outputs);
    const { job: elsewhere } = await chain.upload(robot, { tenant: 'third', metadata: CUT_OUT_ONLY });
    t.deepEqual((await chain.completed(elsewhere)).cached, [], 'what another tenant had is not given away');
  });

  test.serial('A damaged photo fails, tried once and not delivered again', async (t) => {
    const { job, uri } = await chain.upload(fox.subarray(0, fox.length / 2), { metadata: CUT_OUT_ONLY });
    const failed = await chain.failed(job);
    t.like(failed, {
      schema: 1,
      job,
      tenant: 'shop',
      input: uri,
      stage: 'segment',
      retryable: false,
      tries: 1,
    });
    t.is(failed.error.code, 'IMAGE_CORRUPT');
    const { job: next } = await chain.upload(bear, { metadata: CUT_OUT_ONLY });
    await chain.completed(next);
    t.deepEqual(await chain.records.failed(job).then((found) => found?.record), failed);
    t.like(await chain.records.readTry(job, 'segment', 1), { code: 'IMAGE_CORRUPT' });
    t.is(await chain.records.readTry(job, 'segment', 2), undefined);
    t.is(chain.said(job).filter(({ message }) => message === 'segment: started').length, 1);
    t.deepEqual(chain.ends(job), { completed: [], failed: [failed] });
  });

  test.serial('Wrong options fail the job before any stage, and all are named', async (t) => {
    const metadata = {
      'cutline-scale': '3',
      'cutline-colour': 'red',
      'cutline-reference': 'order 8',
      other: 'x',
    };
    const { job } = await chain.upload(fox, { metadata });
    const failed = await chain.failed(job);
    t.like(failed, { stage: 'ingest', reference: 'order 8', retryable: false, tries: 0 });
    t.is(failed.error.code, 'OPTIONS_INVALID');
    t.regex(failed.error.detail, /cutline-scale.*'3'/);
    t.regex(failed.error.detail, /cutline-colour/);
    t.is(await chain.records.findJob(job), undefined);
  });

  test.serial('A photo that is gone or replaced when its turn comes asks for nothing', async (t) => {
    const ingest = chain.running('ingest');
    ingest.child.kill('SIGSTOP');
    const gone = await chain.upload(robot);
    await chain.store.delete(gone.object);
    const before = await chain.upload(robot);
    const after = await chain.upload(bear, { job: before.job, metadata: CUT_OUT_ONLY });
    ingest.child.kill('SIGCONT');
    const { input, width } = await chain.completed(after.job);
    t.deepEqual([input, width], [after.uri, 400]);
    for (const { object } of [gone, before])
      await chain.soon(
        'a dropped message',
        ingest.logged('A message was dropped', isAbout(object.name, 'INPUT_GONE')),
      );
    t.deepEqual([...(await chain.objects(gone.job))], []);
    t.deepEqual(chain.ends(gone.job), { completed: [], failed: [] });
  });

  test.serial('A photo that is replaced before its stage ends the job', async (t) => {
    const { child } = chain.running('segment');
    child.kill('SIGSTOP');
    const { job, uri } = await chain.upload(fox, { tenant: 'hasty', metadata: CUT_OUT_ONLY });
    await chain.message(job, 'segment');
    await chain.upload(bear, { tenant: 'hasty', job, metadata: CUT_OUT_ONLY });
    child.kill('SIGCONT');
    const failed = await chain.failed(job);
    t.like(failed, { input: uri, stage: 'segment', retryable: false, tries: 0 });
    t.is(failed.error.code, 'INPUT_GONE');
  });

  const horse = process.env.PHOTOS_DIR && join(process.env.PHOTOS_DIR, 'pets/horse.jpg');
  const withHorse = horse ? test.serial : test.serial.skip;
  withHorse('A real photo goes through the whole chain (PHOTOS_DIR)', async (t) => {
    const { job } = await chain.upload(await readFile(horse!));
    const completed = await chain.completed(job);
    t.deepEqual(Object.keys(completed.outputs).sort(), ['color', 'cutout', 'enhanced-bw', 'upscaled']);
    t.deepEqual(await asKept(completed, chain), completed.outputs);
    const { subject } = completed;
    t.true(subject !== null && subject.width * subject.height > 0.05 * completed.width * completed.height);
  });
});

/** What a document says of its outputs, with what is in the bucket in place of what can be looked up there. */
async function asKept({ outputs }: Completed, { store }: CloudChain): Promise<Completed['outputs']> {
  const look = async ([name, output]: [string, Completed['outputs'][string]]) => {
    const { name: path } = parseUri(output.uri)!;
    const info = await store.head({ bucket: buckets.results, name: path });
    const kept = info && { uri: formatUri(info), bytes: info.bytes, content_type: info.contentType };
    return [name, { ...output, ...kept }] as const;
  };
  return Object.fromEntries(await Promise.all(Object.entries(outputs).map(look)));
}

function isAbout(object: string, code: string): (line: { readonly [key: string]: unknown }) => boolean {
  return (line) => line.object === object && (line.error as { code?: string }).code === code;
}
