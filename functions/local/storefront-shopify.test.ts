// A shop's page through Shopify's app proxy, from the upload to what is in the order, against `npm run serve`.
import { createHmac } from 'node:crypto';
import test from 'ava';
import { wholeFile } from './testdata/serving.ts';
import type { MadeUpload } from './testdata/shop.ts';
import { asJson, jsonOf, openShop, page } from './testdata/shop.ts';

const SECRET = 'shpss_the-secret-of-the-app';
const SHOP = 'my-shop.myshopify.com';
const cleanup = wholeFile(test.after.always);
let shop: Awaited<ReturnType<typeof openShop>>;

test.before(async () => {
  shop = await openShop(cleanup, {
    SHOPIFY_SECRET: SECRET,
    SHOPIFY_SHOPS: JSON.stringify({ [SHOP]: { tenant: 'shop', options: { scale: 1 } } }),
  });
});

/** As Shopify sends it on. */
function proxied(path: string, body: unknown): Promise<Response> {
  const query = {
    path_prefix: '/apps/cutline',
    shop: SHOP,
    timestamp: String(Math.floor(Date.now() / 1000)),
  };
  const signed = Object.entries(query).map((pair) => pair.join('='));
  const signature = createHmac('sha256', SECRET).update(signed.toSorted().join('')).digest('hex');
  const init = { method: 'POST', headers: asJson, body: JSON.stringify(body) };
  return shop.ask(`${path}?${new URLSearchParams({ ...query, signature })}`, init);
}

test('What a page uploads is in the order by a link that reads its files and does nothing else', async (t) => {
  const { ask, ended, photo } = shop;
  const given = await jsonOf<MadeUpload & { files_key: string; visitor: string }>(
    proxied('/shopify/uploads', { content_type: 'image/jpeg', reference: 'Line item 1' }),
  );
  t.regex(given.visitor, /^[0-9a-f]{16}\./);
  const { job, upload_url, headers, files_key } = given;
  t.is(headers['x-goog-meta-cutline-scale'], '1');
  t.is((await fetch(upload_url, { method: 'PUT', headers, body: photo })).status, 200);
  const { status, files } = await ended(given);
  t.is(status, 'completed');
  const link = `${files.cutout!.url}?k=${files_key}&background=ff0000`;
  const picture = await ask(link);
  t.is(picture.status, 200);
  t.is(picture.headers.get('content-type'), 'image/png');
  t.is(picture.headers.get('cache-control'), 'public, max-age=31536000, s-maxage=3600, immutable');
  t.is((await ask(`/jobs/${job}/result.zip?k=${files_key}`)).status, 200);
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/events'],
    ['POST', '/keep'],
    ['PUT', '/mask'],
    ['DELETE', ''],
  ] as const)
    t.is((await ask(`/jobs/${job}${path}?k=${files_key}`, { method })).status, 404, `${method} ${path}`);
  t.is((await ask(`/jobs/${job}?token=${files_key}`)).status, 404);
  t.is((await ask(`${files.cutout!.url}?k=${given.token}`)).status, 404);
  const asOwner = { 'x-job-token': given.token };
  t.is((await ask(`/jobs/${job}/keep`, { method: 'POST', headers: asOwner })).status, 200);
  t.is((await ask(link)).status, 200, 'as long as it is kept');
  t.is((await ask(`/jobs/${job}`, { method: 'DELETE', headers: asOwner })).status, 204);
  t.is((await ask(link)).status, 404);
});

test('A page’s token lets its browser upload by itself, and the key for line items comes along', async (t) => {
  const { token } = await jsonOf<{ token: string }>(proxied('/shopify/tokens', { origin: page }));
  const made = await shop.ask('/jobs/uploads', {
    method: 'POST',
    headers: { ...asJson, origin: page, authorization: `Bearer ${token}` },
    body: JSON.stringify({ content_type: 'image/jpeg', options: { scale: 4 } }),
  });
  t.is(made.status, 201);
  const { headers, files_key } = (await made.json()) as MadeUpload & { files_key: string };
  t.is(headers['x-goog-meta-cutline-scale'], '1');
  t.regex(files_key, /^[A-Za-z0-9_-]{43}$/);
});

test('Without Shopify’s signature there is nothing', async (t) => {
  for (const path of ['/shopify/uploads', '/shopify/tokens']) {
    const answer = await shop.ask(path, { method: 'POST', headers: asJson, body: '{}' });
    t.is(answer.status, 401);
    t.like(await answer.json(), { error_code: 'SIGNATURE_INVALID' });
  }
});
