import test from 'ava';
import express from 'express';
import { defaultLimits } from '../../../shared/image/limits.ts';
import { closeApp } from '../../../shared/serve-push.ts';
import { catalogueOf } from '../catalogue.ts';
import type { PagePorts } from './page.ts';
import { pageRouter } from './page.ts';

const source = new TextEncoder().encode(`export const text = '${'a'.repeat(500)}';`);
const silent = { debug() {}, info() {}, warning() {}, error() {}, critical() {} };

async function open(t: { teardown(work: () => unknown): void }, ports: Partial<PagePorts> = {}) {
  const thumbnails: string[] = [];
  const app = express().use(
    pageRouter({
      asset: { source },
      catalogue: catalogueOf(defaultLimits, ['garden']),
      templates: { names: ['garden'], read: async (name) => new TextEncoder().encode(name) },
      thumbnail: async (file) => {
        thumbnails.push(new TextDecoder().decode(file));
        return file;
      },
      connect: ['https://storage.example'],
      ...ports,
    }),
  );
  const server = closeApp(app, silent as never).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers });
  return { get, thumbnails };
}

test('The page runs our own script, sends photos where they go, and nothing else', async (t) => {
  const { get } = await open(t);
  const response = await get('/');
  const policy = response.headers.get('content-security-policy')!;
  t.regex(policy, /default-src 'none'; script-src 'self'; style-src 'sha256-[A-Za-z0-9+/=]+';/);
  t.regex(policy, /connect-src 'self' https:\/\/storage\.example;/);
  t.regex(policy, /frame-ancestors 'none'/);
  t.notRegex(policy, /unsafe/);
  t.regex(await response.text(), /<cutline-studio print><\/cutline-studio>/);
});

test('Where previews serve, the page says so, and which command brings the full models', async (t) => {
  const { get } = await open(t, { fullModels: () => 'npm run bake -- birefnet-general' });
  t.regex(
    await (await get('/')).text(),
    /preview models\. The full ones: <code>npm run bake -- birefnet-general</,
  );
  const { get: other } = await open(t, { fullModels: () => null });
  t.notRegex(await (await other('/')).text(), /preview models/);
});

test('The script may be kept for a year by the name that the page gives it, and else only with a question', async (t) => {
  const { get } = await open(t);
  const [, script] = /src="([^"]+)"/.exec(await (await get('/')).text())!;
  const named = await get(script!);
  t.is(named.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  t.is(await named.text(), new TextDecoder().decode(source));
  const plain = await get('/cutline-studio.js');
  t.is(plain.headers.get('cache-control'), 'public, no-cache');
  const again = await get('/cutline-studio.js', { 'If-None-Match': plain.headers.get('etag')! });
  t.is(again.status, 304);
});

test('The script is sent compressed to those who say that they can read it', async (t) => {
  const { get } = await open(t);
  const packed = await get('/cutline-studio.js', { 'Accept-Encoding': 'gzip' });
  t.is(packed.headers.get('content-encoding'), 'gzip');
  t.true(Number(packed.headers.get('content-length')) < source.length);
  t.is(await packed.text(), new TextDecoder().decode(source));
  const plain = await get('/cutline-studio.js', { 'Accept-Encoding': 'identity' });
  t.is(plain.headers.get('content-encoding'), null);
  t.not(plain.headers.get('etag'), packed.headers.get('etag'));
});

test('Without a script there is no page, and still what other pages need', async (t) => {
  const { get } = await open(t, { asset: undefined });
  t.is((await get('/')).status, 404);
  t.is((await get('/catalogue')).status, 200);
});

test('The catalogue is public and its backgrounds can be fetched, small ones made once', async (t) => {
  const { get, thumbnails } = await open(t);
  const catalogue = (await (await get('/catalogue')).json()) as PagePorts['catalogue'];
  const [garden] = catalogue.backgrounds;
  const [picture, small, again] = await Promise.all(
    [garden!.picture, garden!.thumbnail, garden!.thumbnail].map((path) => get(path)),
  );
  t.is(picture!.headers.get('content-type'), 'image/jpeg');
  t.is(small!.headers.get('content-type'), 'image/webp');
  t.is(again!.status, 200);
  t.deepEqual(thumbnails, ['garden']);
});

for (const path of ['/backgrounds/cellar.jpg', '/backgrounds/garden.png', '/backgrounds/..%2Fgarden.jpg'])
  test(`${path} is no background`, async (t) => {
    const { get } = await open(t);
    const response = await get(path);
    t.is(response.status, 404);
    t.is(((await response.json()) as { error_code: string }).error_code, 'FILE_NOT_FOUND');
  });

test('A thumbnail that could not be made is made again', async (t) => {
  let tries = 0;
  const { get } = await open(t, {
    thumbnail: async (file) => {
      tries += 1;
      if (tries === 1) throw new Error('once');
      return file;
    },
  });
  t.is((await get('/backgrounds/garden.webp')).status, 500);
  t.is((await get('/backgrounds/garden.webp')).status, 200);
});
