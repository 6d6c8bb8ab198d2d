import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { Compute, GoogleAuth } from 'google-auth-library';
import { createIdTokens } from './id-token.ts';

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
