// A shop on Shopify, played by a small server: it renders the block's Liquid file into a product's page, signs what goes
// through its proxy to a running `npm run serve`, and takes what is put into the cart.
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openBrowser } from '../../../../shared/testing/browser.ts';
import { bundleLineItems } from '../../../../tools/shopify-assets.ts';
import { bundlePage } from '../../../local/build-page.ts';
import type { Cleanup } from '../../../local/testdata/serving.ts';
import { dataFolder, serve } from '../../../local/testdata/serving.ts';

interface Liquid {
  registerFilter(name: string, filter: (value: string) => unknown): void;
  parseAndRender(template: string, scope: object): Promise<string>;
}

export const extension = join(import.meta.dirname, '../extensions/cutline-studio');
/** Undefined where liquidjs is not installed. */
export const renderer = findRenderer();

const SECRET = 'shpss_the-secret-of-the-app';
const SHOP = 'my-shop.myshopify.com';

function findRenderer(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('liquidjs');
  } catch {
    return undefined;
  }
}

export async function openShop(t: Cleanup) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    ANONYMOUS: 'false',
    TENANTS: JSON.stringify({ shop: { tier: 'pro', origins: [base] } }),
    SHOPIFY_SECRET: SECRET,
    SHOPIFY_SHOPS: JSON.stringify({ [SHOP]: { tenant: 'shop', options: { scale: 1 } } }),
    RATE_LIMIT_PER_SECOND: '1000',
    RATE_LIMIT_PER_MINUTE: '1000',
  };
  const serving = await serve(t, { data: await dataFolder(t), env });
  await serving.logged('Serving');
  const carts = answerAsShopify(server, serving.url);
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const browser = await openBrowser(t);
  return { base, serving, browser, carts };
}

/** @returns what was put into carts */
function answerAsShopify(server: Server, service: string): URLSearchParams[] {
  const carts: URLSearchParams[] = [];
  const answer = async (
    request: IncomingMessage,
  ): Promise<[type: string, body: string | Uint8Array, status?: number]> => {
    const url = new URL(request.url!, service);
    const [, folder, ...rest] = url.pathname.split('/');
    if (folder === 'products')
      return ['text/html; charset=utf-8', await productPage(service, url.searchParams)];
    if (folder === 'assets' && rest[0] === 'cutline-studio.js')
      return ['text/javascript', await bundlePage()];
    if (folder === 'assets') return ['text/javascript', await bundleLineItems()];
    if (url.pathname === '/cart/add') carts.push(new URLSearchParams(await text(request)));
    if (folder === 'apps') return await throughProxy(request, url, service);
    return ['text/html; charset=utf-8', '<!doctype html><title>Cart</title><h1>Cart</h1>'];
  };
  server.on('request', async (request, response) => {
    const [type, body, status = 200] = await answer(request);
    response.writeHead(status, { 'Content-Type': type }).end(body);
  });
  return carts;
}

/** Signed as Shopify does; the page's own headers come along, but for cookies. */
async function throughProxy(
  request: IncomingMessage,
  url: URL,
  service: string,
): Promise<[string, string, number]> {
  const query = {
    ...Object.fromEntries(url.searchParams),
    path_prefix: '/apps/cutline',
    shop: SHOP,
    logged_in_customer_id: '',
    timestamp: String(Math.floor(Date.now() / 1000)),
  };
  const signed = Object.entries(query).map((pair) => pair.join('='));
  const signature = createHmac('sha256', SECRET).update(signed.toSorted().join('')).digest('hex');
  const path = url.pathname.replace('/apps/cutline', '/shopify');
  const headers = { 'Content-Type': 'application/json', Origin: request.headers.origin! };
  const answer = await fetch(`${service}${path}?${new URLSearchParams({ ...query, signature })}`, {
    method: 'POST',
    headers,
    body: await text(request),
  });
  return ['application/json', await answer.text(), answer.status];
}

/** @param wishes settings of the block, those that are `off`, and the `locale` */
async function productPage(service: string, wishes: URLSearchParams): Promise<string> {
  const { locale = 'en', off = '', ...given } = Object.fromEntries(wishes);
  const { Liquid } = createRequire(import.meta.url)(renderer!) as { Liquid: new () => Liquid };
  const liquid = new Liquid();
  const file = locale === 'en' ? 'en.default' : locale;
  const words = JSON.parse(await readFile(join(extension, `locales/${file}.json`), 'utf8')) as object;
  liquid.registerFilter('t', (key) =>
    key.split('.').reduce<unknown>((tree, name) => tree?.[name as never], words),
  );
  liquid.registerFilter('asset_url', (name) => `/assets/${name}`);
  const source = await readFile(join(extension, 'blocks/cutline-studio.liquid'), 'utf8');
  const [, template, schemaText] = /^(.*)\{% schema %\}(.*)\{% endschema %\}/s.exec(source)!;
  const schema = JSON.parse(schemaText!) as {
    javascript: string;
    settings: { id?: string; default?: unknown }[];
  };
  const settings = {
    ...Object.fromEntries(schema.settings.map((setting) => [setting.id, setting.default])),
    endpoint: service,
    product: { handle: 'mug' },
    ...given,
    ...Object.fromEntries(off.split(',').map((id) => [id, false])),
  };
  const block = await liquid.parseAndRender(template!, {
    block: { settings, id: 'block-1', shopify_attributes: '' },
    request: { locale: { iso_code: locale }, design_mode: false },
  });
  return `<!doctype html><html lang="${locale}"><head><title>Mug</title><meta name="viewport" content="width=device-width">
    <script src="/assets/${schema.javascript}" defer></script></head><body><main><h1>Mug</h1>
    <form action="/cart/add" method="post"><input type="hidden" name="id" value="9"><button>Quick add</button></form>
    <div class="shopify-section"><form action="/cart/add" method="post"><input type="hidden" name="id" value="7">
    <button>Add to cart</button></form>${block}</div></main></body></html>`;
}
