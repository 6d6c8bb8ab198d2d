// All functions in one process: the same handlers, woken by the bus or by Pub/Sub's emulator, over files or a Cloud
// Storage emulator.
import type { Express } from 'express';
import express from 'express';
import { bakedFolder, openRegistry } from '../../models/registry.ts';
import type { Config } from '../../shared/config/parse-config.ts';
import type { Logger } from '../../shared/log.ts';
import type { ServiceName } from '../../shared/subscriptions.ts';
import { EXIT_RESTART } from '../../shared/transport/end-process.ts';
import { createLocalStageRunner } from '../../shared/transport/local-stage-runner.ts';
import { createMetrics } from '../../shared/transport/prom-metrics.ts';
import type { FunctionService } from '../services.ts';
import { ingestService, storefrontService, warmupService } from '../services.ts';
import type { StageService } from '../stage-service.ts';
import { startStageService } from '../stage-service.ts';
import { openCarrier } from './serve-carrier.ts';
import { openStore } from './serve-store.ts';
import { tellOfEnd } from './serve-text.ts';
import { watchUploads } from './watch-uploads.ts';

export interface ServeOptions {
  readonly config: Config;
  readonly log: Logger;
  isEnding(): boolean;
  exitWith(code: number): void;
}

export interface Description {
  readonly store: string;
  readonly carrier: string;
  readonly uploads: string;
  readonly results: string;
  readonly device: string;
  /** The default of each stage, and whether it is a preview. */
  readonly models: readonly { readonly stage: string; readonly id: string; readonly preview: boolean }[];
}

export interface Running {
  readonly app: Express;
  /** Once the port is open: waits for the models, then takes messages and looks for photos. @throws MODEL_INVALID … */
  begin(): Promise<void>;
  describe(): Promise<Description>;
  /** Takes no more work and waits for what runs. */
  stop(limitMs: number): Promise<void>;
  close(): Promise<void>;
}

export async function startFunctions(options: ServeOptions): Promise<Running> {
  const { config, log } = options;
  const { store, buckets, place } = await openStore(config);
  const carrier = await openCarrier(config, log);
  const surroundings = { config, log, store, publisher: carrier.publisher, buckets };
  const registry = await openRegistry(await bakedFolder(config.modelsDir));
  const stages = startStageService({
    ...surroundings,
    stages: config.stages,
    continues: [],
    registry,
    metrics: createMetrics(),
    isEnding: options.isEnding,
    onBroken: () => options.exitWith(EXIT_RESTART),
  });
  // Looked at by begin; a failure before that is nobody's unhandled rejection.
  stages.opened.catch(() => {});
  const services = allServices(stages, {
    ingest: ingestService(surroundings),
    warmup: warmupService(surroundings, createLocalStageRunner(stages)),
    storefront: tellOfEnd(storefrontService(surroundings), place.results, log),
  });
  const watcher = watchUploads({
    store,
    publisher: carrier.publisher,
    bucket: buckets.uploads,
    prefix: config.uploadsPrefix,
    folder: config.dataDir,
    now: Date.now,
    log,
  });
  return {
    app: mount(services, stages),
    async begin() {
      await stages.opened;
      await carrier.start((service, path) => services[service].pushes[path]!);
      await watcher.start();
    },
    async describe() {
      const { device, models } = await stages.state();
      return {
        ...place,
        carrier: carrier.what,
        device: device ?? 'none',
        models: Object.entries(models).map(([stage, id]) => {
          const found = registry.find(stage as 'segment', id);
          return { stage, id, preview: found.card.preview };
        }),
      };
    },
    async stop(limitMs) {
      await watcher.stop();
      await carrier.stop(limitMs);
    },
    async close() {
      await carrier.close();
      await stages.close();
    },
  };
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

/** Each function below its name; the probes, health and metrics of the stages at the root. */
function mount(services: Services, { app: stages }: StageService): Express {
  const app = express();
  app.disable('x-powered-by');
  for (const [name, service] of Object.entries(services)) app.use(`/functions/${name}`, service.app);
  app.use(stages);
  return app;
}
