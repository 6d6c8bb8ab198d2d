import { createHash } from 'node:crypto';
import test from 'ava';
import type { ErrorCode } from '../../shared/error-catalogue.ts';
import type { Tenant } from '../../shared/tenant.ts';
import { thrownCode } from '../../shared/testing/thrown-code.ts';
import type { AccessHeaders, AccessOptions } from './access.ts';
import { allowedOptions, createAccess, jobTokenIn, needTenantKey } from './access.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const tenant = (given: Partial<Tenant>): Tenant => ({
  keys: [],
  tier: 'free',
  dailyPhotos: undefined,
  origins: [],
  ...given,
});
const tenants = new Map([
  [
    'shop',
    tenant({ keys: [sha256('key-1'), sha256('key-2')], tier: 'pro', origins: ['https://shop.example'] }),
  ],
  ['other', tenant({ keys: [sha256('key-3')] })],
]);
const JOB = '0123456789abcdef0123456789abcdef';
const START = Date.parse('2026-11-21T12:00:00Z');

function accessWith(given: Partial<AccessOptions> = {}) {
  return createAccess({
    tenants,
    tokenSecret: 'a secret of more than thirty-two letters',
    operatorKeys: [sha256('operator-key')],
    anonymous: true,
    now: () => START,
    random: (count) => new Uint8Array(count).fill(7),
    ...given,
  });
}

const access = accessWith();
const closed = accessWith({ anonymous: false });
const bearer = (text: string): AccessHeaders => ({ authorization: `Bearer ${text}` });
const known: readonly (readonly [what: string, headers: AccessHeaders, tenant: string, tier: string])[] = [
  ['X-Api-Key', { 'x-api-key': 'key-1' }, 'shop', 'pro'],
  ['a tenant’s second key', { 'x-api-key': 'key-2' }, 'shop', 'pro'],
  ['a bearer', bearer('key-3'), 'other', 'free'],
  ['a bearer in lower case', { authorization: 'bearer key-3' }, 'other', 'free'],
  ['X-Api-Key beside another bearer', { 'x-api-key': 'key-1', ...bearer('key-3') }, 'shop', 'pro'],
];
for (const [what, headers, name, tier] of known) {
  test(`${what} says whose key it is`, (t) => {
    const caller = closed.identify(headers, '192.0.2.1');
    t.like(caller, { tenant: name, tier, via: 'key', operator: false, address: '192.0.2.1' });
    t.regex(caller.id, /^key:[0-9a-f]{16}$/);
  });
}

test('An operator’s key is no tenant’s', (t) => {
  const caller = closed.identify(bearer('operator-key'), '192.0.2.1');
  t.like(caller, { tenant: 'operator', operator: true, via: 'key', tier: 'pro' });
  t.false(access.mayTouch({ job: JOB, tenant: 'shop' }, caller));
});

const wrong: readonly (readonly [what: string, headers: AccessHeaders])[] = [
  ['a wrong key', { 'x-api-key': 'key-4' }],
  ['an empty key', { 'x-api-key': '' }],
  ['a key’s checksum', { 'x-api-key': sha256('key-1') }],
  ['two keys at once', { 'x-api-key': 'key-1, key-2' }],
  ['a wrong key beside a right bearer', { 'x-api-key': 'key-4', ...bearer('key-3') }],
  ['a wrong bearer', bearer('key-4')],
  ['another scheme', { authorization: 'Basic a2V5LTE6' }],
  ['a bearer of nothing', { authorization: 'Bearer ' }],
  ['a job’s token where there is no job', bearer(access.jobToken(JOB))],
];
for (const [what, headers] of wrong) {
  test(`${what} is UNAUTHORIZED, also where one may be anonymous`, (t) => {
    for (const one of [access, closed])
      t.is(
        thrownCode(() => one.identify(headers, '192.0.2.1')),
        'UNAUTHORIZED',
      );
  });
}

