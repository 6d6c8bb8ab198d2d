// remove.bg's wire format by HTTP, as its documentation's examples and its clients speak it, over the built-in models.
import { createHash } from 'node:crypto';
import test from 'ava';
import { unzipSync } from 'fflate';
import { decode, encode } from '../../../shared/image/codec.ts';
import { defaultLimits } from '../../../shared/image/limits.ts';
import type { RealStages } from '../../../shared/testing/brief-rig.ts';
import { openRealStages } from '../../../shared/testing/brief-rig.ts';
import { pixel, plain } from '../../../shared/testing/pictures.ts';
import { formWith, robot, serveRemovebg } from '../../../shared/testing/removebg-server.ts';

let real: RealStages;
let photo: Uint8Array<ArrayBuffer>;
test.before(async (t) => {
  t.timeout(120_000);
  real = await openRealStages();
  photo = new Uint8Array(await robot());
});
test.after.always(() => real?.stages.close());
const TIME_MS = 300_000;

const bytesIn = async (answer: Response) => new Uint8Array(await answer.arrayBuffer());
const lookAt = async (data: Uint8Array) => await decode(data, { ...defaultLimits, minSide: 1 });
const numbers = (answer: Response, ...names: readonly string[]) =>
  names.map((name) => Number(answer.headers.get(name)));

