import test from 'ava';
import { noisy, planeOf, withAlphaOf } from '../testing/pictures.ts';
import { layer } from './compose.ts';
import type { Picture, Plane } from './picture.ts';
import { alphaPlane, rowsOf, withAlpha } from './picture.ts';

// Two bands of four megapixels and the beginning of a third.
const width = 2000;
const height = 4003;
const subject = withAlphaOf(noisy(width, height), (x, y) => (x * 3 + y * 7) % 256);
const shadow = planeOf(width, height, 1, (x, y) => (x + y) % 256);
const background = withAlpha(noisy(width, height), undefined);

/** The same rows of everything, layered alone. */
async function strip(top: number, rows: number, behind: Picture | undefined): Promise<Picture> {
  const part = (plane: Plane): Plane => rowsOf(plane, top, rows);
  return await layer(
    withAlpha(part(subject), part(alphaPlane(subject)!)),
    part(shadow),
    behind && withAlpha(part(behind), undefined),
  );
}

for (const [name, behind] of [
  ['a background', background],
  ['nothing', undefined],
] as const) {
  test(`what is layered over ${name} does not show where one band ends and the next begins`, async (t) => {
    const whole = await layer(subject, shadow, behind);
    t.deepEqual([whole.width, whole.height, whole.alpha !== undefined], [width, height, !behind]);
    for (const top of [0, 1990, 3990]) {
      const alone = await strip(top, 13, behind);
      t.true(Buffer.from(alone.data).equals(rowsOf(whole, top, 13).data), `colour at ${top}`);
      if (behind) continue;
      t.true(Buffer.from(alone.alpha!).equals(rowsOf(alphaPlane(whole)!, top, 13).data), `alpha at ${top}`);
    }
  });
}

test('a subject with neither shadow nor background is given back itself', async (t) => {
  t.is(await layer(subject, undefined, undefined), subject);
});
