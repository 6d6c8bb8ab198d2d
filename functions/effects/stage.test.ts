import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import { EFFECT_PREVIEW_PIXELS } from '../../shared/job.ts';
import type { Tensor } from '../../shared/stage.ts';
import { blur, fakeModel, mapSamples, picture } from '../../shared/testing/fake-models.ts';
import { fakeTools } from '../../shared/testing/fake-tools.ts';
import { noisy, pictureOf, pixel, plain, withAlphaOf } from '../../shared/testing/pictures.ts';
import { effects } from './stage.ts';

const card = (id: string) => ({
  id,
  stage: 'effects' as const,
  inputs: { image: picture() },
  outputs: { image_out: picture() },
});
const look = (id: string, sample: (level: number, c: number) => number) => () =>
  fakeModel({
    card: card(id),
    compute: ({ image }: Record<string, Tensor>) => ({
      image_out: mapSamples(image!, 1, (at, x, y, c) => sample(at(x, y, c), c)),
    }),
  });
const invert = look('invert', (level) => 255 - level);
const redder = look('redder', (level, c) => (c === 0 ? Math.min(255, level + 50) : level));

const make = (photo: Parameters<typeof effects>[0], ids: string[], print = false, maxSide = 512) => {
  const models = [invert(), redder(), blur()];
  const tools = fakeTools({ models, tile: { maxSide, fixedShapes: false } });
  return { tools, result: effects(photo, { effects: ids, print }, tools) };
};

test('each effect is made of the cut-out itself, under its own name and in the order asked for', async (t) => {
  const { pictures } = await make(plain(3, 2, 10, 20, 30), ['redder', 'invert']).result;
  t.deepEqual(Object.keys(pictures), ['redder', 'invert']);
  t.deepEqual(pixel(pictures.redder!, 2, 1), [60, 20, 30]);
  t.deepEqual(pixel(pictures.invert!, 2, 1), [245, 235, 225]);
});

test('an opaque picture gives opaque ones', async (t) => {
  const { pictures } = await make(noisy(9, 7), ['invert']).result;
  t.false('alpha' in pictures.invert!);
});

test('no effect at all makes no pictures', async (t) => {
  t.deepEqual((await make(noisy(9, 7), []).result).pictures, {});
});

/** Fading from left to right, unseen at the left border, with a colour hidden there. */
const fading = () =>
  withAlphaOf(
    pictureOf(8, 4, (x, y, c) => (x === 0 ? [0, 255, 0][c]! : 100 + x + y)),
    (x) => x * 36,
  );

for (const id of ['invert', 'redder', 'blur']) {
  test(`${id} leaves alpha as it is`, async (t) => {
    for (const maxSide of [512, 2]) {
      const photo = fading();
      const { pictures } = await make(photo, [id], true, maxSide).result;
      t.deepEqual(pictures[id]!.alpha, photo.alpha);
    }
  });

  test(`${id} leaves no colour where nothing is seen`, async (t) => {
    for (const maxSide of [512, 2]) {
      const { pictures } = await make(fading(), [id], true, maxSide).result;
      for (let y = 0; y < 4; y++) t.deepEqual(pixel(pictures[id]!, 0, y), [0, 0, 0]);
      t.notDeepEqual(pixel(pictures[id]!, 4, 2), [0, 0, 0]);
    }
  });
}

test('a filter at the edge sees the subject’s colour run on, not the black outside', async (t) => {
  const half = withAlphaOf(
    pictureOf(10, 5, (x) => (x < 5 ? 90 : 0)),
    (x) => (x < 5 ? 255 : 0),
  );
  const { pictures } = await make(half, ['blur']).result;
  t.deepEqual(pixel(pictures.blur!, 4, 2), [90, 90, 90]);
});

