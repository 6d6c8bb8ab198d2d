import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import type { Picture, Plane } from '../../shared/image/picture.ts';
import { fakeModel, mapSamples, nearest, picture } from '../../shared/testing/fake-models.ts';
import { fakeTools } from '../../shared/testing/fake-tools.ts';
import { noisy, pictureOf, pixel, plain, planeOf, withAlphaOf } from '../../shared/testing/pictures.ts';
import type { UpscaleOptions } from './stage.ts';
import { upscale } from './stage.ts';

const options = (scale: 1 | 2 | 4, upscaler: string, maxDimension?: number): UpscaleOptions => ({
  scale,
  upscaler,
  maxDimension,
});

/** Each pixel as scale² of them. */
const enlarged = (image: Plane, scale: number): Uint8Array =>
  planeOf(
    image.width * scale,
    image.height * scale,
    image.channels,
    (x, y, c) =>
      image.data[(Math.floor(y / scale) * image.width + Math.floor(x / scale)) * image.channels + c]!,
  ).data;

const SMALL_TILES = { maxSide: 6, fixedShapes: false };

const combinations: [2 | 4, 2 | 4, string][] = [
  [2, 2, 'in one go'],
  [4, 4, 'in one go'],
  [2, 4, 'by halving what the model makes'],
  [4, 2, 'by running the model twice'],
];
for (const [scale, own, how] of combinations) {
  test(`enlarging by ${scale} with a ×${own} model, ${how}`, async (t) => {
    const photo = noisy(13, 9);
    const before = photo.data.slice();
    const tools = fakeTools({ models: [nearest(own)], tile: SMALL_TILES });
    const { pictures, notes } = await upscale(photo, options(scale, `nearest-x${own}`), tools);
    const { upscaled } = pictures;
    t.deepEqual([upscaled!.width, upscaled!.height], [13 * scale, 9 * scale]);
    t.deepEqual(upscaled!.data, enlarged(photo, scale));
    t.false('alpha' in upscaled! || 'grey' in upscaled!);
    t.is(notes, undefined);
    t.deepEqual(photo.data, before, 'the photo itself stays whole');
  });

  test(`progress rises to 1 when enlarging by ${scale} with a ×${own} model`, async (t) => {
    const tools = fakeTools({ models: [nearest(own)], tile: SMALL_TILES });
    await upscale(noisy(13, 9), options(scale, `nearest-x${own}`), tools);
    const fractions = tools.fractions('upscale');
    t.true(fractions.length > 4);
    t.is(fractions[0], 0);
    t.is(fractions.at(-1), 1);
    t.deepEqual(
      fractions,
      [...fractions].sort((a, b) => a - b),
    );
  });
}

test('with scale 1 no model is asked, and a note says so', async (t) => {
  const { pictures, notes } = await upscale(noisy(4, 4), options(1, 'none there'), fakeTools());
  t.deepEqual(pictures, {});
  t.deepEqual(notes, ['upscaling was not asked for (scale 1)']);
});

test('a limit on the long side shrinks what the model gets', async (t) => {
  const model = nearest(4);
  const tools = fakeTools({ models: [model] });
  const { pictures } = await upscale(noisy(40, 20), options(4, 'nearest-x4', 16), tools);
  t.deepEqual(model.runs, [[1, 8, 16, 3]]);
  t.deepEqual([pictures.upscaled!.width, pictures.upscaled!.height], [64, 32]);
});

