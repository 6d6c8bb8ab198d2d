import test from 'ava';
import { CutlineError } from '../errors.ts';
import { createLogger } from './pino-log.ts';
import { redact, redactText } from './pino-log-redact.ts';

const texts: readonly (readonly [text: string, written: string])[] = [
  ['nothing to hide: 5 of 7?', 'nothing to hide: 5 of 7?'],
  ['gs://bucket/uploads/shop/a@2x.jpg#17', 'gs://bucket/uploads/shop/a@2x.jpg#17'],
  [
    'PUT https://storage.googleapis.com/b/o.jpg?X-Goog-Signature=hush&X-Goog-Expires=60 failed',
    'PUT https://storage.googleapis.com/b/o.jpg?[redacted] failed',
  ],
  [
    'see https://a.example/x?q=hush, "http://b.example/?hush"',
    'see https://a.example/x?[redacted] "http://b.example/?[redacted]"',
  ],
  ['/b/o.jpg?part=1&X-Goog-Signature=hush&n=2', '/b/o.jpg?part=1&X-Goog-Signature=[redacted]&n=2'],
  ['https://me:hush@example.com/path', 'https://[redacted]@example.com/path'],
  ['redis://:hush@host:6379', 'redis://[redacted]@host:6379'],
  ['authorization: Bearer hush.hush-hush_hush', 'authorization: Bearer [redacted]'],
  ['token eyJhbGciOiJub25lIn0.eyJzdWIiOiJodXNoIn0.c2ln of', 'token [redacted] of'],
];

for (const [text, written] of texts) {
  test(`'${text}' is written as '${written}'`, (t) => {
    t.is(redactText(text), written);
  });
}

const circle: { self?: unknown } = {};
circle.self = circle;

const values: readonly (readonly [what: string, value: unknown, written: unknown])[] = [
  ['what JSON holds', { a: [1, 'b', null, true], c: undefined }, { a: [1, 'b', null, true], c: undefined }],
  [
    'secrets by their key, however deep',
    {
      Authorization: 'hush',
      idToken: 'hush',
      webhook: { url: 'https://a.example', secret: 'hush' },
      headers: [{ 'x-shop-signature': 'hush', 'set-cookie': ['hush'], api_key: 'hush' }],
    },
    {
      Authorization: '[redacted]',
      idToken: '[redacted]',
      webhook: { url: 'https://a.example', secret: '[redacted]' },
      headers: [{ 'x-shop-signature': '[redacted]', 'set-cookie': '[redacted]', api_key: '[redacted]' }],
    },
  ],
  ['that there is a secret', { secret: true, token: null }, { secret: true, token: null }],
  [
    'pictures by their size',
    { photo: new Uint8Array(12), more: [Buffer.from('abc')] },
    { photo: '[12 bytes]', more: ['[3 bytes]'] },
  ],
  [
    'maps and sets',
    { map: new Map([['token', 'hush']]), set: new Set([1]) },
    { map: { token: '[redacted]' }, set: [1] },
  ],
  [
    'dates, addresses, large numbers',
    [new Date(0), new URL('https://a.example/?hush'), 2n ** 64n],
    ['1970-01-01T00:00:00.000Z', 'https://a.example/?[redacted]', '18446744073709551616'],
  ],
  [
    'errors among the fields',
    { why: new RangeError('see https://a.example/?hush') },
    { why: 'RangeError: see https://a.example/?[redacted]' },
  ],
  [
    'what cannot be read',
    {
      broken: Object.create(
        {},
        {
          value: {
            enumerable: true,
            get: () => {
              throw new Error('no');
            },
          },
        },
      ),
    },
    { broken: '[unreadable]' },
  ],
  ['long lists by their beginning', new Array(102).fill(1), [...new Array(100).fill(1), '… 102 in all']],
];

for (const [what, value, written] of values) {
  test(`It writes ${what}`, (t) => {
    t.deepEqual(redact(value), written);
  });
}

test('A circle and a long text have an end', (t) => {
  t.regex(JSON.stringify(redact(circle)), /^(\{"self":){6}"\[deeper\]"\}{6}$/);
  const text = redactText('x'.repeat(20_000));
  t.is(text, `${'x'.repeat(16_384)}… (20000 characters)`);
});

test('A secret gets into no line, wherever it stands', (t) => {
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', format: 'json', write: (line) => lines.push(line) });
  const url = 'https://storage.googleapis.com/b/o?X-Goog-Signature=hush';
  const cause = new Error(`GET ${url}`);
  log.error(`failed: ${url}`, {
    error: new CutlineError('STORE_UNAVAILABLE', { message: `at ${url}`, cause }),
    job: url,
    headers: { authorization: 'hush' },
    signature: 'hush',
  });
  log.child({ token: 'hush' }).info('child');
  t.is(lines.length, 2);
  t.notRegex(lines.join(''), /hush/);
});
