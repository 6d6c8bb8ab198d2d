import test from 'ava';
import { createChance } from './chance.ts';
import { trafficHour } from './traffic.ts';

const visits = Number(process.env.TROUBLE_VISITS ?? 96);
const seed = Number(process.env.TROUBLE_SEED ?? 10);

test(`${visits} visits leave memory, handles and temporary files as they were`, async (t) => {
  t.timeout(600_000);
  const { wrong, rows } = await trafficHour({ visits, chance: createChance(seed), say: t.log });
  t.deepEqual(wrong, []);
  t.true(Number(rows.find(({ what }) => what === 'memory, MB')?.most) > 50);
});
