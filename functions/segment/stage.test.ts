import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import type { Picture } from '../../shared/image/picture.ts';
import type { Model } from '../../shared/stage.ts';
import { fakeModel, mask, picture, plane } from '../../shared/testing/fake-models.ts';
import { fakeTools } from '../../shared/testing/fake-tools.ts';
import { noisy, pictureOf, pixel, plain, withAlphaOf } from '../../shared/testing/pictures.ts';
import { segment } from './stage.ts';

/** The edge as the model drew it, so that numbers are exact. */
const options = { model: 'mask', smoothing: false, refine: false };

const run = (photo: Picture, model: Model) => segment(photo, options, fakeTools({ models: [model] }));
const found = (level: number) => mask([[10, 10]], () => level);

/** The middle 4×2 of a mask of 8×8. */
const middle = () => mask([[8, 8]], (x, y) => (x >= 2 && x < 6 && y >= 3 && y < 5 ? 255 : 0));

test('the cut-out has the photo’s size, its colour where the subject is and none elsewhere', async (t) => {
  const photo = noisy(16, 24);
  const { cutout } = (await run(photo, middle())).pictures;
  t.deepEqual([cutout!.width, cutout!.height], [16, 24]);
  for (let y = 0; y < 24; y++)
    for (let x = 0; x < 16; x++) {
      const inside = x >= 4 && x < 12 && y >= 9 && y < 15;
      t.is(cutout!.alpha![y * 16 + x], inside ? 255 : 0);
      t.deepEqual(pixel(cutout!, x, y), inside ? pixel(photo, x, y) : [0, 0, 0]);
    }
});

const boxes: [string, Model, [number, number], [number, number, number, number]][] = [
  ['in the middle', middle(), [16, 24], [4, 9, 8, 6]],
  ['everywhere', found(255), [30, 20], [0, 0, 30, 20]],
  ['in the upper left corner', mask([[10, 10]], (x, y) => (x + y === 0 ? 255 : 0)), [30, 20], [0, 0, 3, 2]],
  [
    'in the lower right corner',
    mask([[10, 10]], (x, y) => (x + y === 18 ? 255 : 0)),
    [30, 20],
    [27, 18, 3, 2],
  ],
  [
    'in two places',
    mask([[10, 10]], (x, y) => ((x === 1 && y === 2) || (x === 8 && y === 5) ? 255 : 0)),
    [10, 10],
    [1, 2, 8, 4],
  ],
];
for (const [name, model, [width, height], [left, top, boxWidth, boxHeight]] of boxes) {
  test(`a subject ${name} is told by its box in the photo’s pixels`, async (t) => {
    const { subject } = await run(noisy(width, height), model);
    t.deepEqual(subject, { left, top, width: boxWidth, height: boxHeight });
  });
}

test('the box of a photo of more than four megapixels is put together from bands', async (t) => {
  const model = mask([[20, 21]], (x, y) => (x >= 3 && x < 5 && y >= 10 ? 255 : 0));
  const { subject } = await run(plain(2100, 2000, 1, 2, 3), model);
  t.deepEqual(subject, { left: 300, top: 1000, width: 200, height: 1000 });
});

// 0.05 % of 10,000 pixels are 5.
const shares: [string, (i: number) => number, boolean][] = [
  ['nothing at all', () => 0, false],
  ['haze', () => 127, false],
  ['4 of 10,000 pixels', (i) => (i < 4 ? 255 : 0), false],
  ['5 of 10,000 pixels', (i) => (i < 5 ? 255 : 0), true],
  ['5 of 10,000 pixels, each just half there', (i) => (i < 5 ? 128 : 0), true],
  ['everything', () => 255, true],
];
for (const [name, level, isSubject] of shares) {
  test(`a mask of ${name} is ${isSubject ? 'a subject' : 'NO_SUBJECT'}`, async (t) => {
    const cut = run(
      noisy(20, 20),
      mask([[100, 100]], (x, y) => level(y * 100 + x)),
    );
    if (isSubject) t.truthy((await cut).subject);
    else await t.throwsAsync(cut, { code: 'NO_SUBJECT' });
  });
}

test('the photo’s own alpha is multiplied in', async (t) => {
  const photo = withAlphaOf(noisy(4, 1), (x) => [255, 128, 51, 0][x]!);
  const whole = (await run(photo, found(255))).pictures.cutout!;
  t.deepEqual([...whole.alpha!], [255, 128, 51, 0]);
  t.deepEqual(pixel(whole, 3, 0), [0, 0, 0]);
  t.deepEqual(pixel(whole, 1, 0), pixel(photo, 1, 0), 'colour is straight, not darkened by alpha');
  const half = (await run(photo, found(128))).pictures.cutout!;
  t.deepEqual([...half.alpha!], [128, 64, 26, 0]);
});

test('a photo whose own alpha hides everything is NO_SUBJECT, whatever the model finds', async (t) => {
  const photo = withAlphaOf(noisy(20, 20), () => 0);
  await t.throwsAsync(run(photo, found(255)), { code: 'NO_SUBJECT' });
});

