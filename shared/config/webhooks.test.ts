import test from 'ava';
import { CutlineError } from '../errors.ts';
import { parseConfig } from './parse-config.ts';

const secret = 'a secret of more than sixteen';

test('Tenants’ webhooks are read by name', (t) => {
  const { webhooks } = parseConfig({
    WEBHOOKS: JSON.stringify({
      'shop-1': { url: 'https://shop.example/hook?key=1', secret },
      here: { url: 'http://localhost:3000/', secret },
    }),
  });
  t.deepEqual([...webhooks.keys()], ['shop-1', 'here']);
  t.deepEqual(webhooks.get('shop-1'), { url: 'https://shop.example/hook?key=1', secret });
  t.is(webhooks.get('constructor'), undefined);
});

const address = 'https://shop.example/hush';

const wrong: readonly (readonly [what: string, text: string, received: string])[] = [
  ['no JSON', `{"shop": {"secret": "${secret}"`, 'text that is not JSON'],
  ['no object', `["${secret}"]`, 'something else'],
  ['a short secret', JSON.stringify({ shop: { url: address, secret: 'hush' } }), "another secret for 'shop'"],
  [
    'an open address',
    JSON.stringify({ shop: { url: `http://me.example/${secret}`, secret } }),
    "another url for 'shop'",
  ],
  [
    'a password in the address',
    JSON.stringify({ a: { url: `https://me:${secret}@b.example`, secret } }),
    "another url for 'a'",
  ],
  [
    'a tenant without a name',
    JSON.stringify({ [secret]: { url: address, secret } }),
    'a tenant whose name is none',
  ],
  [
    'more than that',
    JSON.stringify({ shop: { url: address, secret, hush: 1 } }),
    "something else for 'shop'",
  ],
  [
    'two wrong tenants',
    JSON.stringify({ a: { secret }, b: { url: address } }),
    "another url for 'a', another secret for 'b'",
  ],
];

for (const [what, text, received] of wrong) {
  test(`WEBHOOKS with ${what} is CONFIG_INVALID without a word of what was written`, (t) => {
    const error = t.throws(() => parseConfig({ WEBHOOKS: text }), { instanceOf: CutlineError });
    t.is(error.code, 'CONFIG_INVALID');
    t.deepEqual(error.fields.problems, [
      `WEBHOOKS: expected {"tenant": {"url": "https://…", "secret": "16 characters or more"}} but received ${received}`,
    ]);
    t.notRegex(error.message, /hush|a secret of|me\.example/);
  });
}
