import test from 'ava';
import { openRegistry } from '../../models/registry.ts';
import { CutlineError } from '../errors.ts';
import { toTensor } from '../image/run-tiled.ts';
import { plain, planeOf } from '../testing/pictures.ts';
import { createHelpers } from './open-helpers.ts';

const options = { ids: ['bleed'], threads: 1, runQueue: 10, runLimitMs: 60_000, onBroken() {} };

test('Nothing is opened before it is asked for, and then once', async (t) => {
  let asked = 0;
  const helpers = createHelpers({
    ...options,
    registry() {
      asked++;
      return openRegistry();
    },
  });
  t.is(asked, 0);
  const [first, second] = await Promise.all([helpers.open(), helpers.open()]);
  t.is(first, second);
  t.is(asked, 1);
  const inputs = { image: toTensor(plain(32, 32, 9, 9, 9)), alpha: toTensor(planeOf(32, 32, 1, () => 255)) };
  const { image_out } = await first.model('bleed').run(inputs);
  t.deepEqual(image_out!.dims, [1, 32, 32, 3]);
  t.throws(() => first.model('rim'), { instanceOf: CutlineError, code: 'MODEL_NOT_FOUND' });
  await helpers.close();
});

test('A failure is forgotten: the next who asks tries again', async (t) => {
  let fails = true;
  const helpers = createHelpers({
    ...options,
    async registry() {
      if (fails) throw new CutlineError('MODEL_INVALID', { fields: { model: 'bleed', field: 'x' } });
      return await openRegistry();
    },
  });
  await t.throwsAsync(helpers.open(), { code: 'MODEL_INVALID' });
  fails = false;
  t.truthy((await helpers.open()).model('bleed'));
  await helpers.close();
});

test('An unknown graph is MODEL_NOT_FOUND, and closing what never opened is nothing', async (t) => {
  const helpers = createHelpers({ ...options, ids: ['sharpen'], registry: openRegistry });
  await t.throwsAsync(helpers.open(), { code: 'MODEL_NOT_FOUND' });
  await t.notThrowsAsync(helpers.close());
});
