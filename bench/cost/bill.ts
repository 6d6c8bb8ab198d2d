// The bill of a shop: photos that come by chance go through the stages' services one after another; what instances lived,
// what was stored, sent and asked is multiplied by the prices.
import { quantile } from '../kit/statistics.ts';
import { arrivals, seeded } from './arrivals.ts';
import type { Service } from './instances.ts';
import { createService } from './instances.ts';
import type { Region } from './prices.ts';
import { prices } from './prices.ts';

export const topologies = ['split', 'fused', 'always-on'] as const;
/** A GPU service a stage; one for all stages; one that is kept for ever. */
export type Topology = (typeof topologies)[number];

export interface Assumptions {
  readonly photosPerDay: number;
  readonly opens: number;
  readonly closes: number;
  /** Simulated; the month's figures are in proportion. */
  readonly days: number;
  readonly seed: number;
  /** How long a photo is with each stage, in order: upscale, segment, effects. */
  readonly stageSec: readonly number[];
  readonly coldSec: number;
  readonly idleSec: number;
  readonly maxInstances: number;
  readonly cpus: number;
  readonly memoryGib: number;
  /** Of a photo and its results, as long as they are kept. */
  readonly storedMb: number;
  readonly keptDays: number;
  /** What customers and the shop fetch of a photo's results. */
  readonly sentMb: number;
}

export interface Bill {
  readonly topology: Topology;
  readonly photosPerMonth: number;
  /** Dollars a month, by what they are for. */
  readonly lines: Readonly<Record<string, number>>;
  readonly perMonth: number;
  readonly per1000: number;
  readonly gpuHoursPerMonth: number;
  /** Share of photos that waited for an instance to start. */
  readonly coldShare: number;
  /** From the photo's arrival to its last look, in seconds. */
  readonly waitSec: { readonly p50: number; readonly p95: number; readonly max: number };
}

const DAY_SEC = 24 * 3600;
export const DAYS_A_MONTH: number = 365 / 12;

/** One public CPU service, billed by the request: an upload URL, looking at the state, files. */
const STOREFRONT = { requests: 12, seconds: 1, cpus: 1, memoryGib: 1 };
/** The bucket's notification, a message a stage, the end; stages of one service need none between them. */
const MESSAGES = { split: 5, fused: 3, 'always-on': 3 } as const;
/** In and out; a message is smaller than the least that is billed. */
const MESSAGE_KIB = 2;
/** Uploads, job, tries, outputs, records, cache entries, announcements. */
const WRITES = 18;
const READS = 26;

export function bill(topology: Topology, assumptions: Assumptions, region: Region): Bill {
  const { photosPerDay, days, seed, cpus, memoryGib, storedMb, keptDays, sentMb } = assumptions;
  const photos = arrivals({ ...assumptions, photosPerDay, days, random: seeded(seed) });
  const { services, waits, cold } = simulate(topology, photos, assumptions);
  const scale = DAYS_A_MONTH / days;
  const livedSec = scale * services.reduce((sum, service) => sum + service.billedSec(days * DAY_SEC), 0);
  const count = scale * photos.length;
  const storefront =
    prices.requestCpuSecond.dollars * STOREFRONT.cpus +
    prices.requestMemorySecond.dollars * STOREFRONT.memoryGib;
  const lines = {
    GPU: livedSec * prices.gpuSecond.dollars * region.tier,
    'its CPU': livedSec * cpus * prices.cpuSecond.dollars * region.tier,
    'its memory': livedSec * memoryGib * prices.memorySecond.dollars * region.tier,
    storefront:
      count * (STOREFRONT.seconds * storefront * region.tier + STOREFRONT.requests * prices.request.dollars),
    messages: count * MESSAGES[topology] * MESSAGE_KIB * prices.messageKib.dollars,
    'storage operations': count * (WRITES * prices.storageWrite.dollars + READS * prices.storageRead.dollars),
    storage: ((count * storedMb) / 1000) * (keptDays / DAYS_A_MONTH) * region.storageGbMonth.dollars,
    'sent to the Internet': ((count * sentMb) / 1000) * prices.egressGb.dollars,
  };
  const perMonth = Object.values(lines).reduce((a, b) => a + b);
  return {
    topology,
    photosPerMonth: count,
    lines,
    perMonth,
    per1000: (1000 * perMonth) / count,
    gpuHoursPerMonth: livedSec / 3600,
    coldShare: cold / photos.length,
    waitSec: { p50: quantile(waits, 0.5), p95: quantile(waits, 0.95), max: quantile(waits, 1) },
  };
}

interface Simulated {
  readonly services: readonly Service[];
  /** Seconds from a photo's arrival to its end. */
  readonly waits: readonly number[];
  readonly cold: number;
}

/** @param photos when they arrive, rising */
export function simulate(
  topology: Topology,
  photos: readonly number[],
  {
    stageSec,
    coldSec,
    idleSec,
    maxInstances,
  }: Pick<Assumptions, 'stageSec' | 'coldSec' | 'idleSec' | 'maxInstances'>,
): Simulated {
  const steps = topology === 'split' ? stageSec : [stageSec.reduce((a, b) => a + b, 0)];
  const minInstances = topology === 'always-on' ? 1 : 0;
  let at = photos.map((arrived) => ({ arrived, now: arrived, cold: false }));
  const services = steps.map((workSec) => {
    const service = createService({ coldSec, idleSec, maxInstances, minInstances });
    // What overtook on another instance comes to the next stage first.
    at = at
      .toSorted((a, b) => a.now - b.now)
      .map((photo) => {
        const { end, cold } = service.serve(photo.now, workSec);
        return { ...photo, now: end, cold: photo.cold || cold };
      });
    return service;
  });
  return {
    services,
    waits: at.map(({ arrived, now }) => now - arrived),
    cold: at.filter(({ cold }) => cold).length,
  };
}
