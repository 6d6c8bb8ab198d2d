// The whole chain as in the cloud, on this machine: each function a process of its own under functions-framework, woken
// by pushes alone.
import type { TestFn } from 'ava';
import type { StageName } from '../card.ts';
import { stageNames } from '../card.ts';
import type { ServiceName } from '../subscriptions.ts';
import { serviceNames } from '../subscriptions.ts';
import type { Cloud } from './cloud-emulators.ts';
import { noCloud, openCloud } from './cloud-emulators.ts';
import type { FunctionProcess, LogLine } from './cloud-function.ts';
import { startFunction } from './cloud-function.ts';
import type { CloudJobs } from './cloud-jobs.ts';
import { createCloudJobs } from './cloud-jobs.ts';
import { quietPort } from './quiet-port.ts';
import { until as comesAbout, soon as comesSoon } from './until.ts';

type Environment = Readonly<Record<string, string>>;

export interface ChainOptions {
  /** Started at once; the others when a test does. */
  readonly functions: readonly ServiceName[];
  readonly env?: Readonly<Partial<Record<ServiceName, Environment>>>;
  /** Whose function serves the messages of another. */
  readonly servedBy?: Readonly<Partial<Record<ServiceName, ServiceName>>>;
  readonly maxDeliveries?: number;
}

export interface CloudChain extends Cloud, CloudJobs {
  url(service: ServiceName): string;
  /** The process that was started last. */
  running(service: ServiceName): FunctionProcess;
  /** Begins to start one, where the one before was. */
  spawn(service: ServiceName, env?: Environment): Promise<FunctionProcess>;
  /** Resolves when its port is open. */
  start(service: ServiceName, env?: Environment): Promise<FunctionProcess>;
  /** Resolves when a stage's models are open. */
  ready(stage: StageName): Promise<void>;
  /** Pushes to a function what Pub/Sub would. @param data becomes JSON */
  push(service: ServiceName, data: unknown, more?: PushOptions): Promise<PushedAnswer>;
  /** What the functions said of a job, those included that have ended. */
  said(job: string): readonly LogLine[];
  /** What is awaited, within a time that nothing takes; else an error that says what the functions complained of. */
  soon<Result>(what: string, awaited: Promise<Result>): Promise<Result>;
  /** Asks again and again. */
  until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void>;
}

export interface PushOptions {
  /** Of another process than the one that runs at the service's place. */
  readonly url?: string;
  readonly path?: string;
  /** The message's. */
  readonly id?: string;
}

export interface PushedAnswer {
  readonly status: number;
  readonly body: { readonly error_code?: string; readonly detail?: string };
}

/** Declares tests over one chain, or says why there are none. */
export async function inCloud(
  test: TestFn,
  options: ChainOptions,
  declare: (chain: CloudChain) => void,
): Promise<void> {
  const chain = await startCloudChain(options);
  if (!chain) return void test.skip(`The chain through emulators (${noCloud})`, () => {});
  test.after.always(() => chain.close());
  declare(chain);
}

/** @returns `undefined` where an emulator is missing */
export async function startCloudChain(options: ChainOptions): Promise<CloudChain | undefined> {
  const { functions, env = {}, servedBy = {}, maxDeliveries } = options;
  const ports = new Map<ServiceName, number>();
  for (const service of serviceNames) ports.set(service, await quietPort());
  const url = (service: ServiceName): string => `http://127.0.0.1:${ports.get(servedBy[service] ?? service)}`;
  const cloud = await openCloud({ endpoint: ({ service, path }) => url(service) + path, maxDeliveries });
  if (!cloud) return undefined;
  const started = new Map<ServiceName, FunctionProcess>();
  const all: FunctionProcess[] = [];

  /** What it cannot start without. */
  const storefront = (): Environment => ({
    TOKEN_SECRET: 's'.repeat(40),
    ...Object.fromEntries(stageNames.map((stage) => [`${stage.toUpperCase()}_URL`, url(stage)])),
  });

  async function spawn(service: ServiceName, more: Environment = {}): Promise<FunctionProcess> {
    const process = await startFunction({
      source: new URL(`../../functions/${service}/index.ts`, import.meta.url),
      target: service,
      port: ports.get(service)!,
      env: { ...cloud!.env, ...(service === 'storefront' && storefront()), ...env[service], ...more },
    });
    started.set(service, process);
    all.push(process);
    return process;
  }

  async function start(service: ServiceName, more?: Environment): Promise<FunctionProcess> {
    const process = await spawn(service, more);
    await soon(`the port of ${service}`, process.opened());
    return process;
  }

  async function ready(stage: StageName): Promise<void> {
    const answer = await soon(`an answer of ${stage}`, fetch(`${url(stage)}/warmup`, { method: 'POST' }));
    if (!answer.ok) throw new Error(`Expected ${stage} to be ready but received ${await answer.text()}`);
  }

  async function soon<Result>(what: string, awaited: Promise<Result>): Promise<Result> {
    return await comesSoon(what, awaited, complaints);
  }

  async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    await comesAbout(what, isSo, complaints);
  }

  function complaints(): string {
    const lines = all.flatMap(({ lines }) => lines).filter(({ severity }) => severity !== 'INFO');
    return `${JSON.stringify(lines.slice(-10))} ${all.map((process) => process.errors()).join('')}`;
  }

  async function close(): Promise<void> {
    await Promise.all(all.map((process) => process.kill()));
    await cloud!.close();
  }

  try {
    await Promise.all(functions.map((service) => start(service)));
    await Promise.all(stageNames.filter((stage) => functions.includes(stage)).map(ready));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...cloud,
    ...createCloudJobs(cloud, { soon, until }),
    url,
    running: (service) => started.get(service)!,
    spawn,
    start,
    ready,
    push: (service, data, more) => pushTo(data, { url: url(service), ...more }),
    said: (job) => all.flatMap(({ lines }) => lines.filter((line) => line.job === job)),
    soon,
    until,
    close,
  };
}

let pushed = 0;

async function pushTo(data: unknown, options: PushOptions): Promise<PushedAnswer> {
  const { url, path = '/', id = `pushed-${++pushed}` } = options;
  const base64 = Buffer.from(JSON.stringify(data)).toString('base64');
  const publishTime = new Date().toISOString();
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      message: { data: base64, attributes: {}, messageId: id, publishTime },
      subscription: 'projects/chain/subscriptions/by-hand',
    }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
}
