// Begins to open the models of a service before the rest of its code is loaded. They need configuration and cards alone;
// who logs and counts what happens to them comes later, and is told then.
import type { Registry } from '../models/registry.ts';
import type { StageName } from '../shared/card.ts';
import type { Config } from '../shared/config/parse-config.ts';
import type { CutlineError } from '../shared/errors.ts';
import { toCutlineError } from '../shared/errors.ts';
import type { OpenedModels, ServedModelsOptions } from '../shared/inference/served-models.ts';
import { openServedModels } from '../shared/inference/served-models.ts';
import type { EngineThread } from '../shared/inference/start-thread.ts';
import type { Readiness } from '../shared/readiness.ts';
import { createReadiness } from '../shared/readiness.ts';
import type { Phase } from '../shared/stage-runner.ts';

export interface BeginOptions {
  readonly stages: readonly StageName[];
  readonly config: Config;
  readonly registry: Registry;
  /** One that was started before. */
  readonly thread?: EngineThread | undefined;
}

export interface ModelEvents extends Pick<ServedModelsOptions, 'onLoaded' | 'onFallback' | 'onRan'> {
  /** A phase was entered. @param elapsedMs since the models were begun */
  onPhase(phase: Phase, elapsedMs: number): void;
  /** The process can no longer work. */
  onBroken(error: CutlineError): void;
}

export interface BegunModels {
  readonly registry: Registry;
  /** Left in the last phase before `ready`. */
  readonly readiness: Readiness;
  /** @throws what they failed with */
  readonly opened: Promise<OpenedModels>;
  elapsedMs(): number;
  /** Call it once. What has happened before is told then, in order. */
  listen(events: ModelEvents): void;
}

export function beginModels({ stages, config, registry, thread }: BeginOptions): BegunModels {
  const began = performance.now();
  const elapsedMs = (): number => Math.round(performance.now() - began);
  const readiness = createReadiness(Date.now);
  const untold: ((to: ModelEvents) => void)[] = [];
  let listener: ModelEvents | undefined;

  function tell(what: (to: ModelEvents) => void): void {
    if (listener) what(listener);
    else untold.push(what);
  }

  const opened = openServedModels({
    stages,
    registry,
    thread,
    named: { segment: config.segmentModels, upscale: config.upscaleModels },
    device: config.device,
    threads: config.threads,
    profileDir: config.profileDir,
    runQueue: config.runQueue,
    runLimitMs: config.runLimitMs,
    onPhase(phase) {
      if (phase === readiness.phase) return;
      readiness.enter(phase);
      const elapsed = elapsedMs();
      tell((to) => to.onPhase(phase, elapsed));
    },
    onLoaded: (card, ms, when) => tell((to) => to.onLoaded(card, ms, when)),
    onFallback: (reason) => tell((to) => to.onFallback(reason)),
    onStuck: (error) => tell((to) => to.onBroken(error)),
    onDead: (error) => tell((to) => to.onBroken(error)),
    onRan: (model, ms) => tell((to) => to.onRan(model, ms)),
  });
  opened.catch((thrown: unknown) => readiness.fail(toCutlineError(thrown)));
  return {
    registry,
    readiness,
    opened,
    elapsedMs,
    listen(events) {
      // Not at once: who is told that the process is broken may still be wiring what ends it.
      queueMicrotask(() => {
        listener = events;
        for (const what of untold.splice(0)) what(events);
      });
    },
  };
}
