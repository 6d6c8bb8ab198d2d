// A mask that was corrected by hand, in the model's place.
import test from 'ava';
import { decode } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import type { Plane } from '../../shared/image/picture.ts';
import { firstChannel } from '../../shared/image/picture.ts';
import { fakeTools } from '../../shared/testing/fake-tools.ts';
import { png16, write } from '../../shared/testing/files.ts';
import { noisy, pixel, planeOf } from '../../shared/testing/pictures.ts';
import { openRealTools } from '../../shared/testing/real-tools.ts';
import { segment } from './stage.ts';

const plain = { model: 'no such model', smoothing: false, refine: false };
/** The left half is the subject. */
const half = (width: number, height: number): Plane =>
  planeOf(width, height, 1, (x) => (x < width / 2 ? 255 : 0));

test('The subject is where the mask says, and no model is asked', async (t) => {
  const photo = noisy(16, 8);
  const tools = fakeTools({ models: [] });
  const { pictures, subject } = await segment(photo, { ...plain, mask: half(16, 8) }, tools);
  t.deepEqual(subject, { left: 0, top: 0, width: 8, height: 8 });
  t.deepEqual(pixel(pictures.cutout!, 7, 3), pixel(photo, 7, 3));
  t.deepEqual(pixel(pictures.cutout!, 8, 3), [0, 0, 0]);
  t.is(pictures.cutout!.alpha![8], 0);
});

test('A mask without a subject is NO_SUBJECT', async (t) => {
  const mask = planeOf(16, 8, 1, () => 0);
  await t.throwsAsync(segment(noisy(16, 8), { ...plain, mask }, fakeTools({ models: [] })), {
    code: 'NO_SUBJECT',
  });
});

test('The real graphs follow a mask of the photo’s size and a smaller one', async (t) => {
  const { tools, close } = await openRealTools(['box', 'matte', 'refine-wide', 'refine-fine', 'flatten']);
  t.teardown(close);
  const photo = planeOf(320, 240, 3, (x, _y, c) => (x < 160 ? 200 : 40) + c);
  for (const [width, height] of [
    [320, 240],
    [160, 120],
  ] as const)
    for (const refine of [true, false]) {
      const options = { ...plain, smoothing: true, refine, mask: half(width, height) };
      const { pictures, subject } = await segment({ ...photo, channels: 3 }, options, tools);
      const { alpha, width: wide } = pictures.cutout!;
      const at = (x: number) => alpha![120 * wide + x];
      t.deepEqual([at(10), at(150), at(170), at(310)], [255, 255, 0, 0], `${width} ${refine}`);
      t.true(Math.abs(subject!.width - 160) <= 2, `${subject!.width}`);
    }
});

test('A grey PNG is the mask that its samples say, at 8 and at 16 bits', async (t) => {
  const samples = [0, 1, 127, 128, 254, 255];
  const files = [
    await write(planeOf(6, 1, 1, (x) => samples[x]!))
      .png()
      .toBuffer(),
    await png16(
      6,
      1,
      1,
      samples.map((sample) => sample * 257),
    ),
  ];
  const limits = { ...defaultLimits, minSide: 1 };
  for (const file of files) {
    const { picture } = await decode(file, limits);
    t.deepEqual([...firstChannel(picture).data], samples);
  }
});
