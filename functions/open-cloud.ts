// What every function in the cloud begins with: configuration, log, object store, publisher. Emulators take the clouds'
// place where their addresses are set.
import type { Config } from '../shared/config/parse-config.ts';
import { parseConfig } from '../shared/config/parse-config.ts';
import type { VariableName } from '../shared/config/variables.ts';
import type { Logger } from '../shared/log.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import type { Buckets } from '../shared/stage-message.ts';
import type { PubSubPublisher } from '../shared/transport/cloud-pubsub.ts';

export interface Cloud {
  readonly config: Config;
  readonly log: Logger;
  readonly store: ObjectStore;
  readonly publisher: PubSubPublisher;
  readonly buckets: Buckets;
  /** Loads the clients of store and publisher, which the first call of each would do; nobody waits for it. */
  prepare(): void;
}

const always = ['RESULTS_BUCKET', 'UPLOADS_BUCKET', 'GOOGLE_CLOUD_PROJECT'] as const;

/** @throws CONFIG_INVALID, after it was logged for whoever looks at why the instance does not start */
export async function openCloud(
  env: NodeJS.ProcessEnv,
  service: string,
  required: readonly VariableName[] = [],
): Promise<Cloud> {
  return await openPorts(await readConfig(env, service, required), service);
}

/** @throws CONFIG_INVALID, as above */
export async function readConfig(
  env: NodeJS.ProcessEnv,
  service: string,
  required: readonly VariableName[] = [],
): Promise<Config> {
  try {
    return parseConfig(env, { required: [...always, ...required] });
  } catch (error) {
    const log = await openLog({ logLevel: 'error', logFormat: 'json' }, service);
    log.error('The function cannot start', { error });
    throw error;
  }
}

type LogConfig = Pick<Config, 'logLevel' | 'logFormat'> & Partial<Pick<Config, 'googleCloudProject'>>;

/** Its module is loaded here and not before, so that models can be begun without it. */
export async function openLog(config: LogConfig, service: string): Promise<Logger> {
  const { createLogger } = await import('../shared/transport/pino-log.ts');
  const { logLevel: level, logFormat: format = 'json', googleCloudProject: project } = config;
  return createLogger({ level, format, project, service });
}

/** @param config with what every function requires */
export async function openPorts(config: Config, service: string): Promise<Cloud> {
  const { googleCloudProject: projectId } = config;
  const log = await openLog(config, service);
  for (const notice of config.notices) log.warning(notice);
  const buckets = { uploads: config.uploadsBucket!, results: config.resultsBucket! };
  const { lateStore, latePublisher } = await import('../shared/transport/late-cloud.ts');
  const store = lateStore({
    buckets: [...new Set(Object.values(buckets))],
    projectId,
    apiEndpoint: config.storageEmulatorHost,
  });
  const publisher = latePublisher({
    projectId: projectId!,
    topicPrefix: config.topicPrefix,
    apiEndpoint: config.pubsubEmulatorHost,
  });
  // What fails here fails again for whoever needs it, and is told to him.
  const prepare = (): void =>
    void store
      .load()
      .then(publisher.load, () => {})
      .catch(() => {});
  return { config, log, buckets, store, publisher, prepare };
}
