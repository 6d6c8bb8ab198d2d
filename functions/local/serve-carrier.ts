// What carries messages in the embedded default: the bus in the process, or Pub/Sub's emulator, which pushes to the port.
import type { Config } from '../../shared/config/parse-config.ts';
import type { Logger } from '../../shared/log.ts';
import type { Publisher } from '../../shared/publisher.ts';
import type { PushHandler } from '../../shared/push.ts';
import type { ServiceName } from '../../shared/subscriptions.ts';
import { subscriptions } from '../../shared/subscriptions.ts';
import { createBus } from '../../shared/transport/bus.ts';
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

export async function openCarrier(config: Config, log: Logger): Promise<Carrier> {
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
      what: 'a bus in the process',
      start: async (handlerOf) => bus.start(({ service, path }) => handlerOf(service, path)),
      stop: async (limitMs) => void (await bus.stop(limitMs)),
      close: async () => {},
    };
  }
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
        endpoint: ({ service, path }) => `http://127.0.0.1:${config.port}/functions/${service}${path}`,
      }),
    // Pushes that still come are answered SHUTTING_DOWN.
    stop: async () => {},
    close: () => publisher.close(),
  };
}
