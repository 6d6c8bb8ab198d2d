// All functions in one process: the same handlers, woken by the bus or by Pub/Sub's emulator, over files or a Cloud
// Storage emulator.
import type { Express } from 'express';
import express from 'express';
import { bakeCommand } from '../../models/manifest.ts';
import type { Registry } from '../../models/registry.ts';
import { bakedFolder, openRegistry } from '../../models/registry.ts';
import type { StageName } from '../../shared/card.ts';
import type { Config } from '../../shared/config/parse-config.ts';
import type { OpenedModels } from '../../shared/inference/served-models.ts';
import type { EngineThread } from '../../shared/inference/start-thread.ts';
import { createLoadLadder } from '../../shared/load-ladder.ts';
import type { Logger } from '../../shared/log.ts';
import type { ServiceName } from '../../shared/subscriptions.ts';
import { serviceNames } from '../../shared/subscriptions.ts';
import { EXIT_RESTART } from '../../shared/transport/end-process.ts';
import { createLocalDownloads } from '../../shared/transport/local-download-urls.ts';
import { createLocalStageRunner } from '../../shared/transport/local-stage-runner.ts';
import { createLocalUploads } from '../../shared/transport/local-upload-urls.ts';
import { createMetrics } from '../../shared/transport/prom-metrics.ts';
import { syncHere } from '../open-brief.ts';
import type { FunctionService, Surroundings } from '../services.ts';
import { ingestService, warmupService } from '../services.ts';
import type { StageService } from '../stage-service.ts';
import { startStageService } from '../stage-service.ts';
import { storefrontService } from '../storefront-service.ts';
import { buildPageIfStale } from './build-page.ts';
import { localSecret } from './local-secret.ts';
import { notifyingStore } from './notifying-store.ts';
import { openCarrier } from './serve-carrier.ts';
import { openStore } from './serve-store.ts';
import { tellOfEnds } from './serve-text.ts';
import { watchUploads } from './watch-uploads.ts';

export interface ServeOptions {
  readonly config: Config;
  /** Of the models. */
  readonly thread: EngineThread;
  readonly log: Logger;
  /** Where this process is reached, as a base URL. */
  readonly address: string;
  isEnding(): boolean;
  exitWith(code: number): void;
}

/** What is served, where, and with which models. */
export interface Description {
  readonly address: string;
  readonly functions: readonly string[];
  /** What keeps objects. */
  readonly store: string;
  /** What carries messages. */
  readonly carrier: string;
  readonly uploads: string;
  readonly results: string;
  readonly device: string;
  /** The default of each stage; of the looks there is none. */
  readonly models: readonly { readonly stage: string; readonly id: string; readonly preview: boolean }[];
  readonly looks: readonly string[];
  /** What gets full models, where those that serve are previews. */
  readonly full_models: string | null;
}

export interface Running {
  readonly app: Express;
  /**
   * Waits for the models, then takes messages and looks for photos.
   * @returns nothing when it was told to end meanwhile
   * @throws MODEL_INVALID, CONFIG_INVALID
   */
  begin(): Promise<Description | undefined>;
  /** Takes no more work and waits for what runs. */
  stop(limitMs: number): Promise<void>;
  close(): Promise<void>;
}

