// A stage, or several, as an express app: probes, health, metrics, warm-up, pushes, the synchronous path. The only place
// beside transport/ that knows a status number.
import type { Express } from 'express';
import type { StageName } from './card.ts';
import { CutlineError, publicError } from './errors.ts';
import type { StageHandler } from './handle-stage.ts';
import type { Load } from './load-ladder.ts';
import type { Logger } from './log.ts';
import type { HealthFigures } from './metrics.ts';
import type { Readiness } from './readiness.ts';
import { closeApp, goneSignal, openApp, pushRoute } from './serve-push.ts';
import type { WarmAnswer } from './stage-runner.ts';
import { sayLoad } from './transport/load-probe.ts';

/** What /health adds to the figures of the metrics. */
export interface StageState {
  readonly stages: readonly StageName[];
  /** Of those that are open; null before. */
  readonly device: string | null;
  /** A wanted device could not be used. */
  readonly fellBack: boolean;
  /** The default model of each stage. */
  readonly models: Readonly<Partial<Record<StageName, string>>>;
  readonly gpuMemoryFreeMb: number | null;
  /** Stuck, dead or over its memory: the process is about to end. */
  readonly broken: CutlineError | undefined;
}

export interface StageServicePorts {
  readonly readiness: Readiness;
  readonly handler: StageHandler;
  state(): Promise<StageState>;
  readonly metrics: {
    figures(): Promise<HealthFigures>;
    text(): Promise<string>;
    readonly contentType: string;
  };
  readonly log: Logger;
  /** Its own, for whoever waits for its answers. */
  load?(): Load;
}

/** Above this share of the last hour's tries something is wrong. */
const MANY_ERRORS = 0.05;

export function createStageApp(ports: StageServicePorts): Express {
  const app = openApp();
  if (ports.load) app.use(sayLoad(ports.load));
  app.get('/startup', (_, response) => {
    response.status(ports.readiness.isReady ? 200 : 503).json(ports.readiness.startup());
  });
  app.get('/health', async (_, response) => {
    const health = await describeHealth(ports);
    response.status(health.status === 'unhealthy' ? 503 : 200).json(health);
  });
  app.get('/metrics', async (_, response) => {
    response.set('Content-Type', ports.metrics.contentType).send(await ports.metrics.text());
  });
  app.post('/warmup', async (_, response) => {
    response.json(await warm(ports, goneSignal(response)));
  });
  app.post('/', pushRoute(ports.handler.push, ports.log));
  app.post('/run', async (request, response) => {
    response.json(await ports.handler.run(request.body, goneSignal(response)));
  });
  return closeApp(app, ports.log);
}

/** Waits until it is ready. @throws what it failed with, CANCELLED */
export async function warm(
  { readiness, state }: Pick<StageServicePorts, 'readiness' | 'state'>,
  signal: AbortSignal,
): Promise<WarmAnswer> {
  const wasCold = !readiness.isReady;
  await readiness.whenReady(signal);
  const startup = readiness.startup();
  const { device, models } = await state();
  if (startup.status !== 'ready') throw new CutlineError('MODEL_LOADING');
  return {
    status: 'ready',
    was_cold: wasCold,
    model: Object.values(models).join(', '),
    device: device ?? 'none',
    phases_ms: { ...startup.phases_ms },
    total_ms: startup.total_ms,
  };
}

async function describeHealth(ports: StageServicePorts) {
  const [state, figures] = await Promise.all([ports.state(), ports.metrics.figures()]);
  const { requests_last_hour: requests, errors_last_hour: errors } = figures;
  const degraded = state.fellBack || (requests > 0 && errors / requests > MANY_ERRORS);
  const working = degraded ? 'degraded' : 'healthy';
  return {
    status: state.broken || !ports.readiness.isReady ? 'unhealthy' : working,
    ...(state.broken && publicError(state.broken)),
    ready: ports.readiness.isReady,
    stages: state.stages,
    device: state.device,
    models: state.models,
    memory_rss_mb: Math.round(process.memoryUsage.rss() / 1024 / 1024),
    gpu_memory_free_mb: state.gpuMemoryFreeMb,
    ...figures,
  };
}
