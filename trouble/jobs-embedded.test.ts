// A short run through npm run serve, whose bus and store are files, killed and filled up.
import test from 'ava';
import { createChance } from './chance.ts';
import { openEmbeddedTrial } from './embedded-trial.ts';
import { jobsUnderTrouble } from './jobs.ts';

const jobs = Math.ceil(Number(process.env.TROUBLE_JOBS ?? 50) / 4);
const seed = Number(process.env.TROUBLE_SEED ?? 10);

test(`${jobs} jobs through npm run serve end once each, as undisturbed, whatever is killed and full`, async (t) => {
  t.timeout(600_000);
  const trial = await openEmbeddedTrial();
  t.teardown(() => trial.close());
  const { wrong, rows } = await jobsUnderTrouble(trial, { jobs, chance: createChance(seed), say: t.log });
  t.deepEqual(wrong, []);
  t.true(rows.some((row) => row[''] === 'injected'));
  for (const note of trial.notes) t.log(note);
});
