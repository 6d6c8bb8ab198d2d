// The house as in the cloud: functions under functions-framework, Pub/Sub's emulator, fake-gcs-server; between them
// wires that can be cut and pushes that can be lost.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { stageNames } from '../shared/card.ts';
import { startCloudChain } from '../shared/testing/cloud-chain.ts';
import { quietPort } from '../shared/testing/quiet-port.ts';
import { createLedger } from './ledger.ts';
import type { PushRelay } from './push-relay.ts';
import { openPushRelay } from './push-relay.ts';
import type { Wire } from './tcp-proxy.ts';
import { layWire } from './tcp-proxy.ts';
import type { Trial, Trouble } from './trial.ts';

const functions = ['ingest', ...stageNames] as const;

/** @returns `undefined` where an emulator is missing */
export async function openCloudTrial(): Promise<Trial | undefined> {
  const chain = await startCloudChain({ functions: [] });
  if (!chain) return undefined;
  const seen = createLedger();
  const store = await layWire(new URL(chain.env.STORAGE_EMULATOR_HOST!).host);
  const bus = await layWire(chain.env.PUBSUB_EMULATOR_HOST!);
  const wired = { PUBSUB_EMULATOR_HOST: bus.host, STORAGE_EMULATOR_HOST: `http://${store.host}` };
  const portOf = (service: (typeof functions)[number] | 'storefront'): number =>
    Number(new URL(chain.url(service)).port);
  const relays: PushRelay[] = [];
  const begin: Partial<Record<(typeof functions)[number], () => Promise<unknown>>> = {};
  for (const service of functions) {
    const port = await quietPort();
    relays.push(await openPushRelay({ port: portOf(service), target: port, seen }));
    begin[service] = () => chain.start(service, { ...wired, PORT: String(port) });
  }
  // Ends are told to webhooks, of which there are none.
  const webhooks = createServer((request, response) => {
    request.resume();
    response.writeHead(204).end();
  }).listen(portOf('storefront'), '127.0.0.1');
  await once(webhooks, 'listening');
  await Promise.all(functions.map((service) => begin[service]!()));
  await Promise.all(stageNames.map((stage) => chain.ready(stage)));

  const stages: Trouble[] = functions.flatMap((service) => [
    {
      name: `${service} killed`,
      async run() {
        await chain.running(service).kill();
        await begin[service]!();
      },
    },
    {
      name: `${service} told to end`,
      async run() {
        const { child, ended } = chain.running(service);
        child.kill('SIGTERM');
        await ended;
        await begin[service]!();
      },
    },
    {
      name: `${service} frozen`,
      async run(chance) {
        const { child } = chain.running(service);
        child.kill('SIGSTOP');
        await sleep(chance.between(200, 2000));
        child.kill('SIGCONT');
      },
    },
  ]);

  return {
    what: 'functions under functions-framework, Pub/Sub’s emulator, fake-gcs-server',
    takesOptions: true,
    pauseMs: [50, 1000],
    notes: [],
    seen,
    store: chain.store,
    records: chain.records,
    troubles: [
      ...stages,
      ...wireTroubles('store', store),
      ...wireTroubles('bus', bus),
      ...pushTroubles(relays),
    ],
    async put({ file, metadata }, tenant) {
      return (await chain.upload(file, { tenant, metadata })).job;
    },
    async finish() {
      // What was delivered twice, or acknowledged too late, is still under way.
      for (let looks = 0; looks < 1500 && relays.some(({ open }) => open > 0); looks++) await sleep(100);
      const left = relays.reduce((sum, { open }) => sum + open, 0);
      const documents = chain.inbox.seen.filter(({ topic }) => topic === 'completed' || topic === 'failed');
      const byJob = Map.groupBy(documents, ({ data }) => (data as { job: string }).job);
      seen.count('ends told a second time', documents.length - byJob.size);
      const twofold = [...byJob].flatMap(([job, told]) => {
        const topics = [...new Set(told.map(({ topic }) => topic))];
        return topics.length > 1 ? [`${job} was told as ${topics.join(' and ')}`] : [];
      });
      return left === 0 ? twofold : [...twofold, `${left} messages are not acknowledged`];
    },
    async close() {
      await Promise.all(relays.map((relay) => relay.close()));
      webhooks.closeAllConnections();
      webhooks.close();
      await chain.close();
      await Promise.all([store.close(), bus.close()]);
    },
  };
}

function wireTroubles(name: string, wire: Wire): Trouble[] {
  const during = async (begin: () => void, ms: number): Promise<void> => {
    begin();
    await sleep(ms);
    wire.mend();
  };
  return [
    { name: `${name} cut off`, run: (chance) => during(() => wire.cut(), chance.between(200, 2500)) },
    {
      name: `${name} slowed`,
      run: (chance) => during(() => wire.slow(chance.between(20, 150)), chance.between(500, 2500)),
    },
    {
      name: `${name}’s connections dropped`,
      run: () => during(() => wire.cut(), 0),
    },
  ];
}

const pushNames = {
  refusing: 'pushes not delivered',
  losing: 'pushes’ answers lost',
  doubling: 'pushes delivered twice',
} as const;

function pushTroubles(relays: readonly PushRelay[]): Trouble[] {
  return (Object.keys(pushNames) as (keyof typeof pushNames)[]).map((how) => ({
    name: pushNames[how],
    async run(chance) {
      for (const relay of relays) relay[how] = true;
      await sleep(chance.between(300, 2000));
      for (const relay of relays) relay[how] = false;
    },
  }));
}
