// A stage function's server, over models that are being opened.
import { setTimeout as sleep } from 'node:timers/promises';
import type { StageName } from '../shared/card.ts';
import { readGpuMemory } from '../shared/inference/gpu-memory.ts';
import { createLoadLadder } from '../shared/load-ladder.ts';
import { EXIT_RESTART } from '../shared/transport/end-process.ts';
import { createMetrics } from '../shared/transport/prom-metrics.ts';
import type { BegunStage } from './begin-stage.ts';
import { openPorts } from './open-cloud.ts';
import { serveFunction } from './serve-function.ts';
import { startStageService } from './stage-service.ts';

/** Small models are open by then. Of large ones the larger part is still to come, on another thread. */
const QUIET_AFTER_MS = 300;
/** Whoever asks whether it is ready is answered before the thread is busy with the clients. */
const ANSWER_MS = 200;

export async function serveStage(name: StageName, { config, stages, begun }: BegunStage): Promise<void> {
  const cloud = await openPorts(config, name);
  const quiet = settled(begun.opened, QUIET_AFTER_MS).then(() => sleep(ANSWER_MS));
  const service = startStageService({
    ...cloud,
    stages,
    continues: stages,
    registry: begun.registry,
    begun,
    quiet,
    metrics: createMetrics({ gpuMemory: readGpuMemory }),
    ladder: createLoadLadder(() => performance.now()),
    isEnding: () => lifecycle.draining,
    onBroken: () => void lifecycle.exitWith(EXIT_RESTART),
  });
  const lifecycle = serveFunction(name, service.app, cloud, service.close);
  // The first request would wait for the clients otherwise.
  void quiet.then(cloud.prepare);
  // Without its models the instance can do nothing: it ends, and the deployment is seen to fail.
  service.opened.catch((error: unknown) => {
    cloud.log.error('The models cannot be opened', { error });
    void lifecycle.exitWith(1);
  });
}

/** However it ends, or that it takes long. */
async function settled(work: Promise<unknown>, limitMs: number): Promise<void> {
  const ignore = (): void => {};
  await Promise.race([work.then(ignore, ignore), sleep(limitMs, undefined, { ref: false })]);
}
