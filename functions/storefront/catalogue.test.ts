import test from 'ava';
import { defaultLimits } from '../../shared/image/limits.ts';
import { catalogueOf } from './catalogue.ts';

test('The catalogue says the service’s own limits, every look and where each background is', (t) => {
  const catalogue = catalogueOf({ ...defaultLimits, maxFileBytes: 123, minSide: 7 }, ['garden']);
  t.like(catalogue.limits, { max_file_bytes: 123, min_side: 7, max_long_side: 7680, max_pixels: 50_000_000 });
  t.true(catalogue.limits.formats.includes('HEIC'));
  t.deepEqual(catalogue.scales, [1, 2, 4]);
  t.deepEqual(catalogue.looks[0], { name: 'enhanced-bw', title: 'black and white with depth' });
  t.is(catalogue.looks.length, 6);
  t.deepEqual(catalogue.backgrounds, [
    { name: 'garden', picture: '/backgrounds/garden.jpg', thumbnail: '/backgrounds/garden.webp' },
  ]);
});
