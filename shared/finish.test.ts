import test from 'ava';
import { parseColour } from './colour.ts';
import { finish } from './finish.ts';
import { resize } from './image/codec.ts';
import { matchHelpers } from './image/match-colours.ts';
import type { Box, Picture } from './image/picture.ts';
import { srgbToLab } from './testing/delta-e.ts';
import type { RealTools } from './testing/real-tools.ts';
import { openRealTools } from './testing/real-tools.ts';

let real: RealTools;
test.before(async () => {
  real = await openRealTools(matchHelpers);
});
test.after.always(() => real.close());

const plain = { crop: false, margin: '5%', shadow: false, match_colors: false };
const SIDE = 120;
const subject: Box = { left: 30, top: 20, width: 60, height: 80 };

/** An orange box, half transparent in its first column. */
function cutout(): Picture {
  const data = new Uint8Array(SIDE * SIDE * 3);
  const alpha = new Uint8Array(SIDE * SIDE);
  for (let y = subject.top; y < subject.top + subject.height; y++) {
    for (let x = subject.left; x < subject.left + subject.width; x++) {
      data.set([220, 120, 40], (y * SIDE + x) * 3);
      alpha[y * SIDE + x] = x === subject.left ? 128 : 255;
    }
  }
  return { width: SIDE, height: SIDE, channels: 3, data, alpha };
}

function pixel({ data, width }: Picture, x: number, y: number): number[] {
  return [...data.slice((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

function tools() {
  return { ...real.tools, resize };
}

test('With nothing asked for the cut-out is delivered as it is', async (t) => {
  const picture = cutout();
  t.is(await finish(picture, subject, plain, undefined, tools()), picture);
});

test('A colour stands behind the subject and shows through where the matte is half', async (t) => {
  const done = await finish(cutout(), subject, plain, { colour: [0, 0, 255] }, tools());
  t.is(done.alpha, undefined);
  t.deepEqual(pixel(done, 5, 5), [0, 0, 255]);
  t.deepEqual(pixel(done, 60, 60), [220, 120, 40]);
  const edge = pixel(done, subject.left, 60);
  for (const [channel, right] of [110, 60, 147].entries())
    t.true(Math.abs(edge[channel]! - right) <= 1, `${edge}`);
});

test('A picture covers the frame, its middle kept', async (t) => {
  const data = new Uint8Array(300 * 100 * 3);
  for (let y = 0; y < 100; y++)
    for (let x = 0; x < 300; x++)
      data.set(x < 100 || x >= 200 ? [255, 0, 0] : [0, 255, 0], (y * 300 + x) * 3);
  const background = { picture: { width: 300, height: 100, channels: 3, data } } as const;
  const done = await finish(cutout(), subject, plain, background, tools());
  t.deepEqual([done.width, done.height], [SIDE, SIDE]);
  for (const [x, y] of [
    [4, 4],
    [115, 115],
  ] as const)
    t.deepEqual(pixel(done, x, y), [0, 255, 0]);
});

test('Cropped, the frame is the subject and its margin', async (t) => {
  const done = await finish(cutout(), subject, { ...plain, crop: true, margin: '10%' }, undefined, tools());
  t.deepEqual([done.width, done.height], [76, 96]);
  t.is(done.alpha![8 * 76 + 9], 255);
  t.is(done.alpha![7 * 76 + 9], 0);
});

test('A shadow darkens the ground beside the subject and never the subject', async (t) => {
  const white = { colour: [255, 255, 255] } as const;
  const without = await finish(cutout(), subject, plain, white, tools());
  const shaded = await finish(cutout(), subject, { ...plain, shadow: true }, white, tools());
  const under = pixel(shaded, 60, subject.top + subject.height)[0]!;
  t.true(under < 215 && under > 60, `${under}`);
  t.deepEqual(pixel(shaded, 5, 5), [255, 255, 255]);
  t.deepEqual(pixel(shaded, 60, 60), pixel(without, 60, 60));
});

test('On a transparent ground the shadow is in the alpha', async (t) => {
  const shaded = await finish(cutout(), subject, { ...plain, shadow: true }, undefined, tools());
  const under = (subject.top + subject.height) * SIDE + 60;
  t.true(shaded.alpha![under]! > 40 && shaded.alpha![under]! < 200);
  t.deepEqual(pixel(shaded, 60, subject.top + subject.height), [0, 0, 0]);
  t.is(shaded.alpha![60 * SIDE + 60], 255);
});

test('Matched colours move towards the background’s, part of the way, and leave the matte alone', async (t) => {
  const background = { colour: [60, 90, 200] } as const;
  const before = srgbToLab([220, 120, 40]);
  const done = await finish(cutout(), subject, { ...plain, match_colors: true }, background, tools());
  const after = srgbToLab(pixel(done, 60, 60) as [number, number, number]);
  const goal = srgbToLab([60, 90, 200]);
  for (const axis of [0, 1, 2] as const) {
    const share = (after[axis] - before[axis]) / (goal[axis] - before[axis]);
    t.true(share > 0.25 && share < 0.65, `axis ${axis}: ${share}`);
  }
  t.deepEqual(pixel(done, 5, 5), [60, 90, 200]);
});

test('Colours are read as people write them', (t) => {
  t.deepEqual(parseColour('#ff8000'), [255, 128, 0]);
  t.deepEqual(parseColour('#F80'), [255, 136, 0]);
  for (const wrong of ['ff8000', '#ff80', '#ggg', 'red', '']) t.is(parseColour(wrong), undefined, wrong);
});
