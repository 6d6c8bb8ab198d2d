// The end of a process: on a signal it takes no more work, finishes what it has within its time and exits 0. It owns the
// signals and what nobody caught; functions-framework, which answers 500 and exits within a second, loses its listeners.
import type { Logger } from '../log.ts';

/** The part of Node's `process` that is needed. */
export interface ProcessPort {
  // biome-ignore lint/suspicious/noExplicitAny: an event brings what it brings
  on(event: string, listener: (...args: any[]) => void): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  removeListener(event: string, listener: (...args: any[]) => void): unknown;
  // biome-ignore lint/complexity/noBannedTypes: as Node has it
  listeners(event: string): Function[];
}

export interface LifecycleOptions {
  readonly process: ProcessPort;
  /** What is not done by then is left undone. */
  readonly drainMs: number;
  readonly log: Logger;
  /** Called once; resolves when everything that was begun is done. */
  onDrain(): Promise<void>;
  exit(code: number): void;
}

export interface Lifecycle {
  /** New work has to be answered SHUTTING_DOWN. */
  readonly draining: boolean;
  /** For a process that can no longer work: drains, then ends with this code. Once it is ending nothing changes the code. */
  exitWith(code: number): Promise<void>;
}

const signals = { SIGTERM: 143, SIGINT: 130 } as const;
type Signal = keyof typeof signals;

const UNCAUGHT = 1;

export function manageLifecycle(options: LifecycleOptions): Lifecycle {
  const { log, drainMs } = options;
  let ending: Promise<void> | undefined;
  let signalled = false;

  const owned: Readonly<Record<string, (value: unknown) => void>> = {
    SIGTERM: () => onSignal('SIGTERM'),
    SIGINT: () => onSignal('SIGINT'),
    uncaughtException: (error) => onUncaught('Uncaught exception', error),
    unhandledRejection: (reason) => onUncaught('Unhandled rejection', reason),
  };
  for (const [event, listener] of Object.entries(owned)) options.process.on(event, listener);
  removeOthers();
  // The framework adds its listeners when its port opens, long after this module was loaded.
  options.process.on('newListener', (event: string) => {
    if (event in owned) queueMicrotask(removeOthers);
  });

  return {
    get draining() {
      return ending !== undefined;
    },
    exitWith(code) {
      ending ??= end(code, `exit code ${code}`);
      return ending;
    },
  };

  function removeOthers(): void {
    for (const [event, own] of Object.entries(owned)) {
      for (const listener of options.process.listeners(event)) {
        if (listener !== own) options.process.removeListener(event, listener as () => void);
      }
    }
  }

  function onSignal(signal: Signal): void {
    if (signalled) {
      log.warning('Ended at once', { reason: `a second signal, ${signal}` });
      options.exit(signals[signal]);
      return;
    }
    signalled = true;
    ending ??= end(0, signal);
  }

  function onUncaught(what: string, error: unknown): void {
    // Nobody knows in which state things are, so nothing is finished.
    log.error(what, { error });
    options.exit(UNCAUGHT);
  }

  async function end(code: number, reason: string): Promise<void> {
    log.info('Ending', { reason, drain_ms: drainMs });
    const drained = await drain().catch((error: unknown) => {
      log.error('Ending failed', { error });
      return false;
    });
    if (drained) log.info('Ended', { reason });
    else log.warning('Ended before everything was done: what is left will be delivered again', { reason });
    options.exit(code);
  }

  /** False when the time was over first. */
  async function drain(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), drainMs);
    });
    try {
      return await Promise.race([options.onDrain().then(() => true), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
