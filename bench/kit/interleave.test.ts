import test from 'ava';
import { interleave } from './interleave.ts';

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
