// What the ladder is told once a second: how late the event loop is, how full memory and queue are.
import { totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RequestHandler } from 'express';
import type { Load, LoadLadder, LoadSample } from '../load-ladder.ts';
import { LOAD_HEADER } from '../load-ladder.ts';

export interface LoadProbeOptions {
  readonly ladder: Pick<LoadLadder, 'sample'>;
  /** How full the queue in front of the work is, 0–1. */
  queue(): number;
  /** What the process may hold; without it the container's limit, else the machine's memory. */
  readonly memoryLimitMb?: number | undefined;
  /** Bytes that it holds. */
  held?(): number;
}

export interface LoadProbe {
  /** What has been since the last call. */
  read(): LoadSample;
  stop(): void;
}

const EVERY_MS = 1000;
/** Half of what a person notices. */
const RESOLUTION_MS = 20;
const MIB = 1024 * 1024;

/** Keeps no process alive. */
export function startLoadProbe(options: LoadProbeOptions): LoadProbe {
  const { ladder, queue, memoryLimitMb, held = () => process.memoryUsage.rss() } = options;
  const limit = memoryLimitMb === undefined ? memoryOf(process.constrainedMemory()) : memoryLimitMb * MIB;
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();

  const read = (): LoadSample => {
    // A single long turn, a garbage collection, is no load: nine of ten turns are what counts. Each holds the timer's own
    // time; without any in it, the histogram says 0 or NaN.
    const turn = histogram.percentile(90) / 1e6;
    histogram.reset();
    return {
      queue: queue(),
      delayMs: turn > RESOLUTION_MS ? turn - RESOLUTION_MS : 0,
      memory: held() / limit,
    };
  };
  const timer = setInterval(() => ladder.sample(read()), EVERY_MS).unref();
  return {
    read,
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

/** Where there is no limit the kernel names one beyond all memory, or none. */
function memoryOf(constrained: number): number {
  const machine = totalmem();
  return constrained > 0 && constrained < machine ? constrained : machine;
}

/** Says the load in every answer, as it is when the answer begins. */
export function sayLoad(load: () => Load): RequestHandler {
  return (_, response, next) => {
    const { writeHead } = response;
    response.writeHead = ((...given: Parameters<typeof writeHead>) => {
      response.setHeader(LOAD_HEADER, load());
      return writeHead.apply(response, given);
    }) as typeof writeHead;
    next();
  };
}
