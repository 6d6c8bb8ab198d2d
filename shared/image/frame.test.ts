import test from 'ava';
import { applyFrame, frameOf, scaleBox } from './frame.ts';
import type { Picture } from './picture.ts';

const subject = { left: 3, top: 2, width: 4, height: 2 };

/** 8×6; red counts columns, green rows; alpha is 200 in the subject's box. */
function picture(): Picture {
  const data = new Uint8Array(8 * 6 * 3);
  const alpha = new Uint8Array(8 * 6);
  for (let y = 0; y < 6; y++) {
    for (let x = 0; x < 8; x++) {
      data.set([x, y, 9], (y * 8 + x) * 3);
      if (x >= 3 && x < 7 && y >= 2 && y < 4) alpha[y * 8 + x] = 200;
    }
  }
  return { width: 8, height: 6, channels: 3, data, alpha };
}

const frames: readonly { crop: boolean; margin: string; frame: ReturnType<typeof frameOf> }[] = [
  { crop: false, margin: '50%', frame: { left: 0, top: 0, width: 8, height: 6 } },
  { crop: true, margin: '0%', frame: subject },
  { crop: true, margin: '1px', frame: { left: 2, top: 1, width: 6, height: 4 } },
  { crop: true, margin: '25%', frame: { left: 2, top: 1, width: 6, height: 4 } },
  { crop: true, margin: '100%', frame: { left: -1, top: -2, width: 12, height: 10 } },
];

for (const { crop, margin, frame } of frames) {
  test(`With crop ${crop} and a margin of ${margin} the frame is ${JSON.stringify(frame)}`, (t) => {
    t.deepEqual(frameOf(picture(), subject, { crop, margin }), frame);
  });
}

test('The whole picture as frame is the picture itself, not a copy', (t) => {
  const whole = picture();
  t.is(applyFrame(whole, { left: 0, top: 0, width: 8, height: 6 }), whole);
});

test('Inside the frame pixels keep their colour and alpha', (t) => {
  const framed = applyFrame(picture(), subject);
  t.deepEqual([framed.width, framed.height], [4, 2]);
  t.deepEqual([...framed.alpha!], new Array(8).fill(200));
  t.deepEqual([...framed.data.slice(0, 6)], [3, 2, 9, 4, 2, 9]);
});

test('Where the frame reaches over the border there is nothing', (t) => {
  const framed = applyFrame(picture(), { left: -2, top: -1, width: 11, height: 8 });
  t.deepEqual([framed.width, framed.height], [11, 8]);
  t.is(
    framed.alpha!.reduce((sum, sample) => sum + sample, 0),
    8 * 200,
  );
  t.is(framed.alpha![(2 + 1) * 11 + 3 + 2], 200);
  t.deepEqual([...framed.data.slice((1 * 11 + 2) * 3, (1 * 11 + 2) * 3 + 3)], [0, 0, 9]);
});

test('An opaque picture is transparent only outside', (t) => {
  const { alpha: _, ...opaque } = picture();
  const framed = applyFrame(opaque, { left: -1, top: 0, width: 8, height: 6 });
  t.deepEqual([...framed.alpha!.slice(0, 3)], [0, 255, 255]);
});

test('A box in a smaller picture holds all it held, and no more than the picture', (t) => {
  t.deepEqual(
    scaleBox({ left: 3, top: 3, width: 4, height: 3 }, { width: 10, height: 10 }, { width: 5, height: 5 }),
    { left: 1, top: 1, width: 3, height: 2 },
  );
  t.deepEqual(
    scaleBox({ left: 0, top: 0, width: 10, height: 10 }, { width: 10, height: 10 }, { width: 3, height: 7 }),
    { left: 0, top: 0, width: 3, height: 7 },
  );
});
