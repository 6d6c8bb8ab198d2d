import test from 'ava';
import { jobOptionsSchema } from './job.ts';
import type { Load, LoadSample } from './load-ladder.ts';
import { atRest, createLoadLadder, nextRung, underLoad, worstOf } from './load-ladder.ts';

const idle: LoadSample = { queue: 0, delayMs: 0, memory: 0.4 };
const climb = (samples: readonly LoadSample[], from: Load = 'normal'): Load[] => {
  let state = { ...atRest, load: from };
  return samples.map((sample) => {
    state = nextRung(state, sample);
    return state.load;
  });
};
const times = (count: number, sample: Partial<LoadSample>): LoadSample[] =>
  Array.from({ length: count }, () => ({ ...idle, ...sample }));

const reaching: readonly (readonly [sample: Partial<LoadSample>, load: Load])[] = [
  [{}, 'normal'],
  [{ memory: 0.799 }, 'normal'],
  [{ memory: 0.8 }, 'moderate'],
  [{ memory: 0.849 }, 'moderate'],
  [{ memory: 0.85 }, 'heavy'],
  [{ delayMs: 99 }, 'normal'],
  [{ delayMs: 100 }, 'moderate'],
  [{ delayMs: 299 }, 'moderate'],
  [{ delayMs: 300 }, 'heavy'],
  [{ queue: 0.49 }, 'normal'],
  [{ queue: 0.5 }, 'moderate'],
  [{ queue: 0.8 }, 'heavy'],
  [{ queue: 0.5, delayMs: 100, memory: 0.85 }, 'heavy'],
];
for (const [sample, load] of reaching) {
  test(`Twice ${JSON.stringify(sample)} is ${load}`, (t) => {
    t.deepEqual(climb(times(2, sample)), ['normal', load]);
  });
}

test('A sample alone changes nothing', (t) => {
  const hot = { memory: 0.9 };
  t.deepEqual(climb([...times(1, hot), ...times(1, {}), ...times(1, hot), ...times(1, {})]), [
    'normal',
    'normal',
    'normal',
    'normal',
  ]);
});

test('It goes up at once as far as it must, and down a rung at a time', (t) => {
  t.deepEqual(climb([...times(2, { memory: 0.9 }), ...times(11, {})]), [
    'normal',
    ...Array<Load>(5).fill('heavy'),
    ...Array<Load>(5).fill('moderate'),
    'normal',
    'normal',
  ]);
});

test('Between reaching and leaving it stays where it is', (t) => {
  for (const sample of [{ memory: 0.79 }, { delayMs: 60 }, { queue: 0.3 }]) {
    t.is(climb(times(50, sample), 'moderate').at(-1), 'moderate');
    t.is(climb(times(50, sample), 'normal').at(-1), 'normal');
  }
  t.is(climb(times(50, { memory: 0.82 }), 'heavy').at(-1), 'heavy');
});

test('Four calm samples and one that is not begin again', (t) => {
  const restless = [...times(4, {}), ...times(1, { memory: 0.79 }), ...times(4, {})];
  t.is(climb(restless, 'moderate').at(-1), 'moderate');
  t.is(climb([...restless, ...times(1, {})], 'moderate').at(-1), 'normal');
});

test('The worst counts', (t) => {
  t.is(worstOf([]), 'normal');
  t.is(worstOf(['normal', 'heavy', 'moderate']), 'heavy');
});

test('What stages say counts as long as it is fresh; their own word is not passed on', (t) => {
  let clock = 1000;
  const ladder = createLoadLadder(() => clock);
  t.is(ladder.load, 'normal');
  ladder.hear('segment', 'heavy');
  ladder.hear('upscale', 'moderate');
  t.is(ladder.load, 'heavy');
  t.is(ladder.own, 'normal');
  clock += 20_000;
  ladder.hear('segment', 'normal');
  t.is(ladder.load, 'moderate');
  clock += 10_000;
  t.is(ladder.load, 'normal');
});

for (const header of [undefined, '', 'HEAVY', 'heavy, normal', '__proto__']) {
  test(`X-Load of ${JSON.stringify(header)} says nothing`, (t) => {
    const ladder = createLoadLadder(() => 0);
    ladder.hear('segment', 'moderate');
    ladder.hear('segment', header);
    t.is(ladder.load, 'moderate');
  });
}

test('Its own load is that of its samples', (t) => {
  const ladder = createLoadLadder(() => 0);
  for (const sample of times(2, { queue: 1 })) ladder.sample(sample);
  t.is(ladder.own, 'heavy');
  t.is(ladder.load, 'heavy');
});

const work: readonly (readonly [
  asked: Record<string, unknown>,
  longSide: number,
  load: Load,
  given: Record<string, unknown>,
  degraded: string | undefined,
])[] = [
  [{}, 4000, 'normal', { max_dimension: 2048, refine: true }, undefined],
  [{}, 4000, 'moderate', { max_dimension: 1536, refine: true }, 'moderate; max_dimension=1536'],
  [{}, 4000, 'heavy', { max_dimension: 1024, refine: false }, 'heavy; max_dimension=1024; refine=false'],
  [{}, 1536, 'moderate', { max_dimension: 1536, refine: true }, undefined],
  [{}, 1024, 'heavy', { max_dimension: 1024, refine: false }, 'heavy; refine=false'],
  [{ refine: false }, 800, 'heavy', { max_dimension: 1024, refine: false }, undefined],
  [{ max_dimension: 1024 }, 4000, 'moderate', { max_dimension: 1024, refine: true }, undefined],
  [{ max_dimension: 512 }, 4000, 'heavy', { max_dimension: 512, refine: false }, 'heavy; refine=false'],
  [{ max_dimension: 3000 }, 4000, 'normal', { max_dimension: 2048, refine: true }, undefined],
];
for (const [asked, longSide, load, given, degraded] of work) {
  test(`At ${load} load ${JSON.stringify(asked)} of ${longSide} pixels is ${degraded ?? 'done as asked'}`, (t) => {
    const options = jobOptionsSchema.parse(asked);
    t.deepEqual(underLoad(options, longSide, load), { options: { ...options, ...given }, degraded });
  });
}
