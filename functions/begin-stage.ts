// What a stage function does before its server is loaded: reads its configuration, finds its models, begins to open them.
import type { Registry } from '../models/registry.ts';
import { bakedFolder, openRegistry } from '../models/registry.ts';
import type { StageName } from '../shared/card.ts';
import type { Config } from '../shared/config/parse-config.ts';
import type { EngineThread } from '../shared/inference/start-thread.ts';
import { pipeline } from '../shared/pipeline.ts';
import type { BegunModels } from './begin-models.ts';
import { beginModels } from './begin-models.ts';
import { openLog, readConfig } from './open-cloud.ts';

export interface BegunStage {
  readonly config: Config;
  readonly stages: readonly StageName[];
  readonly begun: BegunModels;
}

/** @throws CONFIG_INVALID, MODEL_INVALID, after it was logged: the framework's own word on it is no line of the log */
export async function beginStage(
  name: StageName,
  env: NodeJS.ProcessEnv,
  thread: EngineThread,
): Promise<BegunStage> {
  const config = await readConfig(env, name);
  const stages = env.STAGES ? config.stages : [name];
  try {
    const registry = await findModels(stages, config);
    return { config, stages, begun: beginModels({ config, stages, registry, thread }) };
  } catch (error) {
    (await openLog(config, name)).error('The models cannot be opened', { error });
    throw error;
  }
}

/** Those of other stages are none of this service's. */
async function findModels(stages: readonly StageName[], { modelsDir }: Config): Promise<Registry> {
  const own = pipeline.filter((stage) => stages.includes(stage.name));
  const helpers = own.flatMap((stage) => stage.helpers);
  return await openRegistry(await bakedFolder(modelsDir), undefined, ({ stage, id }) =>
    stage === 'helper' ? helpers.includes(id) : stages.includes(stage),
  );
}
