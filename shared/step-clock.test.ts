import test from 'ava';
import { createStepClock } from './step-clock.ts';

function clockAt() {
  let time = 1000;
  const pass = (ms: number): void => {
    time += ms;
  };
  return { now: () => time, pass };
}

test('each step has the time until the next one, and a step that comes again has both', (t) => {
  const { now, pass } = clockAt();
  const clock = createStepClock(now);
  clock.begin('read');
  pass(5);
  clock.begin('decode');
  pass(20);
  clock.begin('read');
  pass(2);
  t.deepEqual(clock.end(), { read: 7, decode: 20, total: 27 });
});

test('time before the first step is in the total alone', (t) => {
  const { now, pass } = clockAt();
  const clock = createStepClock(now);
  pass(3);
  clock.begin('read');
  pass(4);
  t.deepEqual(clock.end(), { read: 4, total: 7 });
});

test('steps that are named are in the result in their order, though nothing was done in them', (t) => {
  const { now, pass } = clockAt();
  const clock = createStepClock(now, ['read', 'decode']);
  clock.begin('decode');
  pass(1);
  const spent = clock.end();
  t.deepEqual(Object.entries(spent), [
    ['read', 0],
    ['decode', 1],
    ['total', 1],
  ]);
});

test('work beside the steps is measured too, also when it fails', async (t) => {
  const { now, pass } = clockAt();
  const clock = createStepClock(now);
  clock.begin('encode');
  const write = clock.aside('write', async () => {
    pass(10);
    return 'written';
  });
  t.is(await write, 'written');
  const fail = clock.aside('write', async () => {
    pass(5);
    throw new Error('no');
  });
  await t.throwsAsync(fail, { message: 'no' });
  t.deepEqual(clock.end(), { encode: 15, write: 15, total: 15 });
});

test('parts of milliseconds are rounded at the end, not on the way', (t) => {
  const { now, pass } = clockAt();
  const clock = createStepClock(now);
  for (let step = 0; step < 10; step++) {
    clock.begin('tile');
    pass(0.25);
  }
  t.deepEqual(clock.end(), { tile: 3, total: 3 });
});

test('a clock that is set back takes no time away', (t) => {
  const { now, pass } = clockAt();
  const clock = createStepClock(now);
  clock.begin('read');
  pass(5);
  clock.begin('decode');
  pass(-100);
  t.deepEqual(clock.end(), { read: 5, decode: 0, total: 5 });
});
