// The entry that the three stage functions share: one stage by its name, or those of STAGES in one service.
import type { Registry } from '../models/registry.ts';
import { bakedFolder, openRegistry } from '../models/registry.ts';
import type { StageName } from '../shared/card.ts';
import { readGpuMemory } from '../shared/inference/gpu-memory.ts';
import { createLoadLadder } from '../shared/load-ladder.ts';
import { EXIT_RESTART } from '../shared/transport/end-process.ts';
import { createMetrics } from '../shared/transport/prom-metrics.ts';
import { openCloud } from './open-cloud.ts';
import { serveFunction } from './serve-function.ts';
import { startStageService } from './stage-service.ts';

export async function startStageFunction(name: StageName, env: NodeJS.ProcessEnv): Promise<void> {
  const cloud = openCloud(env, name);
  const { config, log } = cloud;
  const stages = env.STAGES ? config.stages : [name];
  const complain = (error: unknown): void => log.error('The models cannot be opened', { error });
  const service = startStageService({
    ...cloud,
    stages,
    continues: stages,
    registry: await findModels(config.modelsDir, complain),
    metrics: createMetrics({ gpuMemory: readGpuMemory }),
    ladder: createLoadLadder(() => performance.now()),
    isEnding: () => lifecycle.draining,
    onBroken: () => void lifecycle.exitWith(EXIT_RESTART),
  });
  const lifecycle = serveFunction(name, service.app, cloud, service.close);
  // Without its models the instance can do nothing: it ends, and the deployment is seen to fail.
  service.opened.catch((error: unknown) => {
    complain(error);
    void lifecycle.exitWith(1);
  });
}

/** What is thrown while the module is loaded ends the process; the framework's own word on it is no line of the log. */
async function findModels(folder: string | undefined, complain: (error: unknown) => void): Promise<Registry> {
  try {
    return await openRegistry(await bakedFolder(folder));
  } catch (error) {
    complain(error);
    throw error;
  }
}
