import test from 'ava';
import { createStageTimes } from './stage-times.ts';
import { createChainRig, ids } from './testing/chain-rig.ts';

test('times are learnt from jobs that end, and those from the cache say nothing', async (t) => {
  const rig = createChainRig();
  await rig.pump(rig.delivery(await rig.upload(ids[0]!)));
  const [completed] = rig.completed();
  const times = createStageTimes(rig.store, 'results');
  t.deepEqual(await times.read(), {});
  await times.learn({
    ...completed!,
    timings_ms: { upscale: 1000, segment: 500, effects: 10 },
    cached: ['effects'],
  });
  t.deepEqual(await times.read(), { upscale: 1000, segment: 500 });
  await times.learn({ ...completed!, timings_ms: { upscale: 2000, total: 5 }, cached: [] });
  t.deepEqual(await times.read(), { upscale: 1200, segment: 500 });
});
