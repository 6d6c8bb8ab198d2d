// The key to a job's files: what stands in an order's line items.
import test from 'ava';
import { thrownCode } from '../../shared/testing/thrown-code.ts';
import { createAccess } from './access.ts';

const JOB = '0123456789abcdef0123456789abcdef';
const access = createAccess({
  tenants: new Map(),
  tokenSecret: 'a secret of more than thirty-two letters',
  operatorKeys: [],
  anonymous: false,
  now: () => 0,
  random: (count) => new Uint8Array(count),
});

test('The key to a job’s files opens that job’s files, and is no token', (t) => {
  const filesKey = access.filesKey(JOB);
  t.regex(filesKey, /^[A-Za-z0-9_-]{43}$/);
  t.not(filesKey, access.jobToken(JOB));
  const caller = access.identify({}, '192.0.2.1', { job: JOB, filesKey });
  t.like(caller, { via: 'job', tenant: 'anonymous', id: 'address:192.0.2.1' });
  t.true(access.opensFiles(JOB, filesKey));
  // Neither as a key nor as a token does it change a job, or read what is said of it.
  t.false(access.mayTouch({ job: JOB, tenant: 'shop' }, caller));
  t.false(access.mayTouch({ job: JOB, tenant: 'shop' }, caller, filesKey));
  const another = JOB.replace('0', '1');
  for (const given of [filesKey.slice(1), `${filesKey}A`, [filesKey], undefined, access.jobToken(JOB)])
    t.false(access.opensFiles(JOB, given));
  t.false(access.opensFiles(another, filesKey));
  for (const claim of [
    { job: another, filesKey },
    { job: JOB, token: filesKey },
    { job: JOB, filesKey: access.jobToken(JOB) },
  ])
    t.is(
      thrownCode(() => access.identify({}, '192.0.2.1', claim)),
      'JOB_NOT_FOUND',
    );
});
