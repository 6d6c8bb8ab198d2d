// How long each stage takes, learnt from the jobs that end: ops/times.json in the results bucket.
import { z } from 'zod';
import { stageNames } from './card.ts';
import { parseRecord, toJson } from './job-records.ts';
import type { StageTimes } from './job-state.ts';
import type { Completed } from './message.ts';
import type { ObjectStore } from './object-store.ts';
import { paths } from './records.ts';

/** A new time counts so much beside all before it. */
const WEIGHT = 0.2;
const MAX_BYTES = 64 * 1024;

const timesSchema = z.partialRecord(z.enum(stageNames), z.number().nonnegative());

export interface KeptTimes {
  /** @throws STORE_UNAVAILABLE */
  read(): Promise<StageTimes>;
  /** Stages that were served from the cache say nothing. @throws STORE_UNAVAILABLE */
  learn(completed: Completed): Promise<void>;
}

/** Two that learn at once may lose one time of many. */
export function createStageTimes(store: ObjectStore, bucket: string): KeptTimes {
  const object = { bucket, name: paths.times };
  const read = async (): Promise<StageTimes> => {
    const found = await store.read(object, MAX_BYTES);
    return found ? parseRecord(found.data, timesSchema, found.info) : {};
  };
  return {
    read,
    async learn({ timings_ms, cached }) {
      const before = await read();
      const learnt = stageNames.flatMap((stage) => {
        const ms = timings_ms[stage];
        if (ms === undefined || cached.includes(stage)) return [];
        const known = before[stage];
        return [[stage, known === undefined ? ms : known + WEIGHT * (ms - known)] as const];
      });
      if (learnt.length === 0) return;
      const times = { ...before, ...Object.fromEntries(learnt) };
      await store.write(object, toJson(times), { contentType: 'application/json' });
    },
  };
}
