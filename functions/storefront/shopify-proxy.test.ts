import { createHmac } from 'node:crypto';
import test from 'ava';
import type { Tenant } from '../../shared/tenant.ts';
import { thrownCode } from '../../shared/testing/thrown-code.ts';
import type { ShopifyProxyOptions } from './shopify-proxy.ts';
import { createShopifyProxy, tokenWishesOf } from './shopify-proxy.ts';

/** The vendor's own example: what is signed, and the signature, are its words. */
const EXAMPLE_S = 1_317_327_555;
const example =
  'extra=1&extra=2&shop=shop-name.myshopify.com&logged_in_customer_id=1&path_prefix=%2Fapps%2Fawesome_reviews&timestamp=1317327555&signature=4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb';

const tenant: Tenant = { keys: [], tier: 'basic', dailyPhotos: undefined, origins: ['https://shop.example'] };
const known = { tenant: 'shop', options: { scale: 1 as const } };

function proxyWith(given: Partial<ShopifyProxyOptions> = {}) {
  return createShopifyProxy({
    secrets: ['hush'],
    shops: new Map([
      ['shop-name.myshopify.com', known],
      ['lost.myshopify.com', { ...known, tenant: 'gone' }],
    ]),
    tenants: new Map([['shop', tenant]]),
    now: () => EXAMPLE_S * 1000,
    ...given,
  });
}

const proxy = proxyWith();
const codeOf = (query: string, one = proxy): string => thrownCode(() => one.verify(query));

const usual = [
  'logged_in_customer_id=',
  'path_prefix=/apps/cutline',
  'shop=shop-name.myshopify.com',
  `timestamp=${EXAMPLE_S}`,
];
/** @param signed pairs in the order in which they are signed @param sent how they stand in the address */
function query(signed: readonly string[], sent: readonly string[] = signed, secret = 'hush'): string {
  const signature = createHmac('sha256', secret).update(signed.join('')).digest('hex');
  return [...sent, `signature=${signature}`].join('&');
}

test('Shopify’s own example is from its shop and its customer', (t) => {
  t.deepEqual(proxy.verify(example), {
    shop: 'shop-name.myshopify.com',
    tenant: 'shop',
    tier: 'basic',
    options: { scale: 1 },
    origins: ['https://shop.example'],
    customer: '1',
  });
});

test('Nobody is logged in where there is no number, or no word of it', (t) => {
  t.is(proxy.verify(query(usual)).customer, undefined);
  t.is(proxy.verify(query(usual.slice(1))).customer, undefined);
});

const pairs = example.split('&');
test('Whatever is changed, left out, added or said twice is SIGNATURE_INVALID', (t) => {
  for (const [index, pair] of pairs.entries()) {
    const [name, value] = pair.split('=') as [string, string];
    const changed = `${name}=${value.slice(0, -1)}${value.endsWith('b') ? 'c' : 'b'}`;
    t.is(codeOf(pairs.with(index, changed).join('&')), 'SIGNATURE_INVALID', changed);
    t.is(codeOf(pairs.toSpliced(index, 1).join('&')), 'SIGNATURE_INVALID', `without ${pair}`);
    t.is(codeOf([...pairs, pair].join('&')), 'SIGNATURE_INVALID', `${pair} twice`);
    t.is(codeOf([...pairs, `${name}=`].join('&')), 'SIGNATURE_INVALID', `${name} again, empty`);
  }
  for (const query of ['', 'signature=', example.replace('4c68', '4C68'), example.replace('4c68c', '4c68')])
    t.is(codeOf(query), 'SIGNATURE_INVALID', query);
  t.is(
    codeOf(pairs.with(0, 'extra=2').with(1, 'extra=1').join('&')),
    'SIGNATURE_INVALID',
    'in another order',
  );
});

test('What stands in another order, or is written in another way, is the same', (t) => {
  const [first, second, ...others] = pairs;
  t.is(proxy.verify([...others.toReversed(), first, second].join('&')).customer, '1');
  t.is(proxy.verify(example.replace('1&extra=2', '1%2C2')).customer, '1', 'joined, it is what was signed');
  t.is(proxy.verify(example.replaceAll('%2F', '/')).customer, '1');
});