test('where the limit would make the result smaller than the photo, nothing is done and a note says why', async (t) => {
  const model = nearest(2);
  const tools = fakeTools({ models: [model] });
  const { pictures, notes } = await upscale(noisy(40, 20), options(2, 'nearest-x2', 16), tools);
  t.deepEqual(pictures, {});
  t.is(model.runs.length, 0);
  t.is(notes?.length, 1);
  t.regex(notes![0]!, /limited to 16 pixels it would give 32×16, fewer than the photo's 40×20/);
});

/** Red and seen on the left, green and unseen on the right. */
const halfSeen = (): Picture =>
  withAlphaOf(
    pictureOf(12, 6, (x, _y, c) => (x < 6 ? [200, 10, 20] : [0, 255, 0])[c]!),
    (x) => (x < 6 ? 255 : 0),
  );

test('alpha is enlarged as a plane of its own', async (t) => {
  const photo = halfSeen();
  const tools = fakeTools({ models: [nearest(2)], tile: SMALL_TILES });
  const { upscaled } = (await upscale(photo, options(2, 'nearest-x2'), tools)).pictures;
  const alpha = { width: 12, height: 6, channels: 1, data: photo.alpha! };
  t.deepEqual(upscaled!.alpha, enlarged(alpha, 2) as Uint8Array<ArrayBuffer>);
});

test('the model sees the seen colour run on under the edge, not what was hidden there', async (t) => {
  const tools = fakeTools({ models: [nearest(2)], tile: SMALL_TILES });
  const { upscaled } = (await upscale(halfSeen(), options(2, 'nearest-x2'), tools)).pictures;
  t.deepEqual(pixel(upscaled!, 11, 5), [200, 10, 20]);
  t.deepEqual(pixel(upscaled!, 12, 5), [200, 10, 20]);
});

test('alpha follows when the photo is shrunk before', async (t) => {
  const tools = fakeTools({ models: [nearest(4)] });
  const { upscaled } = (await upscale(halfSeen(), options(4, 'nearest-x4', 6), tools)).pictures;
  t.deepEqual([upscaled!.width, upscaled!.height], [24, 12]);
  t.is(upscaled!.alpha!.length, 24 * 12);
  t.deepEqual([...upscaled!.alpha!.subarray(0, 24)], [...Array(12).fill(255), ...Array(12).fill(0)]);
});

/** Doubles, and makes everything redder. */
const tinting = () =>
  fakeModel({
    card: {
      id: 'tinting',
      stage: 'upscale',
      inputs: { image: picture() },
      outputs: { image_out: picture('2h', '2w') },
      scale: 2,
    },
    compute: ({ image }) => ({
      image_out: mapSamples(image!, 2, (at, x, y, c) => at(x >> 1, y >> 1, c) + (c === 0 ? 30 : 0)),
    }),
  });

for (const scale of [2, 4] as const) {
  test(`a grey photo stays neutral at scale ${scale}, whatever tint the model has`, async (t) => {
    const photo: Picture = { ...pictureOf(5, 4, (x, y) => 10 * x + y), grey: true };
    const { upscaled } = (await upscale(photo, options(scale, 'tinting'), fakeTools({ models: [tinting()] })))
      .pictures;
    t.true(upscaled!.grey);
    for (let i = 0; i < upscaled!.data.length; i += 3) {
      const [r, g, b] = upscaled!.data.subarray(i, i + 3);
      t.true(r === g && g === b, `${r} ${g} ${b}`);
    }
    t.is(upscaled!.width, 5 * scale);
  });
}

test('a colour photo is left as the model made it', async (t) => {
  const { upscaled } = (
    await upscale(plain(3, 3, 50, 50, 49), options(2, 'tinting'), fakeTools({ models: [tinting()] }))
  ).pictures;
  t.deepEqual(pixel(upscaled!, 2, 2), [80, 50, 49]);
});

test('a model that is not there is MODEL_NOT_FOUND', async (t) => {
  await t.throwsAsync(upscale(noisy(4, 4), options(2, 'nowhere'), fakeTools()), { code: 'MODEL_NOT_FOUND' });
});

test('cancelled work ends with the reason', async (t) => {
  const signal = AbortSignal.abort(new CutlineError('CANCELLED'));
  const tools = fakeTools({ models: [nearest(2)], signal });
  await t.throwsAsync(upscale(noisy(4, 4), options(2, 'nearest-x2'), tools), { code: 'CANCELLED' });
});