test('Without a key one is anonymous, where that is switched on', (t) => {
  t.deepEqual(access.identify({}, '192.0.2.1'), {
    tenant: 'anonymous',
    via: 'anonymous',
    operator: false,
    address: '192.0.2.1',
    tier: 'anonymous',
    id: 'address:192.0.2.1',
  });
  t.is(
    thrownCode(() => closed.identify({}, '192.0.2.1')),
    'UNAUTHORIZED',
  );
});

test('All keys are compared, whichever fits', (t) => {
  const many = new Map([['many', tenant({ keys: [sha256('same'), sha256('last')] })]]);
  // The same key twice: the last one counts, so the first did not end the search.
  const twice = accessWith({ tenants: new Map([...many, ['later', tenant({ keys: [sha256('same')] })]]) });
  t.is(twice.identify(bearer('same'), 'a').tenant, 'later');
});

test('A job’s token is 43 letters, of that job and that secret alone', (t) => {
  const token = access.jobToken(JOB);
  t.regex(token, /^[A-Za-z0-9_-]{43}$/);
  t.is(token, closed.jobToken(JOB));
  t.not(token, access.jobToken(JOB.replace('0', '1')));
  t.not(token, accessWith({ tokenSecret: 'another secret of thirty-two letters' }).jobToken(JOB));
});

const right = access.jobToken(JOB);
const places: readonly (readonly [where: string, headers: AccessHeaders, query?: unknown])[] = [
  ['X-Job-Token', { 'x-job-token': right }],
  ['a bearer', bearer(right)],
  ['the query', {}, right],
];
for (const [where, headers, token] of places) {
  test(`A job’s token in ${where} opens that job, with no key at all`, (t) => {
    const caller = closed.identify(headers, '192.0.2.1', { job: JOB, token });
    t.like(caller, { via: 'job', tenant: 'anonymous', operator: false, id: 'address:192.0.2.1' });
    t.true(closed.mayTouch({ job: JOB, tenant: 'shop' }, caller, jobTokenIn(headers, token)));
    const another = JOB.replace('0', '1');
    t.is(
      thrownCode(() => closed.identify(headers, '192.0.2.1', { job: another, token })),
      'JOB_NOT_FOUND',
    );
    t.false(closed.mayTouch({ job: another, tenant: 'shop' }, caller, jobTokenIn(headers, token)));
  });
}

const closedDoors: readonly (readonly [
  what: string,
  headers: AccessHeaders,
  query: unknown,
  code: string,
])[] = [
  ['no token', {}, undefined, 'JOB_NOT_FOUND'],
  ['a wrong token', {}, 'A'.repeat(43), 'JOB_NOT_FOUND'],
  ['a token with a letter more', {}, `${right}A`, 'JOB_NOT_FOUND'],
  ['two tokens', {}, [right, right], 'JOB_NOT_FOUND'],
  ['a wrong bearer of a token’s form', bearer('A'.repeat(43)), undefined, 'JOB_NOT_FOUND'],
  ['a wrong key', { 'x-api-key': 'key-4' }, undefined, 'UNAUTHORIZED'],
  ['a wrong key beside the right token', { 'x-api-key': 'key-4', ...bearer(right) }, right, 'UNAUTHORIZED'],
  ['a wrong bearer', bearer('key-4'), undefined, 'UNAUTHORIZED'],
];
for (const [what, headers, token, expected] of closedDoors) {
  test(`With ${what} a job is ${expected}`, (t) => {
    for (const one of [access, closed])
      t.is(
        thrownCode(() => one.identify(headers, '192.0.2.1', { job: JOB, token })),
        expected as ErrorCode,
      );
  });
}

test('A tenant’s key opens the tenant’s jobs, and nobody else’s', (t) => {
  const shop = access.identify({ 'x-api-key': 'key-1' }, 'a', { job: JOB });
  t.true(access.mayTouch({ job: JOB, tenant: 'shop' }, shop));
  t.false(access.mayTouch({ job: JOB, tenant: 'other' }, shop));
  t.true(access.mayTouch({ job: JOB, tenant: 'other' }, shop, right));
});

