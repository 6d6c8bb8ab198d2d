import type { ExecutionContext } from 'ava';
import test from 'ava';
import { unzipSync } from 'fflate';
import type { ErrorCode } from '../../shared/error-catalogue.ts';
import { CutlineError } from '../../shared/errors.ts';
import { decode } from '../../shared/image/codec.ts';
import { defaultLimits } from '../../shared/image/limits.ts';
import type { Picture } from '../../shared/image/picture.ts';
import { sharp } from '../../shared/image/vips.ts';
import {
  createDeliveryRig,
  cutout,
  HEIGHT,
  photo,
  subject,
  WIDTH,
} from '../../shared/testing/delivery-rig.ts';
import { pixel } from '../../shared/testing/pictures.ts';
import type { DeliveredFile } from './deliver-file.ts';
import type { FilePlan } from './plan-file.ts';

const job = 'a'.repeat(32);
const other = 'b'.repeat(32);
const limits = { ...defaultLimits, minSide: 1 };

async function open(t: ExecutionContext, sketch = {}) {
  const rig = createDeliveryRig();
  t.teardown(() => rig.close());
  await rig.addJob(job, sketch);
  const delivery = await rig.delivery();
  const plan = async (
    name: string,
    query: Record<string, unknown> = {},
    mayUse = () => {},
  ): Promise<FilePlan> => await delivery.plan(await rig.files.locate(job), { name, query, mayUse });
  const ask = async (name: string, query: Record<string, unknown> = {}): Promise<DeliveredFile> =>
    await delivery.deliver(await plan(name, query));
  const picture = async (name: string, query: Record<string, unknown> = {}): Promise<Picture> =>
    (await decode(await (await ask(name, query)).read(), limits)).picture;
  const code = async (
    name: string,
    query: Record<string, unknown>,
    mayUse?: () => void,
  ): Promise<ErrorCode> =>
    (await t.throwsAsync(plan(name, query, mayUse), { instanceOf: CutlineError }))!.code;
  return { rig, delivery, plan, ask, picture, code };
}

test('With nothing asked for the stage’s own file is delivered, and no pixel is touched', async (t) => {
  const { rig, ask } = await open(t);
  for (const name of ['cutout', 'cutout.png', 'color', 'upscaled']) {
    const file = await ask(name);
    t.true(file.cached);
    t.regex(
      file.object.name,
      new RegExp(`^jobs/${job}/(segment/cutout|effects/color|upscale/upscaled)\\.png$`),
    );
    t.is((await file.read()).byteLength, file.object.bytes);
  }
  t.deepEqual(rig.counts, { decoded: 0, encoded: 0 });
});

test('On red the subject stands as it was and the rest is red; one decode, one encode', async (t) => {
  const { rig, picture } = await open(t);
  const done = await picture('cutout', { background: 'ff0000' });
  t.deepEqual([done.width, done.height, done.alpha], [WIDTH, HEIGHT, undefined]);
  t.deepEqual(pixel(done, 2, 2), [255, 0, 0]);
  t.deepEqual(pixel(done, 60, 80), [220, 120, 40]);
  t.deepEqual(rig.counts, { decoded: 1, encoded: 1 });
});

test('A form is made once: then a head is all that is read of it', async (t) => {
  const { rig, ask } = await open(t);
  const query = { background: '#00f', format: 'webp', shadow: 'true' };
  const first = await ask('cutout', query);
  t.false(first.cached);
  t.true('decode' in first.timings && 'encode' in first.timings);
  const before = rig.store.calls.length;
  const second = await ask('cutout', query);
  t.true(second.cached);
  t.deepEqual(second.object, first.object);
  const calls = rig.store.calls
    .slice(before)
    .filter(({ name }) => name.includes('/derived/') || name.endsWith('.png'));
  t.deepEqual(
    calls.map(({ method }) => method),
    ['head'],
  );
  t.true(Buffer.from(await second.read()).equals(await first.read()));
  t.deepEqual(rig.counts, { decoded: 1, encoded: 1 });
});