const sizes: [string, [number, number], boolean, [number, number]][] = [
  ['a large picture is made at about 0.8 megapixels', [1200, 900], false, [1024, 768]],
  ['a tall one too', [900, 1200], false, [768, 1024]],
  ['a picture just above that is shrunk', [1025, 768], false, [1024, 768]],
  ['for print it is made at full size', [1200, 900], true, [1200, 900]],
  ['a small one is never enlarged', [30, 20], false, [30, 20]],
  ['one of exactly that size stays', [1024, 768], false, [1024, 768]],
];
for (const [name, [width, height], print, expected] of sizes) {
  test(`${name}: ${width}×${height} → ${expected.join('×')}`, async (t) => {
    const { pictures } = await make(plain(width, height, 1, 2, 3), ['invert'], print).result;
    t.deepEqual([pictures.invert!.width, pictures.invert!.height], expected);
  });
}

test('alpha is shrunk with the picture', async (t) => {
  const photo = withAlphaOf(plain(1600, 1200, 9, 9, 9), (x) => (x < 800 ? 255 : 0));
  const { invert: made } = (await make(photo, ['invert']).result).pictures;
  t.deepEqual([made!.width, made!.height], [1024, 768]);
  t.is(made!.alpha!.length, EFFECT_PREVIEW_PIXELS);
  t.deepEqual([made!.alpha![511], made!.alpha![512]], [255, 0]);
});

test('the cut-out itself is still whole afterwards', async (t) => {
  const photo = fading();
  const before = [photo.data.slice(), photo.alpha!.slice()];
  await make(photo, ['invert', 'blur'], true, 2).result;
  t.deepEqual([photo.data, photo.alpha], before);
});

test('progress rises over all effects and ends at 1', async (t) => {
  const { tools, result } = make(fading(), ['invert', 'blur', 'redder'], true, 2);
  await result;
  const fractions = tools.fractions('effects');
  t.is(fractions[0], 0);
  t.is(fractions.at(-1), 1);
  t.true(fractions.length > 6);
  t.deepEqual(
    fractions,
    [...fractions].sort((a, b) => a - b),
  );
});

test('an effect that is not there is MODEL_NOT_FOUND', async (t) => {
  await t.throwsAsync(make(noisy(4, 4), ['sepia']).result, { code: 'MODEL_NOT_FOUND' });
});

test('cancelled work ends with the reason', async (t) => {
  const signal = AbortSignal.abort(new CutlineError('CANCELLED'));
  const tools = fakeTools({ models: [invert()], signal });
  await t.throwsAsync(effects(noisy(4, 4), { effects: ['invert'], print: false }, tools), {
    code: 'CANCELLED',
  });
});

test('a look is made of the subject and what its filter sees around it, and of no more', async (t) => {
  const photo = withAlphaOf(noisy(40, 30), (x, y) => (x >= 20 && x < 24 && y >= 10 && y < 15 ? 255 : 0));
  const model = blur();
  const tools = fakeTools({ models: [model] });
  const { pictures } = await effects(photo, { effects: ['blur'], print: true }, tools);
  t.deepEqual(model.runs, [[1, 7, 6, 3]]);
  t.deepEqual([pictures.blur!.width, pictures.blur!.height], [40, 30]);
});

test('where tiles have fixed shapes the picture is not cut down', async (t) => {
  const photo = withAlphaOf(noisy(40, 30), (x) => (x < 9 ? 255 : 0));
  const model = blur();
  const tools = fakeTools({ models: [model], tile: { maxSide: 512, fixedShapes: true } });
  await effects(photo, { effects: ['blur'], print: true }, tools);
  t.deepEqual(model.runs, [[1, 30, 40, 3]]);
});

test('of a cut-out in which nothing is seen a look is black, and done', async (t) => {
  const photo = withAlphaOf(noisy(9, 7), () => 0);
  const { tools, result } = make(photo, ['invert', 'blur'], true);
  const { pictures } = await result;
  for (const look of [pictures.invert!, pictures.blur!]) {
    t.true(look.data.length === 189 && look.data.every((sample) => sample === 0));
    t.deepEqual(look.alpha, photo.alpha);
  }
  t.deepEqual(tools.fractions('effects'), [0, 0.5, 1]);
});
