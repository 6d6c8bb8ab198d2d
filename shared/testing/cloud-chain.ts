// The whole chain as in the cloud, on this machine: each function a process of its own under functions-framework, woken
// by pushes alone; and what a test wants to know of a job.
import { randomBytes } from 'node:crypto';
import type { TestFn } from 'ava';
import { formatUri } from '../gs-uri.ts';
import type { Completed, Failed, StageMessage } from '../message.ts';
import type { ObjectInfo } from '../object-store.ts';
import type { ServiceName } from '../subscriptions.ts';
import { serviceNames } from '../subscriptions.ts';
import type { Cloud } from './cloud-emulators.ts';
import { buckets, noCloud, openCloud } from './cloud-emulators.ts';
import type { FunctionProcess, LogLine } from './cloud-function.ts';
import { quietPort, startFunction } from './cloud-function.ts';
import type { Seen } from './cloud-inbox.ts';

type Environment = Readonly<Record<string, string>>;

export interface ChainOptions {
  /** Started at once; the others when a test does. */
  readonly functions: readonly ServiceName[];
  readonly env?: Readonly<Partial<Record<ServiceName, Environment>>>;
  /** Whose function serves the messages of another. */
  readonly servedBy?: Readonly<Partial<Record<ServiceName, ServiceName>>>;
  readonly maxDeliveries?: number;
}

export interface Uploaded {
  readonly job: string;
  readonly object: ObjectInfo;
  readonly uri: string;
}

export interface CloudChain extends Cloud {
  url(service: ServiceName): string;
  /** The process that runs now. */
  running(service: ServiceName): FunctionProcess;
  /** Resolves when its port is open; at the place where the one before was. */
  start(service: ServiceName, env?: Environment): Promise<FunctionProcess>;
  /** Puts a photo where an upload URL would have it put. */
  upload(
    photo: Uint8Array,
    options?: { metadata?: Environment; tenant?: string; job?: string },
  ): Promise<Uploaded>;
  /** The documents of a job's end, each as often as it was published. */
  ends(job: string): { readonly completed: readonly Completed[]; readonly failed: readonly Failed[] };
  completed(job: string): Promise<Completed>;
  failed(job: string): Promise<Failed>;
  /** The first message to a stage. */
  message(job: string, stage: StageMessage['stage']): Promise<StageMessage>;
  /** Pushes to a function what Pub/Sub would. */
  push(service: ServiceName, data: unknown, more?: { path?: string; id?: string }): Promise<PushedAnswer>;
  /** The names of all that is kept of a job, below its folder. */
  names(job: string): Promise<string[]>;
  /** What the functions said of a job, those included that have ended. */
  said(job: string): readonly LogLine[];
  /** What awaits something, with a word of why if it does not come. */
  soon<Result>(what: string, awaited: Promise<Result>): Promise<Result>;
}

export interface PushedAnswer {
  readonly status: number;
  readonly body: { readonly error_code?: string; readonly detail?: string };
}

/** On a machine that does much besides. */
const PATIENCE_MS = 120_000;

/** Declares tests over one chain, or says why there are none. */
export async function inCloud(
  test: TestFn,
  options: ChainOptions,
  declare: (chain: CloudChain) => void,
): Promise<void> {
  const chain = await startCloudChain(options);
  if (!chain) return void test.skip(`The chain through emulators is not tested: ${noCloud}`, () => {});
  test.after.always(() => chain.close());
  declare(chain);
}

