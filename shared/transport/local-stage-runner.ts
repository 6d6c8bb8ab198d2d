// The synchronous path to stages in this very process.
import type { StageHandler } from '../handle-stage.ts';
import type { StageServicePorts } from '../serve-stage.ts';
import { warm } from '../serve-stage.ts';
import type { StageRunner } from '../stage-runner.ts';

/** @param service that serves all stages which will be asked for */
export function createLocalStageRunner(
  service: Pick<StageServicePorts, 'readiness' | 'state'> & { readonly handler: Pick<StageHandler, 'run'> },
): StageRunner {
  return {
    run: (message, signal) => service.handler.run(message, signal),
    warmUp: (_, signal) => warm(service, signal ?? new AbortController().signal),
  };
}