test('Being anonymous opens no job of another who is', (t) => {
  const anyone = access.identify({}, 'a');
  t.false(access.mayTouch({ job: JOB, tenant: 'anonymous' }, anyone));
  t.false(access.mayTouch({ job: JOB, tenant: 'anonymous' }, anyone, undefined));
});

test('A browser token makes jobs for its tenant, with the options that are fixed, and opens none', (t) => {
  const { token } = access.issueToken({
    tenant: 'shop',
    origin: 'https://shop.example',
    options: { scale: 1, max_dimension: 512 },
  });
  const headers = { ...bearer(token), origin: 'https://shop.example' };
  const caller = closed.identify(headers, '192.0.2.1');
  t.like(caller, {
    tenant: 'shop',
    via: 'token',
    tier: 'pro',
    id: 'token:0707070707070707',
    operator: false,
  });
  t.deepEqual(allowedOptions({ scale: '4', 'max-dimension': '9000', reference: 'A-1' }, caller), {
    reference: 'A-1',
    scale: 1,
    max_dimension: 512,
  });
  t.false(access.mayTouch({ job: JOB, tenant: 'shop' }, caller));
  t.true(access.mayTouch({ job: JOB, tenant: 'shop' }, caller, right));
  t.is(
    thrownCode(() => needTenantKey(caller)),
    'FORBIDDEN',
  );
});

test('Without a browser token nothing is fixed', (t) => {
  t.deepEqual(allowedOptions({ scale: '4' }, {}), { scale: '4' });
});

test('A browser token that has ended does not stand in the way of a job’s own', (t) => {
  const { token } = access.issueToken({ tenant: 'shop', origin: 'https://shop.example' });
  const later = accessWith({ now: () => START + 3_600_000 });
  const headers = { ...bearer(token), origin: 'https://shop.example' };
  t.is(
    thrownCode(() => later.identify(headers, 'a')),
    'TOKEN_EXPIRED',
  );
  t.is(later.identify({ ...headers, 'x-job-token': right }, 'a', { job: JOB }).via, 'job');
});

test('A token is made for the tenant’s own origins alone', (t) => {
  t.is(
    thrownCode(() => access.issueToken({ tenant: 'shop', origin: 'https://evil.example' })),
    'FORBIDDEN',
  );
  t.is(
    thrownCode(() => access.issueToken({ tenant: 'nobody', origin: 'https://shop.example' })),
    'FORBIDDEN',
  );
  t.is(
    thrownCode(() => access.issueToken({ tenant: 'other', origin: 'https://any.example' })),
    'none',
  );
});

test('A token of a tenant, or for an origin, that is gone since is TOKEN_INVALID', (t) => {
  const origin = 'https://shop.example';
  const { token } = access.issueToken({ tenant: 'shop', origin });
  const moved = tenant({ origins: ['https://new.example'] });
  for (const since of [new Map(), new Map([['shop', moved]])])
    t.is(
      thrownCode(() => accessWith({ tenants: since }).readToken(token, origin)),
      'TOKEN_INVALID',
    );
});

test('Browser tokens are for tenants’ servers to ask for', (t) => {
  t.is(
    thrownCode(() => needTenantKey(access.identify({ 'x-api-key': 'key-1' }, 'a'))),
    'none',
  );
  t.is(
    thrownCode(() => needTenantKey(access.identify({}, 'a'))),
    'UNAUTHORIZED',
  );
  t.is(
    thrownCode(() => needTenantKey(access.identify(bearer(right), 'a', { job: JOB }))),
    'UNAUTHORIZED',
  );
  t.is(
    thrownCode(() => needTenantKey(access.identify(bearer('operator-key'), 'a'))),
    'FORBIDDEN',
  );
});