test('Signed by another secret it is nobody’s; while one takes the other’s place both hold', (t) => {
  const now = query(usual, usual, 'the next one');
  t.is(codeOf(now), 'SIGNATURE_INVALID');
  const both = proxyWith({ secrets: ['the next one', 'hush'] });
  t.is(both.verify(now).tenant, 'shop');
  t.is(both.verify(query(usual)).tenant, 'shop');
  t.is(codeOf(now, proxyWith({ secrets: [] })), 'SIGNATURE_INVALID');
});

test('It holds for 90 seconds, and no further ahead', (t) => {
  const at = (seconds: number) => codeOf(example, proxyWith({ now: () => (EXAMPLE_S + seconds) * 1000 }));
  t.deepEqual([at(90), at(-90)], ['none', 'none']);
  t.deepEqual([at(90.001), at(-91), at(86_400)], Array(3).fill('SIGNATURE_INVALID'));
});

test('A shop that has the app and is not on the list is SHOP_NOT_ALLOWED, as is one without a tenant', (t) => {
  for (const shop of ['other', 'lost'])
    t.is(codeOf(query(usual.with(2, `shop=${shop}.myshopify.com`))), 'SHOP_NOT_ALLOWED', shop);
  t.is(codeOf(query(usual.with(2, 'shop=constructor'))), 'SHOP_NOT_ALLOWED');
});

test('What Shopify adds stands there once and in its form, however well it is signed', (t) => {
  const cases: readonly (readonly string[])[] = [
    usual.with(2, 'shop=a.myshopify.com,shop-name.myshopify.com'),
    usual.with(3, `timestamp=${EXAMPLE_S},${EXAMPLE_S}`),
    usual.with(3, 'timestamp='),
    usual.with(3, 'timestamp=1e9'),
    usual.with(0, 'logged_in_customer_id=1,2'),
    usual.with(0, 'logged_in_customer_id=me'),
    usual.toSpliced(1, 1),
    usual.toSpliced(2, 1),
    usual.toSpliced(3, 1),
  ];
  for (const signed of cases) t.is(codeOf(query(signed)), 'SIGNATURE_INVALID', signed.join());
  const twice = ['shop=a.myshopify.com', 'shop=shop-name.myshopify.com'];
  const signed = usual.with(2, 'shop=a.myshopify.com,shop-name.myshopify.com');
  t.is(codeOf(query(signed, [...usual.toSpliced(2, 1), ...twice])), 'SIGNATURE_INVALID');
});

test('Names and values are signed decoded, sorted by their bytes', (t) => {
  // 🐶 is F0 9F 90 B6 and ﬁ EF AC 81; in JavaScript’s own order the first comes before the second.
  const signed = [...usual, 'visitor=Söhne & Bello + 1=1', 'ﬁ=1', '🐶='];
  const sent = ['%F0%9F%90%B6', '%EF%AC%81=1', 'visitor=S%C3%B6hne+%26+Bello+%2B+1=1', ...usual];
  t.is(proxy.verify(query(signed, sent)).tenant, 'shop');
  t.is(codeOf(query(signed, sent.with(1, '%EF%AC=1'))), 'SIGNATURE_INVALID', 'a letter cut in two');
  t.is(codeOf(query(signed, sent.with(0, '%F0%9F%90%B'))), 'SIGNATURE_INVALID');
});

test('A token is for the page that is named, else for the tenant’s first, and for no other', (t) => {
  const visit = proxy.verify(example);
  const fixed = { tenant: 'shop', options: { scale: 1 } };
  t.deepEqual(tokenWishesOf(visit, undefined), { ...fixed, origin: 'https://shop.example' } as never);
  t.deepEqual(tokenWishesOf(visit, 'https://shop.example'), {
    ...fixed,
    origin: 'https://shop.example',
  } as never);
  for (const origin of ['https://evil.example', 'https://shop-name.myshopify.com', ''])
    t.is(
      thrownCode(() => tokenWishesOf(visit, origin)),
      'ORIGIN_NOT_ALLOWED',
      origin,
    );
  const open = { ...visit, origins: [] };
  const own = 'https://shop-name.myshopify.com';
  t.is(tokenWishesOf(open, undefined).origin, own);
  t.is(tokenWishesOf(open, own).origin, own);
  t.is(
    thrownCode(() => tokenWishesOf(open, 'https://evil.example')),
    'ORIGIN_NOT_ALLOWED',
  );
});
