// What every function in the cloud begins with: configuration, log, object store, publisher. Emulators take the clouds'
// place where their addresses are set.
import type { Config } from '../shared/config/parse-config.ts';
import { parseConfig } from '../shared/config/parse-config.ts';
import type { VariableName } from '../shared/config/variables.ts';
import type { Logger } from '../shared/log.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import type { Buckets } from '../shared/stage-message.ts';
import type { PubSubPublisher } from '../shared/transport/cloud-pubsub.ts';
import { createPubSubPublisher } from '../shared/transport/cloud-pubsub.ts';
import { createCloudStorage } from '../shared/transport/cloud-storage.ts';
import { createLogger } from '../shared/transport/pino-log.ts';

export interface Cloud {
  readonly config: Config;
  readonly log: Logger;
  readonly store: ObjectStore;
  readonly publisher: PubSubPublisher;
  readonly buckets: Buckets;
}

const always = ['RESULTS_BUCKET', 'UPLOADS_BUCKET', 'GOOGLE_CLOUD_PROJECT'] as const;

/** @throws CONFIG_INVALID, after it was logged for whoever looks at why the instance does not start */
export function openCloud(
  env: NodeJS.ProcessEnv,
  service: string,
  required: readonly VariableName[] = [],
): Cloud {
  const config = readConfig(env, service, [...always, ...required]);
  const { googleCloudProject: project, logLevel: level } = config;
  const log = createLogger({ level, format: config.logFormat ?? 'json', project, service });
  for (const notice of config.notices) log.warning(notice);
  const buckets = { uploads: config.uploadsBucket!, results: config.resultsBucket! };
  return {
    config,
    log,
    buckets,
    store: createCloudStorage({
      buckets: [...new Set(Object.values(buckets))],
      projectId: project,
      apiEndpoint: config.storageEmulatorHost,
    }),
    publisher: createPubSubPublisher({
      projectId: project!,
      topicPrefix: config.topicPrefix,
      apiEndpoint: config.pubsubEmulatorHost,
    }),
  };
}

function readConfig(env: NodeJS.ProcessEnv, service: string, required: readonly VariableName[]): Config {
  try {
    return parseConfig(env, { required });
  } catch (error) {
    createLogger({ level: 'error', format: 'json', service }).error('The function cannot start', { error });
    throw error;
  }
}
