import test from 'ava';
import { CutlineError } from '../errors.ts';
import { parseConfig } from './parse-config.ts';

const SHOPIFY_SECRET = 'shpss_hush-hush-hush';
const name = 'my-shop.myshopify.com';
const shops = (given: unknown): string => JSON.stringify(given);

test('A shop has a tenant, and options that its pages cannot change', (t) => {
  const { shopifyShops, shopifySecrets, notices } = parseConfig({
    SHOPIFY_SECRET,
    SHOPIFY_SHOPS: shops({
      [name]: { tenant: 'shop', options: { scale: 4, effects: ['sketch'] } },
      'other.myshopify.com': { tenant: 'shop' },
    }),
    TENANTS: shops({ shop: {} }),
  });
  t.deepEqual(shopifySecrets, [SHOPIFY_SECRET]);
  t.deepEqual(shopifyShops.get(name), { tenant: 'shop', options: { scale: 4, effects: ['sketch'] } });
  t.deepEqual(shopifyShops.get('other.myshopify.com'), { tenant: 'shop', options: {} });
  t.is(shopifyShops.get('constructor'), undefined);
  t.deepEqual(notices, []);
});

test('A shop whose tenant is nowhere, and one half without the other, are said', (t) => {
  const SHOPIFY_SHOPS = shops({ [name]: { tenant: 'nobody' } });
  t.deepEqual(parseConfig({ SHOPIFY_SECRET, SHOPIFY_SHOPS }).notices, [
    `${name} is refused: its tenant 'nobody' is not in TENANTS`,
  ]);
  const half = ['SHOPIFY_SECRET and SHOPIFY_SHOPS have no effect without each other'];
  t.deepEqual(parseConfig({ SHOPIFY_SECRET }).notices, half);
  t.deepEqual(parseConfig({ SHOPIFY_SHOPS }).notices, half);
});

const wrong: readonly (readonly [what: string, name: string, text: string, received: string])[] = [
  ['no JSON', 'SHOPIFY_SHOPS', `{"${name}"`, 'text that is not JSON'],
  ['no object', 'SHOPIFY_SHOPS', shops([name]), 'something else'],
  [
    'a page for a shop',
    'SHOPIFY_SHOPS',
    shops({ 'https://hush.example': { tenant: 'a' } }),
    'a shop whose name is none',
  ],
  [
    'a domain that only looks like one',
    'SHOPIFY_SHOPS',
    shops({ 'a.myshopify.com.hush.example': { tenant: 'a' } }),
    'a shop whose name is none',
  ],
  ['no tenant', 'SHOPIFY_SHOPS', shops({ [name]: {} }), `wrong tenant of '${name}'`],
  [
    'an option that there is not',
    'SHOPIFY_SHOPS',
    shops({ [name]: { tenant: 'a', options: { hush: 1 } } }),
    `wrong options of '${name}'`,
  ],
  [
    'an option out of range',
    'SHOPIFY_SHOPS',
    shops({ [name]: { tenant: 'a', options: { scale: 3 } } }),
    `wrong options of '${name}'`,
  ],
  [
    'more than that',
    'SHOPIFY_SHOPS',
    shops({ [name]: { tenant: 'a', hush: 1 } }),
    `wrong fields of '${name}'`,
  ],
  ['a short secret', 'SHOPIFY_SECRET', 'hush', '4'],
  ['a secret with a space', 'SHOPIFY_SECRET', 'hush hush hush hush', '19'],
];

for (const [what, variable, text, received] of wrong) {
  test(`${variable} with ${what} is CONFIG_INVALID without a word of what was written`, (t) => {
    const error = t.throws(() => parseConfig({ [variable]: text }), { instanceOf: CutlineError });
    t.is(error.code, 'CONFIG_INVALID');
    const [problem] = error.fields.problems as readonly string[];
    t.true(
      problem!.startsWith(`${variable}: expected `) && problem!.endsWith(` but received ${received}`),
      problem,
    );
    t.notRegex(problem!, /hush/);
  });
}
