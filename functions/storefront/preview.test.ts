import test from 'ava';
import { decode } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import { thumbnail } from '../../shared/image/thumbnail.ts';
import { createDeliveryRig, HEIGHT, WIDTH } from '../../shared/testing/delivery-rig.ts';
import { noisy, pixel, plain, withAlphaOf } from '../../shared/testing/pictures.ts';
import type { PreviewKind } from './preview.ts';
import { createPreviews } from './preview.ts';

const job = 'a'.repeat(32);
const limits = { ...defaultLimits, minSide: 1 };

async function open(sketch = {}) {
  const rig = createDeliveryRig();
  await rig.addJob(job, sketch);
  const { files, derive, pixels } = rig;
  const preview = createPreviews({ files, derive, thumbnail, ...pixels });
  const ask = async (name: string, kind?: PreviewKind) => {
    const located = await files.locate(job);
    return await preview(located, await files.file(located, name), undefined, kind);
  };
  return { rig, ask };
}

test('A preview is a WebP of at most 512 pixels a side, in the picture’s proportions', async (t) => {
  const large = withAlphaOf(noisy(1500, 1000), (x) => (x < 750 ? 255 : 0));
  const { ask } = await open({ cutout: large });
  const { name, contentType, width, height, data } = await ask('cutout');
  t.deepEqual([name, contentType, width, height], ['cutout', 'image/webp', 512, 341]);
  const { picture, format } = await decode(data, limits);
  t.deepEqual([format, picture.width, picture.height, picture.alpha], ['WEBP', 512, 341, undefined]);
});

test('What is small stays as small, on a checkerboard where it is transparent', async (t) => {
  const { ask } = await open();
  const { width, height, data } = await ask('cutout');
  t.deepEqual([width, height], [WIDTH, HEIGHT]);
  const { picture } = await decode(data, limits);
  const [light, dark] = [pixel(picture, 2, 2)[0]!, pixel(picture, 8, 2)[0]!];
  t.true(light > 245 && dark > 205 && dark < 230, `${light} ${dark}`);
});

test('It is made once, as soon as its stage is done, and kept with the job', async (t) => {
  const { rig, ask } = await open({ done: ['upscale'], cutout: plain(64, 64, 1, 2, 3) });
  const [first, second] = [await ask('upscaled'), await ask('upscaled')];
  t.is(rig.counts.decoded, 1);
  t.is(first.key, second.key);
  t.true(Buffer.from(first.data).equals(second.data));
  t.true((await rig.store.names('results')).includes(`jobs/${job}/derived/${first.key}.webp`));
  await t.throwsAsync(ask('cutout'), { code: 'JOB_NOT_READY' });
});

test('For a screen it is larger, stays transparent, and is kept beside the small one', async (t) => {
  const large = withAlphaOf(noisy(1500, 1000), (x) => (x < 750 ? 255 : 0));
  const { ask } = await open({ cutout: large });
  const [small, screen] = [await ask('cutout'), await ask('cutout', 'screen')];
  t.deepEqual([screen.width, screen.height], [1440, 960]);
  t.not(small.key, screen.key);
  const { picture } = await decode(screen.data, limits);
  t.deepEqual([picture.alpha![5 * 1440 + 10], picture.alpha![5 * 1440 + 1400]], [255, 0]);
});
