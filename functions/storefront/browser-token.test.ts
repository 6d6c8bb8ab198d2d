import { createHmac } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import type { ErrorCode } from '../../shared/error-catalogue.ts';
import { thrownCode } from '../../shared/testing/thrown-code.ts';
import type { TokenWishes } from './browser-token.ts';
import { createBrowserTokens, looksLikeBrowserToken } from './browser-token.ts';

const START = Date.parse('2026-11-21T12:00:00.900Z');
const secret = 'a secret of more than thirty-two letters';
const origin = 'https://shop.example';
const tokensAt = (now: number, key = secret) =>
  createBrowserTokens({ secret: key, now: () => now, random: (count) => new Uint8Array(count).fill(255) });
const tokens = tokensAt(START);

test('A token says whose it is, for which page, how long, and what is fixed; no default is added', (t) => {
  const { token, expires } = tokens.issue({ tenant: 'shop', origin, options: { scale: 4, effects: [] } });
  t.is(expires, '2026-11-21T12:15:00.000Z');
  t.true(looksLikeBrowserToken(token));
  t.deepEqual(tokens.read(token, origin), {
    id: 'f'.repeat(16),
    tenant: 'shop',
    origin,
    options: { scale: 4, effects: [] },
    expiresMs: Date.parse(expires),
  });
});

test('A token ends with its second', (t) => {
  const { token, expires } = tokens.issue({ tenant: 'shop', origin, ttl: 60 });
  const end = Date.parse(expires);
  t.is(end, Math.floor(START / 1000) * 1000 + 60_000);
  t.is(tokensAt(end - 1).read(token, origin).tenant, 'shop');
  t.is(
    thrownCode(() => tokensAt(end).read(token, origin)),
    'TOKEN_EXPIRED',
  );
});

const pages: readonly (string | undefined)[] = [
  undefined,
  'null',
  'http://shop.example',
  'https://shop.example:8443',
  'https://shop.example.evil.example',
  'https://SHOP.example',
];
for (const page of pages) {
  test(`A token for ${origin} is TOKEN_INVALID when it comes from ${page ?? 'no page'}`, (t) => {
    const { token } = tokens.issue({ tenant: 'shop', origin });
    t.is(
      thrownCode(() => tokens.read(token, page)),
      'TOKEN_INVALID',
    );
  });
}

test('A token changed in any one character is TOKEN_INVALID', (t) => {
  const { token } = tokens.issue({ tenant: 'shop', origin, options: { print: true } });
  // Of the last letter two bits are no part of the signature's 32 bytes.
  for (let at = 0; at < token.length - 1; at++) {
    for (const letter of ['A', 'b', '0', '-', '.']) {
      const changed = token.slice(0, at) + letter + token.slice(at + 1);
      const read = () => tokens.read(changed, origin);
      if (changed !== token) t.is(thrownCode(read), 'TOKEN_INVALID', `${letter} at ${at}`);
    }
  }
});

test('Nothing that anybody writes is a token, nor an error of another kind', (t) => {
  const alike = fc.base64String().map((text) => `v1.${text}.${'A'.repeat(43)}`);
  const isRefused = (text: string): boolean =>
    thrownCode(() => tokens.read(text, origin)) === 'TOKEN_INVALID';
  t.notThrows(() => fc.assert(fc.property(fc.oneof(fc.string(), alike), isRefused)));
  t.true(isRefused(`v1.${'A'.repeat(5000)}.${'A'.repeat(43)}`));
});

test('A token of another secret is TOKEN_INVALID', (t) => {
  const { token } = tokensAt(START, 'another secret of thirty-two letters').issue({ tenant: 'shop', origin });
  t.is(
    thrownCode(() => tokens.read(token, origin)),
    'TOKEN_INVALID',
  );
});

test('What was signed for something else, or by another version, is TOKEN_INVALID', (t) => {
  const sign = (purpose: string, fields: unknown): string => {
    const payload = Buffer.from(JSON.stringify(fields)).toString('base64url');
    const signature = createHmac('sha256', secret).update(`${purpose}${payload}`).digest('base64url');
    return `v1.${payload}.${signature}`;
  };
  const fields = {
    id: '0'.repeat(16),
    tenant: 'shop',
    origin,
    options: {},
    exp: Math.ceil(START / 1000) + 60,
  };
  t.is(
    thrownCode(() => tokens.read(sign('token:', fields), origin)),
    'none',
  );
  t.is(
    thrownCode(() => tokens.read(sign('job:', fields), origin)),
    'TOKEN_INVALID',
  );
  t.is(
    thrownCode(() => tokens.read(sign('token:', { ...fields, more: 1 }), origin)),
    'TOKEN_INVALID',
  );
  t.is(
    thrownCode(() => tokens.read(sign('token:', 'text'), origin)),
    'TOKEN_INVALID',
  );
});

const wrong: readonly (readonly [what: string, wishes: Partial<TokenWishes>, code: ErrorCode])[] = [
  ['no origin', { origin: 'shop.example' }, 'REQUEST_INVALID'],
  ['a page for an origin', { origin: 'https://shop.example/' }, 'REQUEST_INVALID'],
  ['an origin in capitals', { origin: 'https://Shop.example' }, 'REQUEST_INVALID'],
  ['the origin null', { origin: 'null' }, 'REQUEST_INVALID'],
  ['a file’s origin', { origin: 'file://' }, 'REQUEST_INVALID'],
  ['no time', { ttl: 0 }, 'REQUEST_INVALID'],
  ['part of a second', { ttl: 1.5 }, 'REQUEST_INVALID'],
  ['more than a day', { ttl: 86_401 }, 'REQUEST_INVALID'],
  ['an unknown option', { options: { colour: 'red' } }, 'OPTIONS_INVALID'],
  ['a wrong option', { options: { scale: 3 } }, 'OPTIONS_INVALID'],
  ['options that are none', { options: ['scale'] }, 'OPTIONS_INVALID'],
];
for (const [what, wishes, expected] of wrong) {
  test(`A token with ${what} is ${expected}`, (t) => {
    t.is(
      thrownCode(() => tokens.issue({ tenant: 'shop', origin, ...wishes })),
      expected,
    );
  });
}

test('The longest time is a day', (t) => {
  t.is(tokens.issue({ tenant: 'shop', origin, ttl: 86_400 }).expires, '2026-11-22T12:00:00.000Z');
});
