import test from 'ava';
import { close, fitted, moved, pictureAt } from './stage-geometry.ts';

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
  const view = close(frame, room, { x: 0.5, y: 0.5 });
  t.deepEqual(moved({ x: 0.5, y: 0.5 }, frame, view, 200, -100), { x: 0.4, y: 0.6 });
  t.deepEqual(moved({ x: 0.5, y: 0.5 }, frame, view, 9000, 0), { x: 0, y: 0.5 });
});

test('A point of the screen is a pixel of the file, also in a frame that reaches over its border', (t) => {
  t.deepEqual(pictureAt(frame, fitted(frame, room), 250, 250), { x: 1000, y: 500 });
  const cropped = { left: -100, top: 50, width: 1000, height: 1000 };
  t.deepEqual(pictureAt(cropped, fitted(cropped, room), 0, 0), { x: -100, y: 50 });
});
