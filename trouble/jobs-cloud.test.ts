// A short run through emulators, with the seed of all short runs; npm run test:trouble is the long one.
import test from 'ava';
import { noCloud } from '../shared/testing/cloud-emulators.ts';
import { createChance } from './chance.ts';
import { openCloudTrial } from './cloud-trial.ts';
import { jobsUnderTrouble } from './jobs.ts';

const jobs = Number(process.env.TROUBLE_JOBS ?? 50);
const seed = Number(process.env.TROUBLE_SEED ?? 10);

const trial = await openCloudTrial();
if (trial) {
  test.after.always(() => trial.close());
  test(`${jobs} jobs through the emulators end once each, as undisturbed, whatever is killed and cut off`, async (t) => {
    t.timeout(600_000);
    const { wrong, rows } = await jobsUnderTrouble(trial, { jobs, chance: createChance(seed), say: t.log });
    t.deepEqual(wrong, []);
    t.true(rows.some((row) => row[''] === 'injected'));
  });
} else test.skip(`Jobs in trouble are not tried through emulators: ${noCloud}`, () => {});
