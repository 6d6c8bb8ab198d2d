// Thousands of hostile inputs over HTTP against npm run serve: it answers, never with a 5xx but 503 and 504, hangs on
// none, lives on, and holds no more afterwards.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { openShop } from '../functions/local/testdata/shop.ts';
import { sharp } from '../shared/image/vips.ts';
import { until } from '../shared/testing/until.ts';
import type { Chance } from './chance.ts';
import { createCleanup } from './cleanup.ts';
import type { Answer } from './exchange.ts';
import { exchange } from './exchange.ts';
import type { Findings } from './findings.ts';
import type { Held } from './held.ts';
import { openProbe } from './held.ts';
import type { HostileInput, Material } from './hostile-inputs.ts';
import { hostileInput } from './hostile-inputs.ts';
import { createLedger } from './ledger.ts';
import type { Bytes } from './spoil.ts';
import { trendOf } from './trend.ts';

export interface HostileOptions {
  readonly inputs: number;
  readonly chance: Chance;
  say(line: string): void;
}

const CLIENTS = 4;
/** On a machine that does much besides; a photo's own limit is far below. */
const HANGS_AFTER_MS = 120_000;
const MEASURES = 10;
/** The first of them see what is kept from then on: caches, pools, compiled code, what the allocator does not give back. */
const WARM_MEASURES = 4;
/**
 * How much more may be held at the end than after those, along the line through all. The allocator keeps what large
 * photos took: it was seen to level off at 750 MB, in steps.
 */
const tolerated = {
  rss_mb: 250,
  heap_mb: 15,
  buffers_mb: 40,
  files: 5,
  threads: 4,
  timers: 5,
} as const satisfies Record<keyof Held, number>;
const MOST_PHOTO_BYTES = 300_000;

const settings = {
  RATE_LIMIT_PER_SECOND: '1000000',
  RATE_LIMIT_PER_MINUTE: '1000000',
  // Who sends so much waits for little of it.
  MAX_OUTPUT_MEGAPIXELS: '4',
};

export async function hostileInputs({ inputs, chance, say }: HostileOptions): Promise<Findings> {
  const cleanup = createCleanup();
  try {
    const probe = await openProbe(cleanup);
    const shop = await openShop(cleanup, { ...settings, ...probe.env });
    const { serving } = shop;
    const { pid } = (await serving.logged('Serving')) as unknown as { pid: number };
    const job = await shop.makeJob({ scale: '1' });
    const material: Material = { photos: await realPhotos(shop.photo), job };
    const [answers, kinds, wrong] = [createLedger(), createLedger(), [] as string[]];
    const measured: Held[] = [];
    for (let round = 0; round < MEASURES; round++) {
      const until = Math.round(((round + 1) * inputs) / MEASURES);
      await sendAll(Math.round((round * inputs) / MEASURES), until);
      await calm();
      const held = await probe.held(pid);
      measured.push(held);
      say(`${until} of ${inputs} inputs sent, ${held.rss_mb} MB held`);
    }
    const warm = measured.slice(WARM_MEASURES);
    for (const [what, most] of Object.entries(tolerated) as [keyof Held, number][]) {
      const { growth, first, last } = trendOf(warm.map((held) => held[what]));
      if (growth > most) wrong.push(`${what} grew by ${Math.round(growth)}, from ${first} to ${last}`);
    }
    const starts = serving.lines().filter(({ message }) => message === 'Serving').length;
    if (starts !== 1) wrong.push(`the process was started ${starts} times`);
    if ((await shop.makeJob({ scale: '1' })).status !== 'completed')
      wrong.push('afterwards a good photo is not completed');
    const rows = [
      ...kinds.entries().map(([what, times]) => ({ '': 'sent', what, times })),
      ...answers.entries().map(([what, times]) => ({ '': 'answered', what, times })),
      ...(['rss_mb', 'heap_mb', 'buffers_mb', 'files', 'threads', 'timers'] as const).map((what) => ({
        '': 'held',
        what: `${what.replace('_mb', ', MB')}: at each tenth`,
        times: measured.map((held) => Math.round(held[what])).join(' '),
      })),
    ];
    const notes = process.env.PHOTOS_DIR
      ? []
      : ['Without PHOTOS_DIR: the photos that were spoiled are a sample’s.'];
    return { part: 'hostile', title: `${inputs} hostile inputs to npm run serve`, rows, wrong, notes };

    async function sendAll(from: number, to: number): Promise<void> {
      let next = from;
      const client = async (): Promise<void> => {
        while (next < to) {
          const index = next++;
          await send(index);
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
    }

    async function send(index: number): Promise<void> {
      const input = hostileInput(chance.fork(`input ${index}`), material);
      kinds.count(input.kind);
      const answer = await exchange(serving.url, input, HANGS_AFTER_MS);
      answers.count(answer.status === 0 ? 'the end of the connection' : String(answer.status));
      const problem = judge(input, answer);
      if (problem) wrong.push(`input ${index} (${input.kind}) ${problem}: ${excerpt(input)}`);
    }

    /** Jobs that were taken are done. */
    async function calm(): Promise<void> {
      const isCalm = async (): Promise<boolean> => {
        await sleep(300);
        await (await shop.ask('/health')).arrayBuffer();
        const waiting = await readdir(join(shop.data, 'bus'), { recursive: true });
        return !waiting.some((name) => /^(uploads|upscale|segment|effects)\//.test(name));
      };
      await until('no message to wait', isCalm);
    }
  } finally {
    await cleanup.end();
  }
}

/** What is wrong with an answer; nothing when it is as it should be. */
export function judge({ isWhole }: HostileInput, { status, text, hung }: Answer): string | undefined {
  if (hung) return `was not answered within ${HANGS_AFTER_MS / 1000} s`;
  if (isWhole && status === 0) return 'was not answered';
  if (status >= 500 && status !== 503 && status !== 504)
    return `was answered ${status} ${text.slice(0, 300)}`;
  if (/node_modules|\.ts:\d/.test(text) && status >= 400)
    return `was answered with our own paths: ${text.slice(0, 300)}`;
  return undefined;
}

const excerpt = ({ bytes }: HostileInput): string =>
  JSON.stringify(bytes.subarray(0, 600).toString('latin1'));

/** Small ones, and with PHOTOS_DIR those with something odd about them. */
async function realPhotos(photo: Buffer): Promise<Bytes[]> {
  const small = sharp(photo).resize(96, 112);
  const found = [
    await small.clone().jpeg().toBuffer(),
    await small.clone().png().toBuffer(),
    await small.clone().webp().toBuffer(),
    await small.clone().avif().toBuffer(),
    await small.clone().gif().toBuffer(),
  ].map((file) => Uint8Array.from(file));
  const folder = process.env.PHOTOS_DIR && join(process.env.PHOTOS_DIR, 'edge');
  for (const name of folder ? (await readdir(folder)).sort() : []) {
    const path = join(folder!, name);
    if ((await stat(path)).size <= MOST_PHOTO_BYTES) found.push(Uint8Array.from(await readFile(path)));
  }
  return found;
}
