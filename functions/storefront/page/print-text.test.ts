import test from 'ava';
import { sharpUpTo, sizesIn, sizeTitle, verdictOf } from './print-text.ts';

test('Sizes are those that can be read, the smallest first, whatever their unit', (t) => {
  t.deepEqual(sizesIn('30x40cm, 8x10in, a4, 100x150mm,0x5cm'), ['100x150mm', '8x10in', '30x40cm']);
});

test('The largest sharp size is the largest of the shop’s, either way up', (t) => {
  const sizes = ['10x15cm', '20x30cm', '30x40cm'];
  t.is(sharpUpTo({ width: 2400, height: 3600 }, sizes), '20x30cm');
  t.is(sharpUpTo({ width: 3600, height: 2400 }, sizes), '20x30cm');
  t.is(sharpUpTo({ width: 300, height: 300 }, sizes), undefined);
});

test('A size is written as people write it, and judged by its resolution', (t) => {
  t.is(sizeTitle('20x30cm'), '20 × 30 cm');
  t.deepEqual(verdictOf({ width: 2400, height: 3600 }, '20x30cm'), {
    key: 'size.sharp',
    dpi: 304,
    verdict: 'sharp',
  });
  t.is(verdictOf({ width: 2400, height: 3600 }, '30x40cm').key, 'size.wall');
  t.is(verdictOf({ width: 240, height: 360 }, '30x40cm').key, 'size.few');
});