export async function startFunctions(options: ServeOptions): Promise<Running> {
  const { config, log, thread } = options;
  const { store: bare, buckets, place } = await openStore(config);
  const carrier = await openCarrier(config, options.address, log);
  const watcher = watchUploads({
    store: bare,
    publisher: carrier.publisher,
    bucket: buckets.uploads,
    prefix: config.uploadsPrefix,
    folder: config.dataDir,
    now: Date.now,
    log,
  });
  const store = notifyingStore(bare, watcher.announce);
  const surroundings = { config, log, store, publisher: carrier.publisher, buckets };
  const ladder = createLoadLadder(() => performance.now());
  const registry = await openRegistry(await bakedFolder(config.modelsDir));
  const stages = startStageService({
    ...surroundings,
    stages: config.stages,
    continues: [],
    registry,
    thread,
    metrics: createMetrics(),
    ladder,
    isEnding: options.isEnding,
    onBroken: () => options.exitWith(EXIT_RESTART),
  });
  // Looked at by begin; a failure before that is nobody's unhandled rejection.
  stages.opened.catch(() => {});
  const tokenSecret = config.tokenSecret ?? (await localSecret(config.dataDir));
  const { links, mounts } = localLinks(config.publicUrl ?? options.address, tokenSecret, surroundings);
  let fullModels: string | null = null;
  const tell = tellOfEnds(place.results, log);
  await buildPageIfStale().catch((error: unknown) => log.warning('The page was not built', { error }));
  const storefront = await storefrontService({
    ...surroundings,
    ...links,
    mounts,
    tokenSecret,
    ladder,
    sync: syncHere(stages, config),
    isReady: () => stages.readiness.isReady,
    hear: tell,
    fullModels: () => fullModels,
    onBroken: () => options.exitWith(EXIT_RESTART),
  });
  const services = allServices(stages, {
    ingest: ingestService(surroundings),
    warmup: warmupService(surroundings, createLocalStageRunner(stages)),
    storefront,
  });
  return {
    app: mount(services, stages),
    async begin() {
      const opened = await stages.opened;
      if (options.isEnding()) return undefined;
      await carrier.start((service, path) => services[service].pushes[path]!);
      await watcher.start();
      const { address } = options;
      const where = { address, ...place, carrier: carrier.what, functions: serviceNames };
      const models = describeModels(opened, config.stages, registry);
      fullModels = models.full_models;
      return { ...where, ...models };
    },
    async stop(limitMs) {
      await watcher.stop();
      await carrier.stop(limitMs);
    },
    async close() {
      await carrier.close();
      await storefront.close();
      // Models that are still being opened are not waited for: the process ends with them.
      if (stages.readiness.isReady) await stages.close();
    },
  };
}

function describeModels(
  { device, offered }: OpenedModels,
  stages: readonly StageName[],
  registry: Registry,
): Pick<Description, 'device' | 'models' | 'looks' | 'full_models'> {
  const models = stages
    .filter((stage) => stage !== 'effects')
    .map((stage) => {
      const { id, preview } = registry.find(stage, offered(stage)[0]).card;
      return { stage, id, preview };
    });
  const previews = models.filter(({ preview }) => preview).map(({ stage }) => stage);
  const looks = offered('effects');
  return { device, models, looks, full_models: bakeCommand(registry.rows, previews.toReversed()) ?? null };
}

type Services = Readonly<Record<ServiceName, FunctionService>>;

/** One service serves all stages, so that they share the device, the slots and the memory. */
function allServices(
  { handler, app }: StageService,
  others: Omit<Services, 'upscale' | 'segment' | 'effects'>,
): Services {
  const stage = { pushes: { '/': handler.push }, app };
  return { ...others, upscale: stage, segment: stage, effects: stage };
}

/** Each function below its name; at the root the storefront, and what tells how this one process is. */
function mount(services: Services, { app: stages }: StageService): Express {
  const app = express();
  app.disable('x-powered-by');
  for (const [name, service] of Object.entries(services)) app.use(`/functions/${name}`, service.app);
  app.get(['/startup', '/health', '/metrics'], stages);
  app.post(['/', '/run'], stages);
  app.use(services.storefront.app);
  return app;
}

/** Where our own server takes photos, and gives out what is large: in the cloud its buckets do. */
function localLinks(address: string, secret: string, { store, buckets }: Surroundings) {
  const common = { store, buckets: [...new Set(Object.values(buckets))], secret, now: Date.now };
  const uploads = createLocalUploads({ ...common, address: `${address}/uploads` });
  const downloads = createLocalDownloads({ ...common, address: `${address}/downloads` });
  return {
    links: { uploadUrls: uploads.urls, downloads: downloads.urls },
    mounts: { '/uploads': uploads.handler, '/downloads': downloads.handler },
  };
}