/** @returns `undefined` where an emulator is missing */
export async function startCloudChain(options: ChainOptions): Promise<CloudChain | undefined> {
  const { functions, env = {}, servedBy = {}, maxDeliveries } = options;
  const ports = new Map<ServiceName, number>();
  for (const service of serviceNames) ports.set(service, await quietPort());
  const url = (service: ServiceName): string =>
    `http://127.0.0.1:${ports.get(servedBy[service] ?? service)}`;
  const cloud = await openCloud({ endpoint: ({ service, path }) => url(service) + path, maxDeliveries });
  if (!cloud) return undefined;
  const { inbox, store } = cloud;
  const started = new Map<ServiceName, FunctionProcess>();
  const all: FunctionProcess[] = [];

  async function start(service: ServiceName, more: Environment = {}): Promise<FunctionProcess> {
    const source = new URL(`../../functions/${service}/index.ts`, import.meta.url);
    const process = await startFunction({
      source,
      target: service,
      port: ports.get(service)!,
      env: { ...cloud!.env, ...env[service], ...more },
    });
    started.set(service, process);
    all.push(process);
    await process.opened();
    return process;
  }

  async function soon<Result>(what: string, awaited: Promise<Result>): Promise<Result> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const lines = all.flatMap(({ lines }) => lines).filter(({ severity }) => severity !== 'INFO');
      const errors = all.map((process) => process.errors()).join('');
      reject(new Error(`Expected ${what} but received nothing; ${JSON.stringify(lines.slice(-10))} ${errors}`));
    }, PATIENCE_MS);
    try {
      return await Promise.race([awaited, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  const end = async (topic: 'completed' | 'failed', job: string): Promise<unknown> =>
    (await soon(`${topic} of ${job}`, inbox.first((one) => one.topic === topic && jobOf(one) === job))).data;

  const chain: CloudChain = {
    ...cloud,
    url,
    running: (service) => started.get(service)!,
    start,
    async upload(photo, { metadata = {}, tenant = 'shop', job = randomBytes(16).toString('hex') } = {}) {
      const name = `uploads/${tenant}/${job}.jpg`;
      const object = await store.write({ bucket: buckets.uploads, name }, photo, {
        contentType: 'image/jpeg',
        metadata,
      });
      return { job, object, uri: formatUri(object) };
    },
    ends(job) {
      const on = (topic: string) => inbox.seen.filter((one) => one.topic === topic && jobOf(one) === job);
      return {
        completed: on('completed').map(({ data }) => data as Completed),
        failed: on('failed').map(({ data }) => data as Failed),
      };
    },
    completed: async (job) => (await end('completed', job)) as Completed,
    failed: async (job) => (await end('failed', job)) as Failed,
    async message(job, stage) {
      const fits = (one: Seen) => one.topic === stage && (one.data as StageMessage).job.includes(job);
      return (await soon(`a message to ${stage} for ${job}`, inbox.first(fits))).data as StageMessage;
    },
    push: (service, data, more) => pushTo(url(service), data, more),
    async names(job) {
      const folder = `jobs/${job}/`;
      const names: string[] = [];
      for await (const { name } of store.list(buckets.results, folder)) names.push(name.slice(folder.length));
      return names.sort();
    },
    said: (job) => all.flatMap(({ lines }) => lines.filter((line) => line.job === job)),
    soon,
    async close() {
      await Promise.all(all.map((process) => process.kill()));
      await cloud.close();
    },
  };
  try {
    await Promise.all(functions.map((service) => start(service)));
    const stages = functions.filter((service) => ['upscale', 'segment', 'effects'].includes(service));
    await Promise.all(stages.map((stage) => fetch(`${url(stage)}/warmup`, { method: 'POST' })));
  } catch (error) {
    await chain.close();
    throw error;
  }
  return chain;
}

function jobOf({ data }: Seen): string {
  return (data as Completed).job;
}

let pushed = 0;

async function pushTo(
  url: string,
  data: unknown,
  { path = '/', id = `pushed-${++pushed}` }: { path?: string; id?: string } = {},
): Promise<PushedAnswer> {
  const base64 = Buffer.from(JSON.stringify(data)).toString('base64');
  const body = {
    message: { data: base64, attributes: {}, messageId: id, publishTime: new Date().toISOString() },
    subscription: 'projects/chain/subscriptions/by-hand',
  };
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
}
