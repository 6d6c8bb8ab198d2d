import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { Compute, GoogleAuth } from 'google-auth-library';
import { createIdTokens, createTokenCheck } from './id-token.ts';

const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

test.serial(
  'A token is fetched from the metadata server for its audience, and kept while it is good',
  async (t) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!);
      const audience = new URL(request.url!, 'http://metadata').searchParams.get('audience');
      const exp = Math.floor(Date.now() / 1000) + 3600;
      response.setHeader('Metadata-Flavor', 'Google');
      response.end(`${encoded({ alg: 'none' })}.${encoded({ aud: audience, exp })}.`);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    process.env.GCE_METADATA_HOST = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    t.teardown(() => {
      delete process.env.GCE_METADATA_HOST;
      server.close();
    });
    const idToken = createIdTokens(new GoogleAuth({ authClient: new Compute() }));
    const audienceOf = (token: string | undefined): string =>
      JSON.parse(Buffer.from(token!.split('.')[1]!, 'base64url').toString()).aud;
    for (const audience of ['https://a.example', 'https://b.example', 'https://a.example'])
      t.is(audienceOf(await idToken(audience)), audience);
    t.is(asked.length, 2);
  },
);

test('Only Pub/Sub’s own token for us opens what is open to all', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ours: publicKey.export({ type: 'spki', format: 'pem' }) }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(() => server.close());
  const certsUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/certs`;
  const email = 'push@project.iam.example';
  const check = createTokenCheck({ audience: 'us', email, certsUrl });
  const seconds = Math.floor(Date.now() / 1000);
  const claims = { iss: 'https://accounts.google.com', sub: '1', email, email_verified: true, aud: 'us' };
  const token = (changes: object, key = privateKey): string => {
    const payload = { ...claims, iat: seconds, exp: seconds + 600, ...changes };
    const text = `${encoded({ alg: 'RS256', kid: 'ours' })}.${encoded(payload)}`;
    return `Bearer ${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
  };
  await t.notThrowsAsync(check(token({})));
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const refused = {
    nothing: undefined,
    'a word': 'Bearer x',
    basic: 'Basic eDp5',
    'another audience': token({ aud: 'them' }),
    'another account': token({ email: 'other@project.iam.example' }),
    'an address that is not verified': token({ email_verified: false }),
    'another issuer': token({ iss: 'https://evil.example' }),
    'yesterday’s': token({ iat: seconds - 90_000, exp: seconds - 86_400 }),
    'another’s signature': token({}, stranger),
    'no signature': token({}).replace(/[^.]+$/, ''),
  };
  for (const [what, authorization] of Object.entries(refused))
    await t.throwsAsync(check(authorization), { code: 'UNAUTHORIZED' }, what);
});
