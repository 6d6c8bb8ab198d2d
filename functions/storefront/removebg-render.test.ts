// A small cut-out of known pixels in the forms that remove.bg's callers ask for.

import test from 'ava';
import { unzipSync } from 'fflate';
import { decode, encode, resize } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import type { Picture } from '../../shared/image/picture.ts';
import { createDeliveryRig, cutout, subject } from '../../shared/testing/delivery-rig.ts';
import { pixel, plain } from '../../shared/testing/pictures.ts';
import type { RemovebgGiven } from './removebg-parameters.ts';
import { readRemovebgWish } from './removebg-parameters.ts';
import { renderRemovebg } from './removebg-render.ts';

const rig = createDeliveryRig();
test.after.always(() => rig.close());
const limits = { ...defaultLimits, minSide: 1 };

/** The cut-out is 120×160, orange where the subject is: 60×80 from 30, 40. */
async function render(given: RemovebgGiven, backdrop?: Picture) {
  return await renderRemovebg(
    {
      cutout: await encode(cutout, { format: 'png' }),
      subject,
      wish: readRemovebgWish(given),
      backdrop: backdrop && (await encode(backdrop, { format: 'png' })),
      limits,
      signal: new AbortController().signal,
    },
    { ...rig.pixels, resize },
  );
}

async function look(data: Uint8Array) {
  const { picture, format } = await decode(data, limits);
  return { picture, format };
}

const alphaAt = ({ alpha, width }: Picture, x: number, y: number): number => alpha?.[y * width + x] ?? 255;

test('Where something shows through the answer is a PNG, else a JPEG', async (t) => {
  const open = await render({});
  t.like(open, { width: 120, height: 160, contentType: 'image/png', extension: 'png' });
  const { picture, format } = await look(open.data);
  t.is(format, 'PNG');
  t.deepEqual([alphaAt(picture, 60, 80), alphaAt(picture, 5, 5)], [255, 0]);
  const onRed = await render({ bg_color: 'f00' });
  t.like(onRed, { contentType: 'image/jpeg', extension: 'jpg' });
  t.is((await look(onRed.data)).format, 'JPEG');
  t.like(await render({ format: 'webp' }), { contentType: 'image/webp', extension: 'webp' });
});

test('On a colour the subject stands as it is, and JPEG without one is white', async (t) => {
  const { picture } = await look((await render({ bg_color: 'red', format: 'png' })).data);
  t.is(picture.alpha, undefined);
  t.deepEqual(
    [pixel(picture, 60, 80), pixel(picture, 5, 5)],
    [
      [220, 120, 40],
      [255, 0, 0],
    ],
  );
  const white = await look((await render({ format: 'jpg' })).data);
  t.deepEqual(pixel(white.picture, 5, 5), [255, 255, 255]);
});

test('A picture that is sent along covers the frame behind the subject', async (t) => {
  const { picture } = await look((await render({ format: 'png' }, plain(64, 64, 10, 20, 200))).data);
  t.deepEqual(
    [pixel(picture, 60, 80), pixel(picture, 5, 5)],
    [
      [220, 120, 40],
      [10, 20, 200],
    ],
  );
});

test('The matte alone is grey, whatever the background', async (t) => {
  const { data, contentType } = await render({ channels: 'alpha', bg_color: 'f00' });
  t.is(contentType, 'image/png');
  const { picture } = await look(data);
  t.true(picture.grey);
  t.deepEqual(
    [pixel(picture, 60, 80), pixel(picture, 5, 5)],
    [
      [255, 255, 255],
      [0, 0, 0],
    ],
  );
});

test('A crop is the subject with its margins, which may reach over the border', async (t) => {
  const tight = await render({ crop: 'true', format: 'png' });
  t.like(tight, { width: 60, height: 80 });
  const wide = await render({ crop: 'true', crop_margin: '50px 10%', format: 'png' });
  t.like(wide, { width: 72, height: 180 });
  const { picture } = await look(wide.data);
  t.deepEqual([alphaAt(picture, 36, 49), alphaAt(picture, 36, 50), alphaAt(picture, 5, 90)], [0, 255, 0]);
});

test('A subject is scaled and placed, and the picture keeps its size', async (t) => {
  const { data, width, height } = await render({ scale: '50%', position: '0% 100%', format: 'png' });
  t.deepEqual([width, height], [120, 160]);
  const { picture } = await look(data);
  t.deepEqual(
    [
      [2, 157],
      [57, 82],
      [62, 120],
      [30, 77],
    ].map(([x, y]) => alphaAt(picture, x!, y!)),
    [255, 255, 0, 0],
  );
  const large = await look((await render({ scale: '100%', format: 'png' })).data);
  t.deepEqual([alphaAt(large.picture, 3, 3), alphaAt(large.picture, 116, 156)], [255, 255]);
});

test('A ZIP has colour and matte, which together are the picture', async (t) => {
  const { data, contentType } = await render({ format: 'zip', crop: 'true', crop_margin: '10px' });
  t.is(contentType, 'application/zip');
  const files = unzipSync(data);
  t.deepEqual(Object.keys(files), ['color.jpg', 'alpha.png']);
  const [color, alpha] = [await look(files['color.jpg']!), await look(files['alpha.png']!)];
  t.deepEqual([color.format, alpha.format], ['JPEG', 'PNG']);
  t.like(color.picture, { width: 80, height: 100 });
  t.like(alpha.picture, { width: 80, height: 100 });
  t.deepEqual(
    [pixel(alpha.picture, 40, 50), pixel(alpha.picture, 5, 5)],
    [
      [255, 255, 255],
      [0, 0, 0],
    ],
  );
  const onRed = unzipSync((await render({ format: 'zip', bg_color: 'f00' })).data);
  const whole = (await look(onRed['alpha.png']!)).picture;
  t.deepEqual(
    [pixel(whole, 5, 5), pixel(whole, 60, 80)],
    [
      [255, 255, 255],
      [255, 255, 255],
    ],
  );
});

test('A shadow falls where nothing stood', async (t) => {
  const plainly = await look((await render({ format: 'png' })).data);
  const shadowed = await look((await render({ format: 'png', add_shadow: 'true' })).data);
  t.is(alphaAt(plainly.picture, 60, 122), 0);
  t.true(alphaAt(shadowed.picture, 60, 122) > 20);
  t.is(alphaAt(shadowed.picture, 60, 80), 255);
});