test('Cropped, the size, the subject’s place and the print it is good for are known before a pixel is', async (t) => {
  const { rig, plan, picture } = await open(t);
  const query = { crop: 'true', margin: '10px', size: '2x2cm' };
  const { delivered, print } = await plan('cutout', query);
  t.deepEqual(delivered, { width: 80, height: 100, subject: { left: 10, top: 10, width: 60, height: 80 } });
  t.deepEqual(print, { size: '2x2cm', dpi: 101, verdict: 'too few pixels' });
  t.deepEqual(rig.counts, { decoded: 0, encoded: 0 });
  const done = await picture('cutout', query);
  t.deepEqual([done.width, done.height], [80, 100]);
  t.deepEqual([done.alpha![10 * 80 + 10], done.alpha![9 * 80 + 9]], [255, 0]);
});

test('A look is cropped and set on its background in its own size', async (t) => {
  const { picture } = await open(t);
  const done = await picture('color', { crop: 'true', margin: '5px', background: '0000ff' });
  t.deepEqual([done.width, done.height], [40, 50]);
  t.deepEqual(
    [pixel(done, 2, 2), pixel(done, 20, 25)],
    [
      [0, 0, 255],
      [40, 200, 80],
    ],
  );
});

test('The matte alone is a grey picture; a background has nothing to do with it', async (t) => {
  const { plan, ask } = await open(t);
  const query = { channels: 'alpha', background: 'garden', shadow: 'true' };
  const { channels, width } = await sharp(await (await ask('cutout', query)).read()).metadata();
  t.deepEqual([channels, width], [1, WIDTH]);
  t.is((await plan('cutout', query)).key, (await plan('cutout', { channels: 'alpha' })).key);
});

test('A ZIP holds colour that runs on under the edge, and the matte', async (t) => {
  const { ask } = await open(t);
  const file = await ask('cutout.zip');
  t.is(file.object.contentType, 'application/zip');
  const inside = unzipSync(await file.read());
  t.deepEqual(Object.keys(inside), ['color.jpg', 'alpha.png']);
  const color = (await decode(inside['color.jpg']!, limits)).picture;
  const alpha = (await decode(inside['alpha.png']!, limits)).picture;
  t.deepEqual([alpha.data[0], alpha.data[(80 * WIDTH + 60) * 3]], [0, 255]);
  for (const [x, y] of [
    [subject.left - 1, 80],
    [60, 80],
  ] as const)
    for (const [channel, level] of [220, 120, 40].entries())
      t.true(Math.abs(pixel(color, x, y)[channel]! - level) <= 6, `${pixel(color, x, y)}`);
});

test('Matched colours move towards the background’s, by helper graphs on the CPU', async (t) => {
  const { picture } = await open(t);
  const [plainly, matched] = [
    await picture('cutout', { background: '3c5ac8' }),
    await picture('cutout', { background: '3c5ac8', match_colors: 'true' }),
  ];
  t.deepEqual(pixel(plainly, 60, 80), [220, 120, 40]);
  t.true(pixel(matched, 60, 80)[2]! > 60, `${pixel(matched, 60, 80)}`);
  t.deepEqual(pixel(matched, 2, 2), [60, 90, 200]);
});

test('A template that ships covers the frame', async (t) => {
  const { picture } = await open(t);
  const done = await picture('cutout', { background: 'grey-studio', format: 'webp' });
  t.deepEqual([done.width, done.height, done.alpha], [WIDTH, HEIGHT, undefined]);
  t.notDeepEqual(pixel(done, 2, 2), [0, 0, 0]);
});

test('JPEG takes a resolution; WebP has no place for one', async (t) => {
  const { plan, ask } = await open(t);
  const bytes = await (await ask('cutout.jpg', { dpi: '300' })).read();
  const { format, density } = await sharp(bytes).metadata();
  t.deepEqual([format, density], ['jpeg', 300]);
  t.is((await plan('cutout.webp', { dpi: '300' })).key, (await plan('cutout.webp')).key);
});

// Now it comes out black: `encode` of shared/image/codec.ts flattens before it joins the alpha.
test('JPEG is set on white', async (t) => {
  const { picture } = await open(t);
  t.deepEqual(pixel(await picture('cutout.jpg'), 2, 2), [255, 255, 255]);
});