test('A photo in a form comes back as the documentation’s example expects it', async (t) => {
  t.timeout(TIME_MS);
  const { post } = await serveRemovebg(t, real);
  const answer = await post(formWith(photo, { size: 'auto' }));
  t.is(answer.status, 200);
  t.is(answer.headers.get('content-type'), 'image/png');
  t.is(answer.headers.get('content-disposition'), 'attachment; filename="my robot_nobg.png"');
  t.deepEqual(numbers(answer, 'x-width', 'x-height', 'x-credits-charged'), [1200, 1200, 0]);
  t.is(answer.headers.get('x-type'), null, 'what it shows we do not know');
  for (const name of ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'])
    t.regex(answer.headers.get(name)!, /^\d+$/, name);
  const [left, top, width, height] = numbers(
    answer,
    ...['left', 'top', 'width', 'height'].map((side) => `x-foreground-${side}`),
  ) as [number, number, number, number];
  t.true(left > 0 && top > 0 && left + width < 1200 && top + height < 1200);
  const { picture, format } = await lookAt(await bytesIn(answer));
  t.is(format, 'PNG');
  t.deepEqual([picture.width, picture.height, picture.alpha?.[0]], [1200, 1200, 0]);
  const middle = (top + (height >> 1)) * 1200 + left + (width >> 1);
  t.is(picture.alpha?.[middle], 255);
});

test('Left alone a result is a preview, with the foreground in the photo’s own pixels', async (t) => {
  t.timeout(TIME_MS);
  const { post } = await serveRemovebg(t, real);
  const [preview, full] = [await post(formWith(photo)), await post(formWith(photo, { size: 'full' }))];
  t.deepEqual(numbers(preview, 'x-width', 'x-height'), [500, 500]);
  t.is(preview.headers.get('x-foreground-width'), full.headers.get('x-foreground-width'));
  const { picture } = await lookAt(await bytesIn(preview));
  t.deepEqual([picture.width, picture.height], [500, 500]);
  const cropped = await post(formWith(photo, { size: 'full', crop: 'true', crop_margin: '10px' }));
  const [width, height, inner, innerHeight] = numbers(
    cropped,
    ...['x-width', 'x-height', 'x-foreground-width', 'x-foreground-height'],
  ) as [number, number, number, number];
  t.deepEqual([width, height], [inner + 20, innerHeight + 20]);
});

test('JSON is answered to exactly that Accept; who takes anything gets the picture', async (t) => {
  t.timeout(TIME_MS);
  const { post } = await serveRemovebg(t, real);
  const answer = await post(formWith(photo), { Accept: 'application/json' });
  t.regex(answer.headers.get('content-type')!, /^application\/json/);
  const { data } = (await answer.json()) as { data: Record<string, unknown> };
  t.deepEqual(Object.keys(data), [
    ...['result_b64', 'foreground_top', 'foreground_left', 'foreground_width', 'foreground_height'],
  ]);
  t.is(data.foreground_top, Number(answer.headers.get('x-foreground-top')));
  const { picture, format } = await lookAt(Buffer.from(String(data.result_b64), 'base64'));
  t.deepEqual([format, picture.width], ['PNG', 500]);
  const axios = await post(formWith(photo), { Accept: 'application/json, text/plain, */*' });
  t.is(axios.headers.get('content-type'), 'image/png');
});

test('A photo in base64 comes in JSON, in a form’s text and in a form, each larger than a line', async (t) => {
  t.timeout(TIME_MS);
  const { post } = await serveRemovebg(t, real);
  const large = await encode((await lookAt(photo)).picture, { format: 'png' });
  t.true(large.byteLength > 1024 * 1024, 'more than an app takes as JSON otherwise');
  const robot64 = Buffer.from(photo).toString('base64');
  const asJson = { 'Content-Type': 'application/json' };
  const json = JSON.stringify({ image_file_b64: robot64, crop: false, scale: null, type: 'auto' });
  t.is((await post(json, asJson)).status, 200);
  const page = JSON.stringify({ image_file_b64: `data:image/jpeg;base64,${robot64}`, size: 'preview' });
  t.is((await post(page, asJson)).status, 200);
  const text = new URLSearchParams({ image_file_b64: robot64 }).toString();
  t.is((await post(text, { 'Content-Type': 'application/x-www-form-urlencoded' })).status, 200);
  t.is((await post(formWith(undefined, { image_file_b64: robot64 }))).status, 200);
  const whole = JSON.stringify({ image_file_b64: Buffer.from(large).toString('base64') });
  t.is((await post(whole, asJson)).status, 200);
});

test('Formats, colours and pictures behind the subject', async (t) => {
  t.timeout(TIME_MS);
  const { post } = await serveRemovebg(t, real);
  const typeOf = async (fields: Record<string, string>) => {
    const answer = await post(formWith(photo, fields));
    return [answer.headers.get('content-type'), await bytesIn(answer)] as const;
  };
  const [jpeg, onGreen] = await typeOf({ bg_color: 'lime' });
  t.is(jpeg, 'image/jpeg');
  const [red, green, blue] = pixel((await lookAt(onGreen)).picture, 2, 2) as [number, number, number];
  t.true(red < 5 && green > 250 && blue < 5);
  t.is((await typeOf({ format: 'webp' }))[0], 'image/webp');
  const [zip, archive] = await typeOf({ format: 'zip' });
  t.is(zip, 'application/zip');
  t.deepEqual(Object.keys(unzipSync(archive)), ['color.jpg', 'alpha.png']);
  const [, matte] = await typeOf({ channels: 'alpha' });
  t.true((await lookAt(matte)).picture.grey);
  const form = formWith(photo, { format: 'png' });
  const blueSky = await encode(plain(80, 64, 10, 20, 200), { format: 'png' });
  form.append('bg_image_file', new Blob([new Uint8Array(blueSky)]), 'sky.png');
  const { picture } = await lookAt(await bytesIn(await post(form)));
  t.deepEqual(pixel(picture, 2, 2), [10, 20, 200]);
});

// Alone: they look at what is in the store.
test.serial('What is wrong with a request is said in remove.bg’s document, before any work', async (t) => {
  t.timeout(TIME_MS);
  const { post, refusal, store } = await serveRemovebg(t, real);
  const before = (await store.names('results')).length;
  const asJson = { 'Content-Type': 'application/json' };
  const two = formWith(photo);
  two.append('image_file', new Blob([photo]), 'again.jpg');
  const behind = formWith(photo, { bg_color: 'fff' });
  behind.append('bg_image_file', new Blob([photo]), 'bg.jpg');
  const badBehind = formWith(photo);
  badBehind.append('bg_image_file', new Blob(['no picture']), 'bg.jpg');
  const cases: readonly (readonly [
    body: FormData | string,
    code: string,
    headers?: Record<string, string>,
  ])[] = [
    [formWith(undefined, { size: 'auto' }), 'missing_source'],
    [formWith(undefined, { image_url: 'https://www.remove.bg/example.jpg' }), 'invalid_image_url'],
    [formWith(photo, { image_url: 'https://www.remove.bg/example.jpg' }), 'multiple_sources'],
    [formWith(photo, { image_file_b64: 'AAAA' }), 'multiple_sources'],
    [two, 'multiple_sources'],
    [behind, 'multiple_bg_sources'],
    [badBehind, 'invalid_file_type'],
    [formWith(photo, { size: 'huge' }), 'invalid_size'],
    [formWith(photo, { roi: '0% 0% 10% 10%' }), 'invalid_roi'],
    [formWith(new Uint8Array([1, 2, 3])), 'invalid_file_type'],
    [formWith(photo.slice(0, 2000)), 'failed_to_read_image'],
    [formWith(new Uint8Array(await encode(plain(20, 20, 1, 2, 3), { format: 'png' }))), 'resolution_too_low'],
    [formWith(new Uint8Array(defaultLimits.maxFileBytes + 1)), 'file_too_large'],
    [JSON.stringify({ image_file_b64: 'A'.repeat(16_000_000) }), 'file_too_large', asJson],
    [JSON.stringify({ image_file_b64: '' }), 'missing_source', asJson],
    [JSON.stringify({ image_url: 'https://a.example/b.jpg' }), 'invalid_image_url', asJson],
    [JSON.stringify({ image_file_b64: 'AAAA', colour: 'red' }), 'unknown_parameter', asJson],
    [JSON.stringify({ image_file_b64: { toString: 1 } }), 'invalid_image_file_b64', asJson],
    ['[]', 'invalid_json', asJson],
    ['{"image_file_b64', 'invalid_json', asJson],
    ['photo', 'missing_source', { 'Content-Type': 'text/plain' }],
    ['--x\r\nContent-Dispo', 'request_invalid', { 'Content-Type': 'multipart/form-data; boundary=x' }],
    [formWith(photo, { colour: 'red' }), 'request_invalid'],
  ];
  for (const [body, code, headers] of cases) {
    const label = typeof body === 'string' ? body.slice(0, 40) : [...body.keys()].join();
    t.deepEqual(await refusal(await post(body, headers)), [400, code], `${label}: ${code}`);
  }
  const left = (await store.names('results')).length;
  t.is(left, before, 'nothing remains of them');
});

test.serial('A photo of nothing is unknown_foreground, and nothing of it remains', async (t) => {
  t.timeout(TIME_MS);
  const { post, refusal, store } = await serveRemovebg(t, real);
  const before = await store.names('results');
  const nothing = await encode(plain(300, 200, 200, 200, 200), { format: 'png' });
  t.deepEqual(await refusal(await post(formWith(new Uint8Array(nothing)))), [400, 'unknown_foreground']);
  t.deepEqual(await store.names('results'), before);
});

const TENANTS = JSON.stringify({
  shop: { keys: [createHash('sha256').update('shop-key').digest('hex')], tier: 'free', daily_photos: 1 },
  open: { keys: [createHash('sha256').update('open-key').digest('hex')], tier: 'free' },
});

test('A key says whose photos they are; a day’s cap is what remove.bg calls credits', async (t) => {
  t.timeout(TIME_MS);
  const { base, post, refusal } = await serveRemovebg(t, real, { env: { TENANTS, ANONYMOUS: 'false' } });
  const account = async (key: string) => {
    const answer = await fetch(`${base}/v1.0/account`, { headers: { 'X-Api-Key': key } });
    return ((await answer.json()) as { data: { attributes: unknown } }).data.attributes;
  };
  const credits = (total: number) => ({ total, subscription: total, payg: 0, enterprise: 0 });
  t.deepEqual(await account('shop-key'), { credits: credits(1), api: { free_calls: 0, sizes: 'all' } });
  t.deepEqual(await account('open-key'), {
    credits: credits(1_000_000),
    api: { free_calls: 1_000_000, sizes: 'all' },
  });
  const mine = { 'X-Api-Key': 'shop-key' };
  t.deepEqual(await refusal(await post(formWith(photo, { size: 'huge' }), mine)), [400, 'invalid_size']);
  const first = await post(formWith(photo), mine);
  t.deepEqual([first.status, ...numbers(first, 'x-credits-charged')], [200, 1]);
  t.deepEqual(await account('shop-key'), { credits: credits(0), api: { free_calls: 0, sizes: 'all' } });
  t.deepEqual(await refusal(await post(formWith(photo), mine)), [402, 'insufficient_credits']);
  for (const headers of [{}, { 'X-Api-Key': 'another' }, { Authorization: 'Bearer another' }])
    t.deepEqual(await refusal(await post(formWith(photo), headers)), [403, 'auth_failed']);
  t.deepEqual(await refusal(await fetch(`${base}/v1.0/account`)), [403, 'auth_failed']);
});

test('Too many requests are 429 with when to come again', async (t) => {
  t.timeout(TIME_MS);
  const { post, refusal } = await serveRemovebg(t, real, { env: { RATE_LIMIT_PER_MINUTE: '1' } });
  await (await post(formWith(undefined))).arrayBuffer();
  const answer = await post(formWith(photo));
  t.regex(answer.headers.get('retry-after')!, /^[1-9]\d*$/);
  t.is(answer.headers.get('x-ratelimit-remaining'), '0');
  t.deepEqual(await refusal(answer), [429, 'rate_limit_exceeded']);
});
