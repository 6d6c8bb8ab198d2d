// The synchronous path to stages in this very process.
import { toCutlineError } from '../errors.ts';
import type { StageHandler } from '../handle-stage.ts';
import type { StageServicePorts } from '../serve-stage.ts';
import { warm } from '../serve-stage.ts';
import type { StageRunner } from '../stage-runner.ts';

/** @param service that serves all stages which will be asked for */
export function createLocalStageRunner(
  service: Pick<StageServicePorts, 'readiness' | 'state'> & { readonly handler: Pick<StageHandler, 'run'> },
): StageRunner {
  return {
    run: (message, signal) => whileThere(signal, () => service.handler.run(message, signal)),
    warmUp: (_, signal) => whileThere(signal, () => warm(service, signal ?? new AbortController().signal)),
  };
}

/** As over HTTP: who has left is not worked for, and who leaves need not wait until the work has noticed. */
async function whileThere<Result>(
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  const { promise: left, reject: leave } = Promise.withResolvers<never>();
  const onAbort = (): void => leave(signal?.reason);
  try {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', onAbort, { once: true });
    return await Promise.race([work(), left]);
  } catch (thrown) {
    throw toCutlineError(thrown);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}
