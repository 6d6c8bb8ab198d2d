import type { ExecutionContext } from 'ava';
import test from 'ava';
import { resize } from '../../shared/image/codec.ts';
import type { Picture, Plane } from '../../shared/image/picture.ts';
import { withAlpha } from '../../shared/image/picture.ts';
import type { Truth } from '../../shared/testing/furry.ts';
import { furryTruth } from '../../shared/testing/furry.ts';
import type { RealTools } from '../../shared/testing/real-tools.ts';
import { openRealTools } from '../../shared/testing/real-tools.ts';
import { composeCutout } from './refine.ts';

let real: RealTools;
test.before(async () => {
  real = await openRealTools(['refine-wide', 'refine-fine', 'matte']);
});
test.after.always(() => real.close());

const SIDE = 960;
const PINK = [230, 25, 150] as const;

/** Mean difference, in levels, of pictures composed on pink, where the truth is neither solid nor empty. */
function compositionError(truth: Truth, colour: Plane, alpha: Plane, premultiplied = false): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < truth.alpha.data.length; i++) {
    const a = truth.alpha.data[i]! / 255;
    if (a < 0.01 || a > 0.99) continue;
    const b = alpha.data[i]! / 255;
    for (let channel = 0; channel < 3; channel++) {
      const right = a * truth.colour.data[i * 3 + channel]! + (1 - a) * PINK[channel]!;
      const shown = colour.data[i * 3 + channel]! * (premultiplied ? b : 1);
      sum += Math.abs(b * shown + (1 - b) * PINK[channel]! - right);
      count++;
    }
  }
  return sum / count;
}

async function compare(t: ExecutionContext, maskSide: number, atMost: number): Promise<void> {
  const truth = furryTruth(SIDE, 7);
  const mask = await resize(truth.alpha, maskSide, maskSide, 'linear');
  const cutout = await composeCutout(truth.photo, mask, { smoothing: true, refine: true }, real.tools);
  const plainMask = await resize(mask, SIDE, SIDE, 'cubic');
  const ours = compositionError(truth, cutout, { ...plainMask, data: cutout.alpha! });
  const plain = compositionError(truth, truth.photo, plainMask);
  const premultiplied = compositionError(truth, truth.photo, plainMask, true);
  t.log(
    `mask ${maskSide}: ours ${ours.toFixed(1)}, plain alpha ${plain.toFixed(1)}, premultiplied ${premultiplied.toFixed(1)} levels`,
  );
  t.true(ours < atMost, `${ours}`);
  t.true(ours < plain / 4, `${ours} against ${plain}`);
  t.true(plain < premultiplied);
}

test('Hair composed anew is near the truth where the mask was half the photo’s size', (t) =>
  compare(t, 480, 6));
test('Hair composed anew is near the truth where the mask was two thirds of the photo’s size', (t) =>
  compare(t, 640, 6));

test('Nothing is left outside, nothing is missing inside, and no colour hides under alpha 0', async (t) => {
  const truth = furryTruth(SIDE, 3);
  const mask = await resize(truth.alpha, 640, 640, 'linear');
  const { data, alpha } = await composeCutout(
    truth.photo,
    mask,
    { smoothing: true, refine: true },
    real.tools,
  );
  const at = (x: number, y: number): number => y * SIDE + x;
  t.is(alpha![at(SIDE / 2, SIDE / 2)], 255);
  t.is(alpha![at(8, 8)], 0);
  t.is(alpha!.indexOf(1), -1, 'a trace of one level is haze');
  for (let i = 0; i < alpha!.length; i++) {
    if (alpha![i] === 0 && data[i * 3]! + data[i * 3 + 1]! + data[i * 3 + 2]! > 0)
      return t.fail(`colour under alpha 0 at ${i}`);
  }
  // In the solid middle the photo's pixels are untouched.
  const middle = at(SIDE / 2, SIDE / 2) * 3;
  t.deepEqual(data.slice(middle, middle + 3), truth.photo.data.slice(middle, middle + 3));
});

test('Tiles leave no seam: two tile sizes give the same cut-out within a level', async (t) => {
  const { photo, alpha } = furryTruth(SIDE, 5);
  const mask = await resize(alpha, 480, 480, 'linear');
  const cut = (maxSide: number): Promise<Picture> =>
    composeCutout(
      photo,
      mask,
      { smoothing: true, refine: true },
      { ...real.tools, tile: { maxSide, fixedShapes: false } },
    );
  const [small, large] = [await cut(200), await cut(2000)];
  t.true(largestDifference(small.alpha!, large.alpha!) <= 1);
  t.true(largestDifference(small.data, large.data) <= 2);
});

test('The photo’s own alpha stays where it is less than the matte', async (t) => {
  const { photo, alpha } = furryTruth(SIDE, 5);
  const own = new Uint8Array(SIDE * SIDE).fill(255);
  own.fill(0, 0, (SIDE * SIDE) / 2);
  own.fill(100, (SIDE * SIDE) / 2, SIDE * (SIDE / 2 + 20));
  const mask = await resize(alpha, 480, 480, 'linear');
  for (const refine of [true, false]) {
    const cutout = await composeCutout(
      { ...withAlpha(photo, undefined), alpha: own },
      mask,
      { smoothing: false, refine },
      real.tools,
    );
    t.is(cutout.alpha![(SIDE / 4) * SIDE + SIDE / 2], 0);
    t.is(cutout.alpha![(SIDE / 2 + 10) * SIDE + SIDE / 2], 100);
    t.is(cutout.alpha![(SIDE / 2 + 40) * SIDE + SIDE / 2], 255);
  }
});

test('A flat photo gives no edge to follow: the matte is the mask', async (t) => {
  const photo: Picture = {
    width: 256,
    height: 192,
    channels: 3,
    data: new Uint8Array(256 * 192 * 3).fill(128),
  };
  const mask: Plane = { width: 256, height: 192, channels: 1, data: new Uint8Array(256 * 192) };
  for (let y = 48; y < 144; y++) mask.data.fill(255, y * 256 + 64, y * 256 + 192);
  const { alpha } = await composeCutout(photo, mask, { smoothing: false, refine: true }, real.tools);
  t.true(largestDifference(alpha!, mask.data) <= 1);
});

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((most, sample, i) => Math.max(most, Math.abs(sample - b[i]!)), 0);
}
