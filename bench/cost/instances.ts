// How Cloud Run keeps a service's instances: one is started when there is none (a cold start, which is billed), each does
// one photo at a time, and one that has nothing to do is kept for a while, which is billed too.

export interface ServiceOptions {
  /** From nothing until ready, in seconds. */
  readonly coldSec: number;
  /** How long an instance without work is kept. Cloud Run: up to 600. */
  readonly idleSec: number;
  readonly maxInstances: number;
  /** Kept whatever comes. */
  readonly minInstances: number;
}

export interface Served {
  readonly start: number;
  readonly end: number;
  /** It waited for an instance to start. */
  readonly cold: boolean;
}

export interface Service {
  /** Photos are to be given in the order of their arrival. @param at seconds @param workSec how long the photo takes */
  serve(at: number, workSec: number): Served;
  /** Seconds that instances have lived, and will live for the photos served so far. @param horizon when the time ends that is billed */
  billedSec(horizon: number): number;
}

interface Instance {
  readonly born: number;
  freeAt: number;
}

export function createService({ coldSec, idleSec, maxInstances, minInstances }: ServiceOptions): Service {
  const always: Instance[] = Array.from({ length: minInstances }, () => ({ born: 0, freeAt: 0 }));
  let living: Instance[] = [];
  let endedSec = 0;

  return {
    serve(at, workSec) {
      retire(at);
      const all = [...always, ...living];
      const next = all.reduce<Instance | undefined>(
        (best, one) => (best && best.freeAt <= one.freeAt ? best : one),
        undefined,
      );
      // Another is started where waiting for one that works would take longer than a start.
      const startsAnother = all.length < maxInstances && (!next || next.freeAt > at + coldSec);
      const cold = startsAnother;
      const instance = startsAnother ? begin(at) : next!;
      const start = Math.max(at, instance.freeAt);
      instance.freeAt = start + workSec;
      return { start, end: instance.freeAt, cold };
    },
    billedSec(horizon) {
      const lived = living.reduce(
        (sum, { born, freeAt }) => sum + (Math.min(freeAt + idleSec, horizon) - born),
        0,
      );
      return endedSec + lived + always.length * horizon;
    },
  };

  function begin(at: number): Instance {
    const instance = { born: at, freeAt: at + coldSec };
    living.push(instance);
    return instance;
  }

  function retire(at: number): void {
    for (const { born, freeAt } of living.filter((one) => one.freeAt + idleSec <= at))
      endedSec += freeAt + idleSec - born;
    living = living.filter((one) => one.freeAt + idleSec > at);
  }
}
