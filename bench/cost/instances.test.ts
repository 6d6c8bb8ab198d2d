import test from 'ava';
import { createService } from './instances.ts';

const cloudRun = { coldSec: 20, idleSec: 600, maxInstances: 1, minInstances: 0 };
const DAY = 86_400;

interface Case {
  readonly name: string;
  readonly options?: Partial<typeof cloudRun>;
  /** When a photo comes, and when it is done. All take 6 s. */
  readonly photos: readonly (readonly [at: number, end: number, cold: boolean])[];
  readonly billed: number;
}

// By hand.
const cases: readonly Case[] = [
  {
    name: 'One photo pays for the cold start, its work and ten idle minutes',
    photos: [[0, 26, true]],
    billed: 20 + 6 + 600,
  },
  {
    name: 'A second five minutes later finds the instance and keeps it',
    photos: [
      [0, 26, true],
      [300, 306, false],
    ],
    billed: 306 + 600,
  },
  {
    name: 'A second after the ten minutes pays for everything again',
    photos: [
      [0, 26, true],
      [700, 726, true],
    ],
    billed: 2 * 626,
  },
  {
    name: 'At the very end of the ten minutes the instance is gone',
    photos: [
      [0, 26, true],
      [626, 652, true],
    ],
    billed: 2 * 626,
  },
  {
    name: 'Two at once wait for each other where there may be one instance',
    photos: [
      [0, 26, true],
      [0, 32, false],
    ],
    billed: 32 + 600,
  },
  {
    name: 'A third instance is not started for a wait shorter than a start',
    options: { maxInstances: 3 },
    photos: [
      [0, 26, true],
      [0, 26, true],
      [10, 32, false],
    ],
    billed: 26 + 600 + 32 + 600,
  },
  {
    name: 'One that is kept for ever has no cold start and is billed for all of the day',
    options: { minInstances: 1 },
    photos: [
      [1000, 1006, false],
      [50_000, 50_006, false],
    ],
    billed: DAY,
  },
];

for (const { name, options, photos, billed } of cases) {
  test(name, (t) => {
    const service = createService({ ...cloudRun, ...options });
    const served = photos.map(([at]) => service.serve(at, 6));
    t.deepEqual(
      served.map(({ end, cold }) => [end, cold]),
      photos.map(([, end, cold]) => [end, cold]),
    );
    t.is(service.billedSec(DAY), billed);
  });
}

test('What lies after the end of the time is not billed', (t) => {
  const service = createService(cloudRun);
  service.serve(100, 6);
  t.is(service.billedSec(400), 300);
});
