// What carries messages in the embedded default: the bus in the process, or Pub/Sub's emulator, which pushes to the port.
import { join } from 'node:path';
import type { Config } from '../../shared/config/parse-config.ts';
import type { Logger } from '../../shared/log.ts';
import type { Publisher } from '../../shared/publisher.ts';
import type { PushHandler } from '../../shared/push.ts';
import type { ServiceName } from '../../shared/subscriptions.ts';
import { subscriptions } from '../../shared/subscriptions.ts';
import { createBus } from '../../shared/transport/bus.ts';
import { expectEmulator } from './serve-emulator.ts';
import { LOCAL_PROJECT } from './serve-store.ts';

export interface Carrier {
  readonly publisher: Publisher;
  /** In words. */
  readonly what: string;
  start(handlerOf: (service: ServiceName, path: string) => PushHandler): Promise<void>;
  /** Delivers no more and waits for the handlers that run. */
  stop(limitMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Beside a cold or busy stage of one's own machine nobody waits ten seconds. */
const EMULATOR_BACKOFF_S = { min: 1, max: 60 };

/**
 * @param address of this process, for the emulator's pushes
 * @throws CONFIG_INVALID when the emulator does not answer
 */
export async function openCarrier(config: Config, address: string, log: Logger): Promise<Carrier> {
  const { pubsubEmulatorHost: apiEndpoint, topicPrefix } = config;
  if (apiEndpoint === undefined) {
    const bus = await createBus({
      folder: config.dataDir,
      subscriptions,
      log,
      now: Date.now,
      random: Math.random,
    });
    return {
      publisher: bus,
      what: `a bus in this process, kept in ${join(config.dataDir, 'bus')}`,
      start: async (handlerOf) => bus.start(({ service, path }) => handlerOf(service, path)),
      stop: async (limitMs) => void (await bus.stop(limitMs)),
      close: async () => {},
    };
  }
  await expectEmulator('PUBSUB_EMULATOR_HOST', `http://${apiEndpoint}`);
  const options = { projectId: config.googleCloudProject ?? LOCAL_PROJECT, topicPrefix, apiEndpoint };
  // Loading the client takes time and memory that nobody without an emulator should pay.
  const { createPubSubPublisher } = await import('../../shared/transport/cloud-pubsub.ts');
  const { ensureTopology } = await import('../../shared/transport/pubsub-setup.ts');
  const publisher = createPubSubPublisher(options);
  return {
    publisher,
    what: `the Pub/Sub emulator at ${apiEndpoint}`,
    start: () =>
      ensureTopology({
        ...options,
        subscriptions,
        backoff: EMULATOR_BACKOFF_S,
        endpoint: ({ service, path }) => `${address}/functions/${service}${path}`,
      }),
    // Pushes that still come are answered SHUTTING_DOWN.
    stop: async () => {},
    close: () => publisher.close(),
  };
}
