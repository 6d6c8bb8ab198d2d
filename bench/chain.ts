// What the chain costs beside its work: from the upload to `completed`, less the time of the stages, hop by hop; in one
// process over files and the bus, and through Pub/Sub's emulator and fake-gcs-server with a process per function.
//   npm run bench chain [photos]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uploadNotice } from '../functions/local/upload-notice.ts';
import { ingestService } from '../functions/services.ts';
import { startStageService } from '../functions/stage-service.ts';
import { openRegistry } from '../models/registry.ts';
import { parseConfig } from '../shared/config/parse-config.ts';
import { createJobRecords } from '../shared/job-records.ts';
import { createLoadLadder } from '../shared/load-ladder.ts';
import type { LogFields, Logger } from '../shared/log.ts';
import type { Completed } from '../shared/message.ts';
import type { PushHandler } from '../shared/push.ts';
import { subscriptions } from '../shared/subscriptions.ts';
import { startCloudChain } from '../shared/testing/cloud-chain.ts';
import { buckets, noCloud } from '../shared/testing/cloud-emulators.ts';
import { newJob, samplePhoto } from '../shared/testing/cloud-jobs.ts';
import { createBus } from '../shared/transport/bus.ts';
import { createFileStore } from '../shared/transport/file-store.ts';
import { createMetrics } from '../shared/transport/prom-metrics.ts';
import type { Row } from './kit/report.ts';
import { figure, report } from './kit/report.ts';
import { median } from './kit/statistics.ts';

/** A photo that went through, and when; all in milliseconds since 1970. */
interface Passed {
  readonly uploaded: number;
  readonly completed: number;
  readonly document: Completed;
  /** By message: `ingest: started`. */
  readonly said: Readonly<Record<string, number>>;
  /** By stage: when its record was about to be written. */
  readonly finished: Readonly<Record<string, number>>;
}

interface Chain {
  readonly name: string;
  /** @param tenant another each time, so that nothing comes from the cache */
  pass(photo: Uint8Array, tenant: string): Promise<Passed>;
  close(): Promise<void>;
}

const metadata = { 'cutline-scale': '1' };
const route = ['segment', 'effects'] as const;
/** Messages from the upload to the end. */
const HOPS = route.length + 2;

