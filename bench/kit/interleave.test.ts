import test from 'ava';
import { inTurns, interleave, startMeter } from './interleave.ts';

test('Contenders take turns that reverse, and the first round does not count', async (t) => {
  const order: string[] = [];
  let clock = 0;
  const takes = (name: string, ms: number) => () => {
    order.push(name);
    clock += ms;
  };
  const samples = await interleave({ a: takes('a', 2), b: takes('b', 5) }, 2, () => clock);
  t.is(order.join(''), 'baabba');
  t.deepEqual(samples, { a: [2, 2], b: [5, 5] });
});

test('Time and work are measured apart: user’s and system’s work together, in milliseconds', async (t) => {
  let clock = 100;
  let usage = { user: 7000, system: 500 };
  const work = (): void => {
    clock += 40;
    usage = { user: usage.user + 9000, system: usage.system + 1000 };
  };
  const meter = () =>
    startMeter(
      () => clock,
      () => usage,
    );
  t.deepEqual(await inTurns({ work, rest() {} }, 2, meter), {
    work: [
      { ms: 40, cpuMs: 10 },
      { ms: 40, cpuMs: 10 },
    ],
    rest: [
      { ms: 0, cpuMs: 0 },
      { ms: 0, cpuMs: 0 },
    ],
  });
});
