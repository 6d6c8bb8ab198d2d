import test from 'ava';
import type { ErrorCode } from './error-catalogue.ts';
import { errorCatalogue } from './error-catalogue.ts';
import { CutlineError, toCutlineError } from './errors.ts';

const codes = Object.keys(errorCatalogue) as ErrorCode[];

/** Fields for every sentence of the catalogue. */
const FIELDS = {
  max_size_mb: 10,
  supported_formats: ['JPEG', 'PNG'],
  max_ratio: 1000,
  received_type: 'text/plain',
  width: 70,
  height: 80,
  max_long_side: 7680,
  max_short_side: 4320,
  max_megapixels: 50,
  min_side: 64,
  limit: '48 megapixels',
  hint: 'scale 2 fits',
  stage: 'upscale',
  model: 'x',
  available: ['a', 'b'],
  field: 'bytes: wrong',
  limit_seconds: 300,
  problems: ['PORT: wrong'],
  problem: 'scale is there twice',
  per: 'minute',
  what: 'photos',
  name: 'x',
  files: ['a', 'b'],
};

for (const code of codes) {
  test(`${code} has a sentence for the public, without holes`, (t) => {
    const { detail } = new CutlineError(code, { fields: FIELDS });
    t.regex(detail, /^[A-Z].{8,}/);
    t.notRegex(detail, /undefined|null|\[object|NaN/);
  });

  test(`${code} never tells the public its private message or cause`, (t) => {
    const error = new CutlineError(code, {
      fields: FIELDS,
      message: 'secret /var/key',
      cause: new Error('secret'),
    });
    t.is(error.message, 'secret /var/key');
    t.notRegex(error.detail, /secret/);
  });
}

const sentences: [ErrorCode, string][] = [
  ['FILE_TOO_LARGE', 'File size exceeds 10MB limit'],
  ['INVALID_FORMAT', 'Unsupported file format. Please upload JPEG, PNG.'],
  ['IMAGE_BOMB', 'Image bomb detected: decompression ratio exceeds 1000x'],
  ['IMAGE_TOO_LARGE', 'Image is 70×80 pixels; the limit is 8K (7680×4320) and 50 megapixels'],
  ['IMAGE_TOO_SMALL', 'Image is 70×80 pixels; at least 64×64 are needed'],
  ['OUTPUT_TOO_LARGE', 'The result would be 70×80 pixels, more than 48 megapixels; scale 2 fits'],
  ['MODEL_NOT_FOUND', "There is no upscale model 'x'. Available: a, b"],
  ['PROCESSING_TIMEOUT', 'Processing timeout exceeded 300 seconds'],
];
for (const [code, sentence] of sentences) {
  test(`the public reads of ${code}: ${sentence}`, (t) =>
    t.is(new CutlineError(code, { fields: FIELDS }).detail, sentence));
}

const meanings: [ErrorCode, number, 'fail' | 'retry'][] = [
  ['FILE_TOO_LARGE', 413, 'fail'],
  ['INVALID_FORMAT', 400, 'fail'],
  ['NO_SUBJECT', 422, 'fail'],
  ['MODEL_LOADING', 503, 'retry'],
  ['GPU_MEMORY_EXHAUSTED', 503, 'retry'],
  ['PROCESSING_TIMEOUT', 504, 'retry'],
  ['CANCELLED', 499, 'fail'],
  ['INTERNAL', 500, 'retry'],
];
for (const [code, status, event] of meanings) {
  test(`${code} is ${status} to HTTP, and an event should ${event}`, (t) => {
    const error = new CutlineError(code);
    t.is(error.status, status);
    t.is(error.event, event);
  });
}

test('what the caller did wrong is never tried again', (t) => {
  for (const code of codes) {
    const { status, event } = errorCatalogue[code];
    t.true(status >= 400 && status <= 599, code);
    // During a rolling deploy the right version may be the next one asked.
    if (status < 500 && code !== 'MESSAGE_UNKNOWN') t.is(event, 'fail', code);
  }
});

test('without a private message the public sentence stands in the log', (t) => {
  t.is(new CutlineError('NO_SUBJECT').message, 'No subject was found in the image');
  t.is(new CutlineError('NO_SUBJECT').name, 'CutlineError');
});

test('an error of ours stays the same object', (t) => {
  const error = new CutlineError('BUSY');
  t.is(toCutlineError(error), error);
});

const foreign: [string, unknown, string][] = [
  ['an Error', new TypeError('x is not a function'), 'x is not a function'],
  ['a string', 'no luck', 'no luck'],
  ['undefined', undefined, 'undefined'],
  ['null', null, 'null'],
];
for (const [name, thrown, message] of foreign) {
  test(`${name} becomes INTERNAL, with the cause kept for the log alone`, (t) => {
    const error = toCutlineError(thrown);
    t.is(error.code, 'INTERNAL');
    t.is(error.message, message);
    t.is(error.cause, thrown);
    t.is(error.detail, 'An unexpected error occurred');
    t.deepEqual(error.fields, {});
  });
}
