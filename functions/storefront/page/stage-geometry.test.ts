import test from 'ava';
import { close, fitted, hairOf, moved, pictureAt } from './stage-geometry.ts';

const frame = { left: 0, top: 0, width: 2000, height: 1000 };
const room = { width: 500, height: 500 };

test('A picture fits into its room, in the middle', (t) => {
  t.deepEqual(fitted(frame, room), { scale: 0.25, left: 0, top: 125 });
});

test('Looked at closely, one of its pixels is one of the screen’s, and no room stays empty', (t) => {
  t.deepEqual(close(frame, room, { x: 0.5, y: 0.5 }), { scale: 1, left: -750, top: -250 });
  t.deepEqual(close(frame, room, { x: 0, y: 1 }), { scale: 1, left: 0, top: -500 });
});

test('A small picture is shown twice as large as it fits', (t) => {
  const small = { left: 0, top: 0, width: 250, height: 100 };
  t.deepEqual(close(small, room, { x: 0.5, y: 0.5 }), { scale: 4, left: -250, top: 50 });
});

test('A drag moves what is in the middle, and not beyond the picture', (t) => {
  t.deepEqual(moved({ x: 0.5, y: 0.5 }, frame, room, 200, -100), { x: 0.4, y: 0.6 });
  t.deepEqual(moved({ x: 0.5, y: 0.5 }, frame, room, 9000, 0), { x: 0.125, y: 0.5 });
  // From a corner every step back shows something else.
  t.deepEqual(moved({ x: 0, y: 1 }, frame, room, 0, 0), { x: 0.125, y: 0.75 });
  t.deepEqual(moved({ x: 0.3, y: 0.3 }, { width: 100, height: 2000 }, room, 10, 0), { x: 0.5, y: 0.3 });
});

test('The first close look is at the subject’s upper end, where its hair is', (t) => {
  const subject = { left: 500, top: 100, width: 1000, height: 500 };
  t.deepEqual(hairOf(frame, subject), { x: 0.5, y: 0.16 });
  t.deepEqual(hairOf({ left: 500, top: 0, width: 1000, height: 1000 }, subject), { x: 0.5, y: 0.16 });
});

test('A point of the screen is a pixel of the file, also in a frame that reaches over its border', (t) => {
  t.deepEqual(pictureAt(frame, fitted(frame, room), 250, 250), { x: 1000, y: 500 });
  const cropped = { left: -100, top: 50, width: 1000, height: 1000 };
  t.deepEqual(pictureAt(cropped, fitted(cropped, room), 0, 0), { x: -100, y: 50 });
});
