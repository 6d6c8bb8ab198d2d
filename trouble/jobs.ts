// Many jobs through a house in trouble: each ends once, as it does undisturbed.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Findings } from './findings.ts';
import { createLedger } from './ledger.ts';
import type { Outcome, Records } from './outcome.ts';
import { compare, hasEnded, readEnd } from './outcome.ts';
import type { PhotoCase } from './photos.ts';
import { badPhotos, goodPhotos } from './photos.ts';
import type { Trial } from './trial.ts';

export interface JobsOptions {
  readonly jobs: number;
  readonly chance: Chance;
  say(line: string): void;
}

/** So many are under way at once, and of few a quarter, so that trouble lasts for most of them. */
const WINDOW = 40;
const BAD_SHARE = 0.15;
/** A customer who comes again is served from the cache. */
const REGULAR_SHARE = 0.1;
const LOOK_MS = 400;
/** In the middle of all troubles. */
const STALLS_AFTER_MS = 180_000;
/** A house at peace that ends no job for so long has lost those that are left. */
const PATIENCE_MS = 240_000;

export async function jobsUnderTrouble(trial: Trial, { jobs, chance, say }: JobsOptions): Promise<Findings> {
  const good = await goodPhotos(!trial.takesOptions);
  const bad = await badPhotos(!trial.takesOptions);
  const wrong: string[] = [];
  const expected = new Map<PhotoCase, Outcome>();
  const undisturbed = new Map<string, PhotoCase>();
  for (const photo of [...good, ...bad]) undisturbed.set(await trial.put(photo, 'undisturbed'), photo);
  await untilEnded(trial, new Set(undisturbed.keys()));
  for (const [job, photo] of undisturbed) {
    const { outcome } = await readEnd(trial, job);
    expected.set(photo, outcome);
    const isRight = good.includes(photo) ? 'completed' in outcome : 'failed' in outcome;
    if (!isRight) wrong.push(`undisturbed, ${photo.name} ended with ${JSON.stringify(outcome)}`);
  }
  say(`undisturbed: ${undisturbed.size} jobs ended`);

  const window = Math.min(WINDOW, Math.ceil(jobs / 4));
  const injected = createLedger();
  const put = new Map<string, PhotoCase>();
  const open = new Set<string>();
  const peace = new AbortController();
  const trouble = makeTrouble(trial, chance.fork('trouble'), injected, peace.signal);
  // Looked at when there is peace; before that it is nobody's unhandled rejection.
  trouble.catch(() => {});
  const choice = chance.fork('photos');
  let said = 0;
  let late = performance.now() + STALLS_AFTER_MS;
  while ((put.size < jobs || open.size > window / 4) && performance.now() < late) {
    while (put.size < jobs && open.size < window) {
      const photo = choice.pick(choice.next() < BAD_SHARE ? bad : good);
      const tenant = choice.next() < REGULAR_SHARE ? 'regular' : `guest-${put.size}`;
      const job = await trial.put(photo, tenant);
      put.set(job, photo);
      open.add(job);
    }
    const before = open.size;
    await takeOutEnded(trial, open);
    if (open.size < before) late = performance.now() + STALLS_AFTER_MS;
    else await sleep(LOOK_MS);
    const ended = put.size - open.size;
    if (ended - said < jobs / 20) continue;
    said = ended;
    say(`${ended} of ${jobs} jobs ended, ${total(injected)} troubles`);
  }
  if (put.size < jobs)
    wrong.push(`no job ended for ${STALLS_AFTER_MS / 1000} s: ${put.size} of ${jobs} were begun`);
  peace.abort();
  await trouble;
  const lost = await untilEnded(trial, open);
  say(`${put.size - lost.size} of ${jobs} jobs ended, ${total(injected)} troubles`);

  wrong.push(...(await trial.finish()));
  const ends = { completed: 0, failed: 0, more: 0 };
  for (const [job, photo] of put) {
    const end = await readEnd(trial, job);
    const problem = lost.has(job)
      ? `is lost: ${JSON.stringify(end.outcome)}`
      : compare(expected.get(photo)!, end);
    if (problem) wrong.push(`job ${job} (${photo.name}) ${problem}`);
    if ('completed' in end.outcome) ends.completed++;
    else ends.failed++;
    const stages = Number(end.outcome.completed ?? end.tries);
    ends.more += Math.max(0, end.tries - stages);
  }
  const known = new Set([...put.keys(), ...undisturbed.keys()]);
  for (const job of await allJobs(trial)) if (!known.has(job)) wrong.push(`job ${job} is nobody’s`);
  const rows = [
    ...injected.entries().map(([what, times]) => ({ '': 'injected', what, times })),
    ...trial.seen.entries().map(([what, times]) => ({ '': 'seen', what, times })),
    { '': 'seen', what: 'tries beyond the first of a stage', times: ends.more },
    { '': 'jobs', what: 'completed', times: ends.completed },
    { '': 'jobs', what: 'failed for their photo or option', times: ends.failed },
    { '': 'jobs', what: 'lost, doubled or ended otherwise than undisturbed', times: wrong.length },
  ];
  return { part: 'jobs', title: `${jobs} jobs through ${trial.what}`, rows, wrong, notes: trial.notes };
}

async function makeTrouble(
  { troubles, pauseMs }: Trial,
  chance: Chance,
  injected: ReturnType<typeof createLedger>,
  peace: AbortSignal,
): Promise<void> {
  while (!peace.aborted) {
    await sleep(chance.between(...pauseMs));
    const { name, run } = chance.pick(troubles);
    injected.count(name);
    await run(chance);
  }
}

async function takeOutEnded(trial: Records, open: Set<string>): Promise<void> {
  await Promise.all([...open].map(async (job) => (await hasEnded(trial, job)) && open.delete(job)));
}

/** @returns those that have not, when none has for a long while */
export async function untilEnded(
  trial: Records,
  open: Set<string>,
  patienceMs = PATIENCE_MS,
): Promise<ReadonlySet<string>> {
  let late = performance.now() + patienceMs;
  while (open.size > 0 && performance.now() < late) {
    const before = open.size;
    await takeOutEnded(trial, open);
    if (open.size < before) late = performance.now() + patienceMs;
    else await sleep(LOOK_MS);
  }
  return open;
}

async function allJobs({ store }: Trial): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const { name } of store.list('results', 'jobs/')) found.add(name.split('/')[1]!);
  return found;
}

const total = (ledger: ReturnType<typeof createLedger>): number =>
  ledger.entries().reduce((sum, [, times]) => sum + times, 0);
