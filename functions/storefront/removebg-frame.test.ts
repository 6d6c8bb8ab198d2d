import test from 'ava';
import { removebgFrame } from './removebg-frame.ts';
import { readRemovebgWish } from './removebg-parameters.ts';

const cutout = { width: 1000, height: 500 };
const subject = { left: 100, top: 100, width: 400, height: 200 };
const box = (left: number, top: number, width: number, height: number) => ({ left, top, width, height });
const frameFor = (given: Record<string, string>) =>
  removebgFrame(cutout, subject, readRemovebgWish({ size: 'full', ...given }));

test('Nothing asked for, nothing changed', (t) => {
  t.deepEqual(frameFor({}), {
    resized: cutout,
    result: cutout,
    frame: { ...cutout, left: 0, top: 0 },
    subject,
    isPlaced: false,
  });
});

test('A size bounds the whole picture, keeps its proportions, and never enlarges', (t) => {
  const { resized, subject } = frameFor({ size: 'preview' });
  t.deepEqual(resized, { width: 707, height: 353 });
  t.true(707 * 353 <= 250_000 && 708 * 354 > 250_000);
  // Outward, so that no hair of it is lost.
  t.deepEqual(subject, box(70, 70, 284, 142));
  t.deepEqual(frameFor({ size: 'hd' }).resized, cutout);
});

const crops: readonly (readonly [given: Record<string, string>, frame: ReturnType<typeof box>])[] = [
  [{ crop: 'true' }, box(100, 100, 400, 200)],
  [{ crop: 'true', crop_margin: '10px' }, box(90, 90, 420, 220)],
  [{ crop: 'true', crop_margin: '10% 5%' }, box(80, 80, 440, 240)],
  [{ crop: 'true', crop_margin: '10px 20px 30px 500px' }, box(-400, 90, 920, 240)],
  [{ crop_margin: '10px' }, box(0, 0, 1000, 500)],
];
for (const [given, frame] of crops) {
  test(`${JSON.stringify(given)} is cut there`, (t) => {
    const { left, top, width, height } = frame;
    const standing = { ...subject, left: 100 - left, top: 100 - top };
    t.like(frameFor(given), { frame, result: { width, height }, subject: standing, isPlaced: false });
  });
}

test('With a size the margins are the result’s pixels', (t) => {
  const { resized, result } = frameFor({ size: 'preview', crop: 'true', crop_margin: '10px' });
  t.deepEqual(
    [resized, result],
    [
      { width: 707, height: 353 },
      { width: 304, height: 162 },
    ],
  );
});

const places: readonly (readonly [given: Record<string, string>, at: ReturnType<typeof box>])[] = [
  // 400×200 fits into 1000×500 two and a half times.
  [{ scale: '100%' }, box(0, 0, 1000, 500)],
  [{ scale: '50%' }, box(250, 125, 500, 250)],
  [{ scale: '50%', position: '0%' }, box(0, 0, 500, 250)],
  [{ scale: '50%', position: '100% 20%' }, box(500, 50, 500, 250)],
  [{ scale: '20%', position: 'original' }, box(200, 150, 200, 100)],
  [{ scale: '100%', position: 'original' }, box(0, 0, 1000, 500)],
  [{ position: 'center' }, box(300, 150, 400, 200)],
  [{ position: '0% 100%' }, box(0, 300, 400, 200)],
  [{ crop: 'true', crop_margin: '50px', scale: '50%' }, box(125, 88, 250, 125)],
];
for (const [given, at] of places) {
  test(`${JSON.stringify(given)} puts the subject there`, (t) => {
    const { subject, result, isPlaced } = frameFor(given);
    t.deepEqual(subject, at);
    t.true(isPlaced);
    t.true(at.left + at.width <= result.width && at.top + at.height <= result.height);
  });
}

test('A subject of one pixel stays one', (t) => {
  const one = { width: 1, height: 1 };
  const wish = readRemovebgWish({ crop: 'true', crop_margin: '50%', scale: '10%' });
  t.deepEqual(removebgFrame(one, { left: 0, top: 0, ...one }, wish).subject, box(1, 1, 1, 1));
});