async function openLocal(): Promise<Chain> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-bench-'));
  const config = parseConfig({ DEVICE: 'cpu', THREADS: '1' });
  const store = createFileStore(folder, { buckets: Object.values(buckets) });
  const lines: { message: string; fields: LogFields; at: number }[] = [];
  const log = remembering(lines);
  const bus = await createBus({ folder, subscriptions, log, now: Date.now, random: Math.random });
  const surroundings = { config, log, store, publisher: bus, buckets };
  const stages = startStageService({
    ...surroundings,
    stages: config.stages,
    continues: [],
    registry: await openRegistry(),
    metrics: createMetrics(),
    ladder: createLoadLadder(() => performance.now()),
    isEnding: () => false,
    onBroken: (error) => console.error(error),
  });
  await stages.opened;
  const { pushes } = ingestService(surroundings);
  const waiting = new Map<string, (end: { document: Completed; completed: number }) => void>();
  const end: PushHandler = async ({ data }) => {
    const document = data as Completed;
    waiting.get(document.job)?.({ document, completed: Date.now() });
    return { status: 204 };
  };
  bus.start(({ service, path }) => {
    if (service === 'ingest') return pushes[path]!;
    return service === 'storefront' ? end : stages.handler.push;
  });
  const records = createJobRecords({ store, bucket: buckets.results, now: Date.now });
  return {
    name: 'one process, files and bus',
    async pass(photo, tenant) {
      const job = newJob();
      const { promise, resolve } = Promise.withResolvers<{ document: Completed; completed: number }>();
      waiting.set(job, resolve);
      const object = { bucket: buckets.uploads, name: `uploads/${tenant}/${job}.jpg` };
      const { data, attributes } = uploadNotice(
        await store.write(object, photo, { contentType: 'image/jpeg', metadata }),
        Date.now(),
      );
      const uploaded = Date.now();
      await bus.publish('uploads', data, attributes);
      const ended = await promise;
      const own = lines.filter(({ fields }) => fields.job === job).map(({ message, at }) => [message, at]);
      return { uploaded, ...ended, said: Object.fromEntries(own), finished: await finishedOf(job, records) };
    },
    async close() {
      await bus.stop(10_000);
      await stages.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openEmulated(): Promise<Chain | undefined> {
  const chain = await startCloudChain({ functions: ['ingest', ...route] });
  return (
    chain && {
      name: 'a process each, through emulators',
      async pass(photo, tenant) {
        const { job } = await chain.upload(photo, { tenant, metadata });
        const uploaded = Date.now();
        const document = await chain.completed(job);
        const { at: completed } = await chain.inbox.first(({ data }) => data === document);
        const own = chain.said(job).map(({ message, time }) => [message, Date.parse(String(time))]);
        const said = Object.fromEntries(own);
        return { uploaded, completed, document, said, finished: await finishedOf(job, chain.records) };
      },
      close: () => chain.close(),
    }
  );
}

async function finishedOf(
  job: string,
  records: ReturnType<typeof createJobRecords>,
): Promise<Record<string, number>> {
  const found = await Promise.all(route.map((stage) => records.stage(job, stage)));
  return Object.fromEntries(found.map((one) => [one!.record.stage, Date.parse(one!.record.finished)]));
}

/** Where the time went in which no stage worked. A stage's work begins with its reading and ends with its last picture. */
function overheadOf({ uploaded, completed, document, said, finished }: Passed): Record<string, number> {
  const work = (stage: string): number => document.timings_ms[stage]!;
  const at = (message: string): number => said[message]!;
  const overhead = completed - uploaded - route.reduce((sum, stage) => sum + work(stage), 0);
  return {
    'upload → ingest': at('ingest: started') - uploaded,
    'ingest → segment, ingest’s own work in it': at('segment: started') - at('ingest: started'),
    'segment → effects': at('effects: started') - finished.segment!,
    'effects → completed': completed - finished.effects!,
    'in all': overhead,
    'per hop': overhead / HOPS,
    'for comparison: the stages’ work': completed - uploaded - overhead,
  };
}

function remembering(lines: { message: string; fields: LogFields; at: number }[]): Logger {
  const logger = (own: LogFields): Logger => {
    const write = (message: string, fields: LogFields = {}): void =>
      void lines.push({ message, fields: { ...own, ...fields }, at: Date.now() });
    const child = (fields: LogFields): Logger => logger({ ...own, ...fields });
    return { debug() {}, info: write, warning: write, error: write, child };
  };
  return logger({});
}

/** Rows of the table, and the median of what a hop costs. */
async function measure(
  { name, pass, close }: Chain,
  count: number,
): Promise<{ rows: Row[]; perHop: number }> {
  const photo = await samplePhoto('toy-robot', 1000);
  // The first pays for connections and code that is not compiled yet.
  const passed: Record<string, number>[] = [];
  for (let n = 0; n <= count; n++) passed.push(overheadOf(await pass(photo, `tenant-${n}`)));
  await close();
  const [first, ...others] = passed;
  const of = (part: string): number[] => others.map((one) => one[part]!);
  const rows = Object.keys(first!).map((part) => ({
    chain: name,
    part,
    'median, ms': median(of(part)),
    'least, ms': Math.min(...of(part)),
    'most, ms': Math.max(...of(part)),
    'first, ms': first![part]!,
  }));
  return { rows, perHop: median(of('per hop')) };
}

/** Beside the pictures' own files, which are read, decoded, encoded and written in any chain. */
const GOAL_MS = 15;

const count = Number(process.argv[2] ?? 10);
if (!Number.isInteger(count) || count < 1)
  throw new Error(`Expected a whole number of photos from 1 but received '${process.argv[2]}'`);
const local = await measure(await openLocal(), count);
const emulated = await openEmulated();
const through = emulated && (await measure(emulated, count));
await report({
  name: 'chain',
  title: `Hops between stages: ${count} photos of 1 megapixel at scale 1`,
  device: 'cpu',
  rows: [...local.rows, ...(through?.rows ?? [])],
  goals: [
    {
      what: 'a hop in one process, the median photo',
      goal: `≤ ${GOAL_MS} ms`,
      measured: `${figure(local.perHop)} ms`,
      met: local.perHop <= GOAL_MS,
    },
  ],
  notes: through ? [] : [`Through emulators: ${noCloud}`],
  figures: { hop_ms: local.perHop },
});
