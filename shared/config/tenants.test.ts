import test from 'ava';
import { CutlineError } from '../errors.ts';
import { parseConfig } from './parse-config.ts';

const [first, second] = ['1a'.repeat(32), '2b'.repeat(32)] as const;
const webhook = { url: 'https://shop.example/hook', secret: 'a secret of more than sixteen' };

test('A tenant has keys, a tier, a daily cap, origins and a webhook', (t) => {
  const { tenants, allowedOrigins, webhooks } = parseConfig({
    TENANTS: JSON.stringify({
      shop: {
        keys: [first.toUpperCase()],
        tier: 'pro',
        daily_photos: 1000,
        origins: ['https://shop.example', 'http://localhost:3000'],
        webhook,
      },
      small: { keys: [second] },
    }),
    ALLOWED_ORIGINS: 'https://shop.example, https://more.example',
  });
  const origins = ['https://shop.example', 'http://localhost:3000'];
  t.deepEqual(tenants.get('shop'), { keys: [first], tier: 'pro', dailyPhotos: 1000, origins, webhook });
  const plain = { tier: 'free', dailyPhotos: undefined, origins: [], webhook: undefined } as const;
  t.deepEqual(tenants.get('small'), { keys: [second], ...plain });
  t.is(tenants.get('constructor'), undefined);
  t.deepEqual(allowedOrigins, ['https://shop.example', 'https://more.example', 'http://localhost:3000']);
  t.deepEqual([...webhooks], [['shop', webhook]]);
});

test('WEBHOOKS stands beside TENANTS; where both have one, that of TENANTS counts and is said', (t) => {
  const other = { url: 'https://other.example/', secret: 'another secret of sixteen' };
  const { webhooks, notices } = parseConfig({
    TENANTS: JSON.stringify({ shop: { webhook } }),
    WEBHOOKS: JSON.stringify({ shop: other, else: other }),
  });
  t.deepEqual(webhooks.get('shop'), webhook);
  t.deepEqual(webhooks.get('else'), other);
  t.deepEqual(notices, ["WEBHOOKS and TENANTS have a webhook of 'shop': the latter counts"]);
});

const wrong: readonly (readonly [what: string, tenants: unknown, received: string])[] = [
  ['no object', [first], 'something else'],
  ['a key itself', { shop: { keys: ['hush-key'] } }, "wrong keys of 'shop'"],
  [
    'one key twice',
    { a: { keys: [first] }, b: { keys: [second, first.toUpperCase()] } },
    "wrong keys of 'b'",
  ],
  ['an unknown tier', { shop: { tier: 'hush' } }, "wrong tier of 'shop'"],
  ['a cap of nothing', { shop: { daily_photos: 0 } }, "wrong daily_photos of 'shop'"],
  ['a page for an origin', { shop: { origins: ['https://shop.example/hush'] } }, "wrong origins of 'shop'"],
  [
    'a short webhook secret',
    { shop: { webhook: { ...webhook, secret: 'hush' } } },
    "wrong webhook of 'shop'",
  ],
  ['more than that', { shop: { hush: 1 } }, "wrong fields of 'shop'"],
  ['a name that is none', { 'Hush!': {} }, 'a tenant whose name is none'],
  ['our name for nobody', { anonymous: {} }, "a tenant whose name is ours: 'anonymous'"],
  ['our name for operators', { operator: {} }, "a tenant whose name is ours: 'operator'"],
  ['two wrong ones', { a: { tier: 1 }, b: { keys: 1 } }, "wrong tier of 'a', wrong keys of 'b'"],
];
for (const [what, tenants, received] of wrong) {
  test(`TENANTS with ${what} is CONFIG_INVALID without a word of what was written`, (t) => {
    const [problem] = problemsOf('TENANTS', JSON.stringify(tenants));
    t.true(problem!.endsWith(` but received ${received}`), problem);
    t.notRegex(problem!, /hush|1a1a/i);
  });
}

const secrets: readonly (readonly [name: string, text: string, problem: string])[] = [
  ['TENANTS', '{"hush"', 'but received text that is not JSON'],
  ['OPERATOR_KEYS', `${first},hush`, 'digits each but received something else'],
  ['TOKEN_SECRET', 'hush-hush', 'expected 32 characters or more but received 9'],
  ['REDIS_URL', 'http://me:hush@cache', 'or rediss://host:port but received something else'],
];
for (const [name, text, problem] of secrets) {
  test(`A wrong ${name} is not repeated`, (t) => {
    const [said] = problemsOf(name, text);
    t.true(said!.startsWith(`${name}: expected `) && said!.endsWith(problem), said);
    t.notRegex(said!, /hush|1a1a/);
  });
}

function problemsOf(name: string, text: string): readonly string[] {
  try {
    parseConfig({ [name]: text });
  } catch (error) {
    if (error instanceof CutlineError) return error.fields.problems as readonly string[];
  }
  throw new Error('Expected CONFIG_INVALID');
}
