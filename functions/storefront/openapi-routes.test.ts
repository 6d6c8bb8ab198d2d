// The document tells of the routes that are mounted, of all of them and of no others.
import test from 'ava';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { CutlineError } from '../../shared/errors.ts';
import { createLoadLadder } from '../../shared/load-ladder.ts';
import { apiFacts } from '../../shared/testing/api-facts.ts';
import { createChainRig, silentLog } from '../../shared/testing/chain-rig.ts';
import { storefrontService } from '../storefront-service.ts';
import { openApiDocument } from './openapi.ts';

/**
 * Pub/Sub’s pushes, what browsers load for the shop’s page, and what others have written the document of: remove.bg and
 * Shopify.
 */
const besides = /^\w+ \/(webhooks$|$|cutline-studio\.js$|catalogue$|backgrounds\/|v1\.0\/|shopify\/)/;

/** What express keeps of a mounted route or router. */
interface Layer {
  readonly route?: {
    readonly path: string | readonly string[];
    readonly methods: Readonly<Record<string, boolean>>;
  };
  readonly handle?: { readonly stack?: readonly Layer[] };
}

function routesIn(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (!route) return routesIn(handle?.stack ?? []);
    const methods = Object.keys(route.methods).map((method) => method.toUpperCase());
    return [route.path].flat().flatMap((path) => methods.map((method) => `${method} ${path}`));
  });
}

test('The document’s paths are the routes that are mounted', async (t) => {
  const { store, publisher } = createChainRig();
  const nothing = () => Promise.reject(new CutlineError('STORE_UNAVAILABLE'));
  const nowhere = { create: nothing };
  const service = await storefrontService({
    config: parseConfig({}),
    log: silentLog,
    store,
    publisher,
    buckets: { uploads: 'uploads', results: 'results' },
    tokenSecret: 's'.repeat(32),
    uploadUrls: nowhere,
    downloads: nowhere,
    ladder: createLoadLadder(() => 0),
    sync: { runner: { run: nothing, warmUp: nothing }, workMs: 1, segment: { ask: nothing, wakes: true } },
    onBroken() {},
  });
  t.teardown(() => service.close());
  const router = service.app.router as unknown as { readonly stack: readonly Layer[] };
  const mounted = routesIn(router.stack).filter((route) => !besides.test(route));
  const { paths } = openApiDocument(apiFacts);
  const documented = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  t.deepEqual(mounted.sort(), documented.sort());
});
