import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import type { JobState } from '../../shared/job-state.ts';
import { silentLog } from '../../shared/testing/chain-rig.ts';
import type { JobEvent } from './watch-job.ts';
import { createJobWatch } from './watch-job.ts';

const common = { job: 'a'.repeat(32), reference: null, created: '2026-11-20T12:00:00.000Z' };
const working = (progress: number): JobState => ({
  ...common,
  status: 'processing',
  route: ['segment'],
  stage: 'segment',
  progress,
  estimate_ms: 10,
  stages_done: [],
  outputs: {},
});
const failed: JobState = {
  ...common,
  status: 'failed',
  stage: 'segment',
  error_code: 'NO_SUBJECT',
  detail: '',
  stages_done: [],
  outputs: {},
};

/** States in turn, the last for ever; time passes when `next` is called. */
function rig(...states: (JobState | undefined | Error)[]) {
  const pauses: number[] = [];
  let due: (() => void) | undefined;
  let looks = 0;
  const watch = createJobWatch({
    async readState() {
      const state = states[Math.min(looks++, states.length - 1)];
      if (state instanceof Error) throw state;
      return state;
    },
    schedule(ms, run) {
      pauses.push(ms);
      due = run;
      return () => {
        due = undefined;
      };
    },
    log: silentLog,
  });
  return {
    watch,
    pauses,
    looks: () => looks,
    planned: () => due !== undefined,
    async next() {
      const run = due;
      due = undefined;
      run?.();
      await turn();
    },
  };
}

const job = common.job;

test('who listens is told the state and each look’s, until it has ended', async (t) => {
  const { watch, next, planned } = rig(working(0.1), working(0.5), failed);
  const events: JobEvent[] = [];
  watch.listen(job, (event) => events.push(event));
  for (let look = 0; look < 3; look++) {
    await turn();
    await next();
  }
  t.deepEqual(
    events.map((event) => event.kind === 'state' && event.state.status),
    ['processing', 'processing', 'failed'],
  );
  t.is(new Set(events.map(({ id }) => id)).size, 3);
  t.is(watch.watched, 0);
  t.false(planned());
});

test('many who listen share one poller, and who comes late is told at once what is known', async (t) => {
  const { watch, looks } = rig(working(0.1));
  const heard: string[] = [];
  watch.listen(job, () => heard.push('first'));
  await turn();
  watch.listen(job, () => heard.push('second'));
  t.deepEqual(heard, ['first', 'second']);
  t.is(looks(), 1);
  t.is(watch.watched, 1);
});

test('while nothing changes the looks become rarer, up to five seconds, and a change makes them frequent again', async (t) => {
  const same = Array.from({ length: 12 }, () => working(0.1));
  const { watch, next, pauses } = rig(...same, working(0.9));
  watch.listen(job, () => {});
  await turn();
  for (let look = 0; look < 12; look++) await next();
  t.deepEqual(pauses.slice(0, 4), [1000, 1250, 1562.5, 1953.125]);
  t.is(Math.max(...pauses), 5000);
  t.is(pauses.at(-1), 1000);
});

test('when the last one leaves, nothing is looked at any more', async (t) => {
  const { watch, planned } = rig(working(0.1));
  const leave = [watch.listen(job, () => {}), watch.listen(job, () => {})];
  await turn();
  leave[0]!();
  t.true(planned());
  leave[1]!();
  t.false(planned());
  t.is(watch.watched, 0);
});

test('a store that does not answer ends no listening', async (t) => {
  const { watch, next, pauses } = rig(new CutlineError('STORE_UNAVAILABLE'), failed);
  const events: JobEvent[] = [];
  watch.listen(job, (event) => events.push(event));
  await turn();
  await next();
  t.is(events.length, 1);
  t.is(pauses[0], 5000);
});

test('a job that is deleted is told of as gone', async (t) => {
  const { watch, next } = rig(working(0.1), undefined);
  const events: JobEvent[] = [];
  watch.listen(job, (event) => events.push(event));
  await turn();
  await next();
  t.deepEqual(events.at(-1), { kind: 'gone', id: 'gone' });
});