const alike: readonly (readonly [string, Record<string, string>, string, Record<string, string>])[] = [
  ['cutout', {}, 'cutout.png', { format: 'png', crop: 'false', margin: '9%', size: '20x30cm' }],
  ['cutout', { background: 'f00' }, 'cutout', { background: '#FF0000' }],
  ['cutout', { match_colors: 'true' }, 'cutout', {}],
  ['cutout.jpg', {}, 'cutout', { format: 'jpeg' }],
];
const unlike: typeof alike = [
  ['cutout', {}, 'color', {}],
  ['cutout', {}, 'cutout', { dpi: '300' }],
  ['cutout', { background: 'f00' }, 'cutout', { background: 'f01' }],
  ['cutout', { background: 'garden' }, 'cutout', { background: 'grey-studio' }],
  ['cutout', { crop: 'true' }, 'cutout', { crop: 'true', margin: '6%' }],
  ['cutout', { shadow: 'true' }, 'cutout', { shadow: 'true', background: 'fff' }],
];

test('What comes out the same has one key, and what does not has another', async (t) => {
  const { plan } = await open(t);
  for (const [a, first, b, second] of alike)
    t.is((await plan(a, first)).key, (await plan(b, second)).key, JSON.stringify([first, second]));
  for (const [a, first, b, second] of unlike)
    t.not((await plan(a, first)).key, (await plan(b, second)).key, JSON.stringify([first, second]));
});

test('What is wrong is said before anything is opened', async (t) => {
  const { rig, code } = await open(t);
  t.is(await code('cutout', { colour: 'red' }), 'OPTIONS_INVALID');
  t.is(await code('cutout.png', { format: 'webp' }), 'OPTIONS_INVALID');
  t.is(await code('upscaled', { background: 'f00', crop: 'true' }), 'OPTIONS_INVALID');
  t.is(await code('upscaled.zip', {}), 'OPTIONS_INVALID');
  t.is(await code('cutout', { crop: 'true', margin: '4000px' }), 'OUTPUT_TOO_LARGE');
  t.is(await code('cutout', { crop: 'true', margin: `${'9'.repeat(400)}px` }), 'OUTPUT_TOO_LARGE');
  for (const name of ['sketch', 'job.json', '../job', 'cutout.tiff', '.png', '__proto__'])
    t.is(await code(name, {}), 'FILE_NOT_FOUND', name);
  t.deepEqual(rig.counts, { decoded: 0, encoded: 0 });
});

test('The photo of another job of the tenant may stand behind, where the caller may read that one', async (t) => {
  const { rig, picture, code, ask } = await open(t);
  const query = { background: `upload:${other}` };
  t.is(await code('cutout', query), 'JOB_NOT_FOUND');
  await rig.addJob(other);
  const forbid = (): void => {
    throw new CutlineError('JOB_NOT_FOUND');
  };
  t.is(await code('cutout', query, forbid), 'JOB_NOT_FOUND');
  const done = await picture('cutout', query);
  t.deepEqual([done.width, done.height, done.alpha], [WIDTH, HEIGHT, undefined]);
  t.deepEqual(pixel(done, 60, 80), [220, 120, 40]);
  await rig.store.quiet.delete({ bucket: 'uploads', name: `uploads/shop/${other}.png` });
  t.true((await ask('cutout', query)).cached);
  await t.throwsAsync(ask('cutout', { ...query, shadow: 'true' }), { code: 'INPUT_GONE' });
});

test('A photo of another tenant’s is as if it were not there', async (t) => {
  const { rig, code } = await open(t);
  await rig.addJob(other, { tenant: 'rival' });
  t.is(await code('cutout', { background: `upload:${other}` }), 'JOB_NOT_FOUND');
});

test('What a stage has finished can be had while the next one works', async (t) => {
  const { picture, code } = await open(t, { done: ['upscale', 'segment'] });
  t.deepEqual((await picture('cutout')).alpha, cutout.alpha);
  t.is(await code('color', {}), 'JOB_NOT_READY');
  t.is(await code('sketch', {}), 'FILE_NOT_FOUND');
});

test('The enlarged photo comes in any format', async (t) => {
  const { picture } = await open(t);
  const done = await picture('upscaled.webp');
  t.deepEqual([done.width, done.height], [photo.width, photo.height]);
});
