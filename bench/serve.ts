// A service under load: how much it does, how long one waits, how much of the time its models work.
//   npm run bench serve [-- --photos 60]                 the segment stage here, 1 to 64 clients
//   npm run bench serve -- --url URL [--requests 100] [--concurrency 10] [--photo FILE] [--key KEY] [--json]
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { lineChart } from './kit/chart.ts';
import type { Load } from './kit/load.ts';
import { load, removeBackground } from './kit/load.ts';
import type { Goal, Row } from './kit/report.ts';
import { figure, report, table } from './kit/report.ts';
import { startStageTarget } from './kit/stage-target.ts';
import { photoOf } from './kit/workbench.ts';

const REMOVE = '/api/background-removal/remove';
const CLIENTS = [1, 4, 16, 64];
const BUSY = 0.95;
/** Of all clients one waits for each other once; half as much again is for what a busy machine adds. */
const QUEUE_SLACK = 1.5;

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    requests: { type: 'string', default: '100' },
    concurrency: { type: 'string', default: '10' },
    photos: { type: 'string', default: '60' },
    photo: { type: 'string' },
    key: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
if (values.url === undefined) await measureHere(whole('photos'));
else process.exitCode = await loadService(values.url);

/** @returns the exit code: 1 when not every request was answered well */
async function loadService(address: string): Promise<number> {
  const url = new URL(address);
  if (url.pathname === '/') url.pathname = REMOVE;
  const photo = values.photo === undefined ? await photoOf(1080, 1920) : await readFile(values.photo);
  const send = removeBackground(url.href, new Uint8Array(photo), values.key);
  // Whoever is cold is measured by its start, not here.
  await send(-1).catch((error: Error) =>
    console.error(`The first request, which is not counted: ${error.message}`),
  );
  const measured = await load({
    requests: whole('requests'),
    concurrency: whole('concurrency'),
    send,
    now: () => performance.now(),
  });
  if (values.json) console.log(JSON.stringify(measured.result));
  else
    console.log(
      `${url.href}\n\n${table(Object.entries(measured.result).map(([field, value]) => ({ field, value })))}`,
    );
  for (const [what, times] of measured.failures) console.error(`${times} × ${what}`);
  return measured.result.errors > 0 ? 1 : 0;
}

async function measureHere(photos: number): Promise<void> {
  const target = await startStageTarget(await photoOf(1200, 1600));
  const rows: Row[] = [];
  const goals: Goal[] = [];
  const loads: Load[] = [];
  try {
    await runs(2, 4);
    for (const clients of CLIENTS) {
      const before = await target.busySeconds();
      const measured = await runs(clients, Math.max(photos, 2 * clients));
      const { result, max_latency_ms, failures } = measured;
      const busy = ((await target.busySeconds()) - before) / result.total_time_s;
      loads.push(measured);
      const bound = (1000 * QUEUE_SLACK * clients) / result.throughput;
      rows.push({
        clients,
        'photos/s': result.throughput,
        'p50, ms': result.p50_latency_ms,
        'p95, ms': result.p95_latency_ms,
        'p99, ms': result.p99_latency_ms,
        'max, ms': max_latency_ms,
        'models busy, %': 100 * busy,
        errors: [...failures].map(([what, times]) => `${times} × ${what}`).join('; ') || 'none',
        'memory, MB': await target.memoryMb(),
      });
      if (clients > 1)
        goals.push({
          what: `models busy at ${clients} clients`,
          goal: '≥ 95 %',
          measured: `${figure(100 * busy)} %`,
          met: busy >= BUSY,
        });
      goals.push({
        what: `p99 at ${clients} clients against its share of the queue`,
        goal: `≤ ${figure(bound)} ms`,
        measured: `${figure(result.p99_latency_ms)} ms`,
        met: result.p99_latency_ms <= bound,
      });
    }
  } finally {
    await target.close();
  }
  const alone = loads[0]!;
  await report({
    name: 'serve',
    title: `The segment stage under load: POST /run, 1200×1600, ${photos} photos at each step, four at once as Terraform deploys it (WORK_SLOTS), stored as files`,
    device: target.device,
    rows,
    goals,
    figures: {
      p50_ms: alone.result.p50_latency_ms,
      p95_ms: alone.result.p95_latency_ms,
      p99_ms: alone.result.p99_latency_ms,
      max_ms: alone.max_latency_ms,
      photos_per_second: Math.max(...loads.map(({ result }) => result.throughput)),
      memory_mb: Number(rows.at(-1)!['memory, MB']),
    },
    chart: lineChart({
      title: 'Latency by clients',
      x: 'clients at once',
      y: 'milliseconds',
      logX: true,
      logY: true,
      series: (['p50', 'p95', 'p99'] as const).map((name) => ({
        name,
        points: rows.map((row) => ({ x: Number(row.clients), y: Number(row[`${name}, ms`]) })),
      })),
    }),
  });

  async function runs(concurrency: number, requests: number): Promise<Load> {
    const messages = await target.prepare(requests);
    return await load({
      requests,
      concurrency,
      send: (index) => target.run(messages[index]!),
      now: () => performance.now(),
    });
  }
}

function whole(name: 'requests' | 'concurrency' | 'photos'): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Error(`Expected a whole number from 1 for --${name} but received '${values[name]}'`);
}
