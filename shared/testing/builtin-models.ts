// For tests that want whole stages for real: the built-in models on the CPU, as the command opens them.
import type { OpenModels } from '../../functions/local/open-models.ts';
import { openModels } from '../../functions/local/open-models.ts';
import { openRegistry } from '../../models/registry.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { Job } from '../pipeline.ts';

export function builtinJob(changes: Partial<Job> = {}): Job {
  return {
    scale: 2,
    effects: [],
    effect_options: {},
    model: 'builtin/segment',
    upscaler: 'builtin/upscale',
    print: false,
    smoothing: true,
    refine: true,
    ...changes,
  };
}

export async function openBuiltin(job: Job): Promise<OpenModels> {
  const ports = { onFallback() {}, onStuck() {} };
  return await openModels(await openRegistry(), job, [], parseConfig({ DEVICE: 'cpu' }), ports);
}
