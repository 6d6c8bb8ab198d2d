// What segmenting keeps to, both when it follows the photo's edges and when only the mask counts. The graphs are
// fakes that follow no edge, so that the numbers are the same; refine.test.ts has the real ones.
import test from 'ava';
import type { Picture } from '../../shared/image/picture.ts';
import { mask } from '../../shared/testing/fake-models.ts';
import type { FakeTools } from '../../shared/testing/fake-tools.ts';
import { fakeTools } from '../../shared/testing/fake-tools.ts';
import { noisy, pictureOf, pixel, withAlphaOf } from '../../shared/testing/pictures.ts';
import { segment } from './stage.ts';

const SMALL_TILES = { maxSide: 7, fixedShapes: false };

/** A mask of which the middle 16×8 of 32×32 is there. */
const middle = () => mask([[32, 32]], (x, y) => (x >= 8 && x < 24 && y >= 12 && y < 20 ? 255 : 0));
const everything = () => mask([[32, 32]], () => 255);

for (const refine of [true, false]) {
  const how = refine ? 'following the edges' : 'by the mask alone';
  const run = (photo: Picture, model = middle(), tools?: FakeTools) =>
    segment(
      photo,
      { model: 'mask', smoothing: false, refine },
      tools ?? fakeTools({ models: [model], tile: SMALL_TILES }),
    );

  for (const [width, height] of [
    [64, 96],
    [32, 32],
    [33, 65],
    [16, 8],
  ] as const) {
    test(`${how}: a photo of ${width}×${height} gives a cut-out of the same size, pixels and all`, async (t) => {
      const photo = noisy(width, height);
      const { cutout } = (await run(photo, everything())).pictures;
      t.deepEqual([cutout!.width, cutout!.height], [width, height]);
      t.true(Buffer.compare(cutout!.data, photo.data) === 0);
      t.true(cutout!.alpha!.every((sample) => sample === 255));
    });
  }

  test(`${how}: the box is exact, and outside it is nothing, not even colour`, async (t) => {
    const { pictures, subject } = await run(noisy(64, 96));
    t.deepEqual(subject, { left: 16, top: 36, width: 32, height: 24 });
    const { cutout } = pictures;
    t.is(cutout!.alpha![35 * 64 + 20], 0);
    t.deepEqual(pixel(cutout!, 20, 35), [0, 0, 0]);
  });

  test(`${how}: the photo’s own alpha is multiplied in`, async (t) => {
    const photo = withAlphaOf(noisy(40, 3), (x) => x * 6);
    const { cutout } = (await run(photo, everything())).pictures;
    t.deepEqual(cutout!.alpha, photo.alpha);
  });

  test(`${how}: a photo whose own alpha hides the subject is NO_SUBJECT`, async (t) => {
    const photo = withAlphaOf(noisy(64, 96), (_x, y) => (y < 30 ? 255 : 0));
    await t.throwsAsync(run(photo), { code: 'NO_SUBJECT' });
  });

  // 40×40 shrinks to a guide of 32×32, the mask's own size, and 32×32 is what the model wants: nothing is
  // resized there, and what is still needed must not be handed away.
  for (const side of [32, 40]) {
    for (const own of [false, true]) {
      test(`${how}: a photo of ${side}×${side}${own ? ' with alpha' : ''} is still whole afterwards`, async (t) => {
        const photo = own ? withAlphaOf(noisy(side, side), (x) => 50 + x) : noisy(side, side);
        const before = [photo.data.slice(), photo.alpha?.slice()];
        await run(photo, everything());
        t.deepEqual([photo.data, photo.alpha], before);
      });
    }
  }

  test(`${how}: a grey photo gives a grey cut-out`, async (t) => {
    const grey: Picture = { ...pictureOf(40, 40, (x, y) => x + y), grey: true };
    t.true((await run(grey, everything())).pictures.cutout!.grey);
  });

  test(`${how}: progress of refining rises to 1`, async (t) => {
    const tools = fakeTools({ models: [everything()], tile: SMALL_TILES });
    await run(noisy(40, 40), undefined, tools);
    const fractions = tools.fractions('refine');
    t.is(fractions[0], 0);
    t.is(fractions.at(-1), 1);
    t.true(fractions.length > 10);
    t.deepEqual(
      fractions,
      [...fractions].sort((a, b) => a - b),
    );
  });
}