test('a photo whose own alpha hides what the model finds is NO_SUBJECT', async (t) => {
  const photo = withAlphaOf(noisy(16, 24), (x) => (x < 4 ? 255 : 0));
  await t.throwsAsync(run(photo, middle()), { code: 'NO_SUBJECT' });
});

const SHAPES = [
  [32, 32],
  [32, 48],
  [48, 32],
] as const;
const sizes: [string, [number, number], readonly [number, number]][] = [
  ['a square', [50, 50], [32, 32]],
  ['nearly a square', [50, 45], [32, 32]],
  ['wide', [60, 40], [32, 48]],
  ['very wide', [200, 20], [32, 48]],
  ['tall', [40, 60], [48, 32]],
];
for (const [name, [width, height], shape] of sizes) {
  test(`a photo that is ${name} is shown to the model at ${shape.join('×')} (height × width)`, async (t) => {
    const model = mask(SHAPES, () => 255);
    await run(noisy(width, height), model);
    t.deepEqual(model.runs, [[1, ...shape, 3]]);
  });
}

/** Height × width, as InSPyReNet is baked to see a photo in its own proportions. */
const PROPORTIONS = [
  [1024, 1024],
  [960, 1280],
  [1280, 960],
  [704, 1248],
  [1248, 704],
] as const;
const ratios: [string, [number, number], readonly [number, number]][] = [
  ['1:1', [100, 100], [1024, 1024]],
  ['11:10', [110, 100], [1024, 1024]],
  ['5:4', [125, 100], [960, 1280]],
  ['4:3', [120, 90], [960, 1280]],
  ['3:2', [120, 80], [960, 1280]],
  ['16:9', [160, 90], [704, 1248]],
  ['3:1', [150, 50], [704, 1248]],
  ['3:4', [90, 120], [1280, 960]],
  ['2:3', [80, 120], [1280, 960]],
  ['9:16', [90, 160], [1248, 704]],
];
for (const [name, [width, height], shape] of ratios) {
  test(`of the proportions that a model lists, one of ${name} gets ${shape[1]}×${shape[0]}`, async (t) => {
    const model = mask(PROPORTIONS, () => 255);
    const { cutout } = (await run(noisy(width, height), model)).pictures;
    t.deepEqual(model.runs, [[1, ...shape, 3]]);
    t.deepEqual([cutout!.width, cutout!.height], [width, height]);
  });
}

/** Keeps what it was shown. */
function watching(height: number, width: number) {
  const shown: number[][] = [];
  const model = fakeModel({
    card: { id: 'mask', inputs: { image: picture(`${height}`, `${width}`) }, outputs: { mask: plane() } },
    compute: ({ image }) => {
      shown.push([...image!.data]);
      const data = new Uint8Array(width * height).fill(255);
      return { mask: { dims: [1, height, width, 1], data } };
    },
  });
  const card = { ...model.card, inputs: { image: { type: 'uint8' as const, shape: [1, height, width, 3] } } };
  return { model: { ...model, card }, shown };
}

test('without shapes the model’s input says the size', async (t) => {
  const { model, shown } = watching(2, 3);
  await run(plain(30, 20, 9, 8, 7), model);
  t.deepEqual(shown, [Array(6).fill([9, 8, 7]).flat()]);
});

test('a transparent photo is shown on middle grey', async (t) => {
  const { model, shown } = watching(1, 3);
  await run(
    withAlphaOf(plain(3, 1, 228, 28, 128), (x) => [255, 51, 0][x]!),
    model,
  );
  t.deepEqual(shown, [[228, 28, 128, 148, 108, 128, 128, 128, 128]]);
});

for (const [name, photo] of [
  ['opaque', noisy(10, 10)],
  ['transparent', withAlphaOf(noisy(10, 10), (x) => 20 * x + 50)],
] as const) {
  test(`an ${name} photo of the very size the model wants is still whole afterwards`, async (t) => {
    const before = [photo.data.slice(), photo.alpha?.slice()];
    const { cutout } = (await run(photo, found(255))).pictures;
    t.deepEqual([photo.data, photo.alpha], before);
    t.deepEqual(pixel(cutout!, 5, 5), pixel(photo, 5, 5));
  });
}

test('a grey photo gives a grey cut-out', async (t) => {
  const grey: Picture = { ...pictureOf(20, 20, (x, y) => x + y), grey: true };
  t.true((await run(grey, found(255))).pictures.cutout!.grey);
  t.false('grey' in (await run(noisy(20, 20), found(255))).pictures.cutout!);
});

test('progress tells of segmenting and then of refining, which rises to 1', async (t) => {
  const tools = fakeTools({ models: [found(255)], tile: { maxSide: 8, fixedShapes: false } });
  await segment(noisy(30, 30), options, tools);
  t.is(tools.reported[0]!.step, 'segment');
  const refining = tools.fractions('refine');
  t.true(refining.length > 4);
  t.deepEqual(
    refining,
    [...refining].sort((a, b) => a - b),
  );
  t.is(refining.at(-1), 1);
});

test('cancelled work ends with the reason', async (t) => {
  const signal = AbortSignal.abort(new CutlineError('CANCELLED'));
  const tools = fakeTools({ models: [found(255)], signal });
  await t.throwsAsync(segment(noisy(30, 30), options, tools), { code: 'CANCELLED' });
});
