import test from 'ava';
import { noisy, pixel, plain, planeOf, withAlphaOf } from '../../shared/testing/pictures.ts';
import { putBack, subjectBox, take, wholeBox } from './subject.ts';

/** 12×9, seen from 4, 3 to 6, 4. */
const small = () => withAlphaOf(noisy(12, 9), (x, y) => Number(x >= 4 && x < 7 && y >= 3 && y < 5));

test('the box is what is seen with the field around it', (t) => {
  t.deepEqual(subjectBox(small(), 2), { left: 2, top: 1, width: 7, height: 6 });
});

test('the box ends at the picture’s border', (t) => {
  t.deepEqual(subjectBox(small(), 4), { left: 0, top: 0, width: 11, height: 9 });
  t.deepEqual(subjectBox(small(), 100), wholeBox(small()));
});

test('an opaque picture is all subject, and one that is not seen has none', (t) => {
  t.deepEqual(subjectBox(noisy(5, 4), 3), { left: 0, top: 0, width: 5, height: 4 });
  const unseen = withAlphaOf(noisy(5, 4), () => 0);
  t.is(subjectBox(unseen, 3), undefined);
});

test('colour and alpha are taken from the same place', (t) => {
  const cutout = small();
  const { colour, alpha } = take(cutout, { left: 3, top: 2, width: 5, height: 4 });
  t.deepEqual([colour.width, colour.height, alpha?.width, alpha?.height], [5, 4, 5, 4]);
  t.deepEqual(pixel(colour, 1, 1), pixel(cutout, 4, 3));
  t.deepEqual([...alpha!.data.subarray(0, 10)], [0, 0, 0, 0, 0, 0, 1, 1, 1, 0]);
});

test('all of a picture is taken without a copy', (t) => {
  const cutout = small();
  const { colour, alpha } = take(cutout, wholeBox(cutout));
  t.is(colour.data, cutout.data);
  t.is(alpha?.data, cutout.alpha);
  t.false('alpha' in take(plain(3, 3, 1, 1, 1), { left: 0, top: 0, width: 2, height: 2 }));
});

test('a look comes back to its place, on black', (t) => {
  const cutout = small();
  const look = planeOf(2, 3, 3, (x, y) => 10 * (y + 1) + x);
  const made = putBack(look, { left: 4, top: 3, width: 2, height: 3 }, cutout);
  t.deepEqual([made.width, made.height, made.alpha], [12, 9, cutout.alpha!]);
  t.deepEqual(
    [pixel(made, 4, 3), pixel(made, 5, 5), pixel(made, 6, 3), pixel(made, 3, 3)],
    [
      [10, 10, 10],
      [31, 31, 31],
      [0, 0, 0],
      [0, 0, 0],
    ],
  );
});

test('where nothing was seen the look is black, with the alpha that there is', (t) => {
  const unseen = withAlphaOf(noisy(5, 4), () => 0);
  const made = putBack(undefined, undefined, unseen);
  t.true(made.data.length === 60 && made.data.every((sample) => sample === 0));
  t.is(made.alpha, unseen.alpha);
});
