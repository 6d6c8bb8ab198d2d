// The bill as a table, as JSON and as a chart.
import { lineChart } from '../kit/chart.ts';
import { figure, table } from '../kit/report.ts';
import type { CostArguments } from './arguments.ts';
import type { Assumptions, Bill } from './bill.ts';
import { bill, DAYS_A_MONTH, topologies } from './bill.ts';
import type { Price, Region } from './prices.ts';
import { peers, prices, regions } from './prices.ts';

export interface StageTimes {
  /** With upscale, segment and effects. */
  readonly seconds: readonly number[];
  readonly source: string;
}

export interface Statement {
  readonly args: CostArguments;
  readonly times: StageTimes;
  readonly assumptions: Assumptions;
  /** Of every topology. */
  readonly bills: readonly Bill[];
}

/** Photos a day for which the chart is drawn. */
const VOLUMES = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

export function textOf({ args, times, assumptions, bills }: Statement): string {
  const { photosPerDay, opens, closes, stageSec, coldSec, idleSec } = assumptions;
  const [upscale, segment, effects] = stageSec.map(figure);
  const perMonth = photosPerDay * DAYS_A_MONTH;
  const chosen = bills.find(({ topology }) => topology === args.topology)!;
  const rows = [
    ...bills.map((one) => ({
      what: one.topology,
      '$ a month': one.perMonth,
      '$ per 1,000 photos': one.per1000,
      'GPU hours a month': one.gpuHoursPerMonth,
      'cold, % of photos': 100 * one.coldShare,
      'wait p50, s': one.waitSec.p50,
      'wait p95, s': one.waitSec.p95,
    })),
    ...Object.entries(peers).map(([name, price]) => ({
      what: `${name} (cut-out alone${doubt(price)})`,
      '$ a month': price.dollars * perMonth,
      '$ per 1,000 photos': price.dollars * 1000,
    })),
  ];
  const used = { ...prices, storageGbMonth: regions[args.region].storageGbMonth, ...peers };
  return [
    `${photosPerDay} photos a day from ${opens} to ${closes} o'clock, ${args.region}; ${assumptions.days} days simulated, seed ${assumptions.seed}`,
    `Seconds with upscale ${upscale}, segment ${segment}, effects ${effects}: ${times.source}; factor ${args.factor}`,
    `Cold start ${coldSec} s, kept idle for ${idleSec} s, at most ${assumptions.maxInstances} instances of ${assumptions.cpus} vCPU, ${assumptions.memoryGib} GiB and an L4`,
    '',
    table(rows),
    '',
    `${chosen.topology}, line by line:`,
    table(
      Object.entries(chosen.lines).map(([what, dollars]) => ({
        what,
        '$ a month': dollars,
        '$ per 1,000 photos': (1000 * dollars) / chosen.photosPerMonth,
      })),
    ),
    '',
    'Prices:',
    table(
      Object.values<Price>(used).map(({ dollars, per, date, standing, source }) => ({
        $: String(Number(dollars.toPrecision(4))),
        per,
        read: date,
        standing,
        source,
      })),
    ),
  ].join('\n');
}

/** What --json prints. */
export function documentOf({ args, times, assumptions, bills }: Statement) {
  return {
    region: args.region,
    stage_seconds: {
      upscale: assumptions.stageSec[0],
      segment: assumptions.stageSec[1],
      effects: assumptions.stageSec[2],
    },
    times_source: times.source,
    factor: args.factor,
    assumptions,
    bills: Object.fromEntries(
      bills.map(({ topology, ...one }) => [
        topology,
        {
          dollars_per_month: one.perMonth,
          dollars_per_1000_photos: one.per1000,
          photos_per_month: one.photosPerMonth,
          gpu_hours_per_month: one.gpuHoursPerMonth,
          cold_share: one.coldShare,
          wait_seconds: one.waitSec,
          lines: one.lines,
        },
      ]),
    ),
    peers: Object.fromEntries(
      Object.entries(peers).map(([name, price]) => [
        name,
        { dollars_per_1000_photos: price.dollars * 1000, ...price },
      ]),
    ),
    prices: { ...prices, storageGbMonth: regions[args.region].storageGbMonth },
  };
}

/** Dollars per 1,000 photos against photos a day. @returns the text of an SVG file */
export function chartOf(assumptions: Assumptions, region: Region): string {
  const ours = topologies.map((topology) => ({
    name: topology,
    points: VOLUMES.map((photosPerDay) => ({
      x: photosPerDay,
      // Rare photos need more days for a steady mean.
      y: bill(topology, { ...assumptions, photosPerDay, days: photosPerDay < 200 ? 90 : 15 }, region).per1000,
    })),
  }));
  const theirs = Object.entries(peers).map(([name, price]) => ({
    name: `${name}${doubt(price)}`,
    dashed: true,
    points: [VOLUMES[0]!, VOLUMES.at(-1)!].map((x) => ({ x, y: price.dollars * 1000 })),
  }));
  return lineChart({
    title: 'Dollars per 1,000 photos',
    x: 'photos a day',
    y: '$ per 1,000 photos',
    logX: true,
    logY: true,
    series: [...ours, ...theirs],
  });
}

function doubt({ standing }: Price): string {
  return standing === 'unverified' ? ', price unverified' : '';
}
