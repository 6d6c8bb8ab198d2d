// An hour of a shop's traffic in minutes: whatever npm run serve holds, it holds no more at the end than at the start.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formOf, openShop } from '../functions/local/testdata/shop.ts';
import { sharp } from '../shared/image/vips.ts';
import type { Chance } from './chance.ts';
import { createCleanup } from './cleanup.ts';
import type { Findings } from './findings.ts';
import type { Held } from './held.ts';
import { openProbe } from './held.ts';
import { createLedger } from './ledger.ts';
import { trendOf } from './trend.ts';
import type { Visit } from './visits.ts';
import { visits } from './visits.ts';

export interface TrafficOptions {
  /** Of visitors, each with some requests. */
  readonly visits: number;
  readonly chance: Chance;
  say(line: string): void;
}

type Measured = Held & { readonly temporary: number; readonly unfinished: number; readonly waiting: number };

/** In an hour one visitor in two seconds. */
export const HOUR = 1800;
const CLIENTS = 4;
const MEASURES = 24;
/** The first of them see what warms up once: caches, pools, compiled code. */
const WARM_MEASURES = 8;

/** How much each may grow from the warm state to the end, along the line through all measurements. */
const tolerated = {
  rss_mb: 60,
  heap_mb: 8,
  buffers_mb: 20,
  files: 4,
  threads: 2,
  timers: 4,
  temporary: 1,
  unfinished: 1,
  waiting: 1,
} as const satisfies Record<keyof Measured, number>;

const names: Readonly<Record<keyof Measured, string>> = {
  rss_mb: 'memory, MB',
  heap_mb: 'heap after collection, MB',
  buffers_mb: 'buffers, MB',
  files: 'open files',
  threads: 'threads',
  timers: 'timers',
  temporary: 'temporary files',
  unfinished: 'unfinished files in .cutline',
  waiting: 'messages waiting',
};

export async function trafficHour({ visits: count, chance, say }: TrafficOptions): Promise<Findings> {
  const cleanup = createCleanup();
  try {
    const probe = await openProbe(cleanup);
    const limits = { RATE_LIMIT_PER_SECOND: '1000000', RATE_LIMIT_PER_MINUTE: '1000000' };
    const shop = await openShop(cleanup, { ...limits, ...probe.env });
    const { pid } = (await shop.serving.logged('Serving')) as unknown as { pid: number };
    const photo = Uint8Array.from(await sharp(shop.photo).resize(160).jpeg().toBuffer());
    const [answers, wrong] = [createLedger(), [] as string[]];
    const measured: Measured[] = [];
    const kinds = Object.keys(visits);
    for (let round = 0, next = 0; round < MEASURES; round++) {
      const until = Math.round(((round + 1) * count) / MEASURES);
      const client = async (): Promise<void> => {
        while (next < until) {
          const index = next++;
          const mine = chance.fork(`visit ${index}`);
          const kind = mine.pick(kinds);
          const visit: Visit = { ask: shop.ask, photo, chance: mine, formOf, reference: `visit ${index}` };
          const status = await visits[kind]!(visit).catch((error: Error) => error.message);
          answers.count(`${kind}: ${status}`);
          if (status !== 'as it should be') wrong.push(`visit ${index} (${kind}): ${status}`);
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
      measured.push(await measure());
      if (round % 4 === 3) say(`${until} of ${count} visits, ${measured.at(-1)!.rss_mb} MB`);
    }
    const rows = [];
    for (const what of Object.keys(tolerated) as (keyof Measured)[]) {
      const series = measured.slice(WARM_MEASURES).map((one) => one[what]);
      const { growth, first, last, most } = trendOf(series);
      const grown = Math.round(growth * 10) / 10;
      if (growth > tolerated[what]) wrong.push(`${names[what]} grew by ${grown}, from ${first} to ${last}`);
      const cold = measured[0]![what];
      rows.push({
        what: names[what],
        cold,
        warm: first,
        most,
        'at the end': last,
        grew: grown,
        tolerated: tolerated[what],
      });
    }
    const notes = [...answers.entries()].map(([what, times]) => `${times} × ${what}`);
    const title = `${count} visits to npm run serve, measured ${MEASURES} times, the first ${WARM_MEASURES} to warm up`;
    return { part: 'traffic', title, rows, wrong, notes };

    async function measure(): Promise<Measured> {
      // What was deleted while it was worked on is swept by who worked on it.
      let bus = await waiting();
      for (let looks = 0; bus > 0 && looks < 1500; looks++) {
        await sleep(100);
        bus = await waiting();
      }
      const below = await readdir(shop.data, { recursive: true });
      const unfinished = below.filter((name) => /(^|\/)\.(unfinished|draft)/.test(name)).length;
      const temporary = await probe.temporaryFiles();
      return { ...(await probe.held(pid)), temporary, unfinished, waiting: bus };
    }

    async function waiting(): Promise<number> {
      const lying = await readdir(join(shop.data, 'bus'), { recursive: true });
      return lying.filter((name) => name.includes('/')).length;
    }
  } finally {
    await cleanup.end();
  }
}
