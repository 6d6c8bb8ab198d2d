import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import { removebgError } from './removebg-errors.ts';
import type { RemovebgGiven, RemovebgWish } from './removebg-parameters.ts';
import { readRemovebgWish } from './removebg-parameters.ts';

const none = { amount: 0, isShare: false };
const px = (amount: number) => ({ amount, isShare: false });
const share = (amount: number) => ({ amount, isShare: true });
const defaults: RemovebgWish = {
  megapixels: 0.25,
  format: 'auto',
  channels: 'rgba',
  colour: undefined,
  crop: false,
  margins: { top: none, right: none, bottom: none, left: none },
  scale: undefined,
  position: 'original',
  shadow: false,
};

test('What is not given has remove.bg’s own default, however a client says that it is not given', (t) => {
  t.deepEqual(readRemovebgWish({}), defaults);
  const open = { size: '', scale: 'undefined', crop: null, bg_color: undefined, crop_margin: ' ', roi: '' };
  t.deepEqual(readRemovebgWish(open), defaults);
  t.deepEqual(readRemovebgWish({ type: 'person', type_level: '2', semitransparency: 'true' }), defaults);
  t.deepEqual(readRemovebgWish({ roi: '0% 0% 100% 100%', scale: 'original' }), defaults);
});

const read: readonly (readonly [given: RemovebgGiven, wish: Partial<RemovebgWish>])[] = [
  ...(['preview', 'small', 'regular'] as const).map((size) => [{ size }, { megapixels: 0.25 }] as const),
  [{ size: 'medium' }, { megapixels: 1.5 }],
  [{ size: 'hd' }, { megapixels: 4 }],
  ...(['full', '4k', 'auto', '50MP'] as const).map((size) => [{ size }, { megapixels: undefined }] as const),
  [{ format: 'PNG' }, { format: 'png' }],
  [{ format: 'jpeg' }, { format: 'jpg' }],
  [{ format: 'zip' }, { format: 'zip' }],
  [{ channels: 'alpha' }, { channels: 'alpha' }],
  [{ bg_color: '81d4fa' }, { colour: [129, 212, 250] }],
  [{ bg_color: '#FFF' }, { colour: [255, 255, 255] }],
  [{ bg_color: 'fffF' }, { colour: [255, 255, 255] }],
  [{ bg_color: '81d4faff' }, { colour: [129, 212, 250] }],
  [{ bg_color: '81d4fa00' }, { colour: undefined }],
  [{ bg_color: '0000' }, { colour: undefined }],
  [{ bg_color: 'Green' }, { colour: [0, 128, 0] }],
  [{ bg_color: 'rebeccapurple' }, { colour: [102, 51, 153] }],
  [{ crop: true }, { crop: true }],
  [{ crop: '1' }, { crop: true }],
  [{ crop: 0 }, { crop: false }],
  [{ add_shadow: 'true' }, { shadow: true }],
  [{ crop_margin: '30px' }, { margins: { top: px(30), right: px(30), bottom: px(30), left: px(30) } }],
  [{ crop_margin: 7 }, { margins: { top: px(7), right: px(7), bottom: px(7), left: px(7) } }],
  [
    { crop_margin: '10% 20px' },
    { margins: { top: share(0.1), right: px(20), bottom: share(0.1), left: px(20) } },
  ],
  [
    { crop_margin: '1px,2px,3%,50%' },
    { margins: { top: px(1), right: px(2), bottom: share(0.03), left: share(0.5) } },
  ],
  [{ scale: '80%' }, { scale: 0.8, position: { x: 0.5, y: 0.5 } }],
  [
    { scale: '80%', position: 'original' },
    { scale: 0.8, position: 'original' },
  ],
  [{ position: 'center' }, { position: { x: 0.5, y: 0.5 } }],
  [{ position: '20%' }, { position: { x: 0.2, y: 0.2 } }],
  [{ position: '0% 100%' }, { position: { x: 0, y: 1 } }],
];
for (const [given, wish] of read) {
  test(`${JSON.stringify(given)} is read`, (t) => {
    t.deepEqual(readRemovebgWish(given), { ...defaults, ...wish });
  });
}

const wrong: readonly (readonly [given: RemovebgGiven, code: string])[] = [
  [{ size: '500' }, 'invalid_size'],
  [{ size: 'constructor' }, 'invalid_size'],
  [{ size: { toString: 1 } }, 'invalid_size'],
  [{ crop_margin: ['1px'] }, 'invalid_crop_margin'],
  [{ format: 'tiff' }, 'invalid_format'],
  [{ channels: 'rgb' }, 'invalid_channels'],
  [{ bg_color: '81d4fa77' }, 'invalid_bg_color'],
  [{ bg_color: 'fff7' }, 'invalid_bg_color'],
  [{ bg_color: 'constructor' }, 'invalid_bg_color'],
  [{ crop: 'maybe' }, 'invalid_crop'],
  [{ crop_margin: '51%' }, 'invalid_crop_margin'],
  [{ crop_margin: '501px' }, 'invalid_crop_margin'],
  [{ crop_margin: '-1px' }, 'invalid_crop_margin'],
  [{ crop_margin: '1px 2px 3px' }, 'invalid_crop_margin'],
  [{ crop_margin: '1px 2px 3px 4px 5px' }, 'invalid_crop_margin'],
  [{ scale: '9%' }, 'invalid_scale'],
  [{ scale: '101%' }, 'invalid_scale'],
  [{ position: '101%' }, 'invalid_position'],
  [{ position: '1% 2% 3%' }, 'invalid_position'],
  [{ roi: '0% 0% 50% 50%' }, 'invalid_roi'],
  [{ bg_image_url: 'https://a.example/b.jpg' }, 'invalid_bg_image_url'],
];
for (const [given, code] of wrong) {
  test(`${JSON.stringify(given)} is ${code}`, (t) => {
    const error = t.throws(() => readRemovebgWish(given), { instanceOf: CutlineError });
    const { status, document } = removebgError(error);
    const [{ code: received, title }] = document.errors;
    t.deepEqual([status, received], [400, code]);
    t.true(title.includes(Object.keys(given)[0]!), title);
  });
}

test('Each of our errors has remove.bg’s status and code where it has one', (t) => {
  const cases = [
    ['UNAUTHORIZED', 403, 'auth_failed'],
    ['TOKEN_EXPIRED', 403, 'auth_failed'],
    ['RATE_LIMIT_EXCEEDED', 429, 'rate_limit_exceeded'],
    ['QUOTA_EXCEEDED', 402, 'insufficient_credits'],
    ['NO_SUBJECT', 400, 'unknown_foreground'],
    ['FILE_TOO_LARGE', 400, 'file_too_large'],
    ['IMAGE_CORRUPT', 400, 'failed_to_read_image'],
    ['MODEL_LOADING', 503, 'model_loading'],
    ['PROCESSING_TIMEOUT', 504, 'processing_timeout'],
    ['INTERNAL', 500, 'internal'],
  ] as const;
  for (const [code, status, word] of cases) {
    const { status: received, document } = removebgError(new CutlineError(code, { message: 'hush' }));
    t.deepEqual([received, document.errors[0].code], [status, word], code);
    t.notRegex(JSON.stringify(document), /hush/);
  }
  t.deepEqual(removebgError(new CutlineError('UNAUTHORIZED')).document, {
    errors: [{ title: 'API Key invalid', code: 'auth_failed', detail: 'A valid API key is needed' }],
  });
});
