import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { ErrorCode } from '../error-catalogue.ts';
import { CutlineError } from '../errors.ts';
import type { ObjectStore } from '../object-store.ts';
import { all, bytes, plain } from '../testing/object-store-case.ts';
import { refused } from '../testing/store-folder.ts';
import { createCloudStorage } from './cloud-storage.ts';

const object = { bucket: 'uploads', name: 'a.png', generation: '1795234811731614' };
const to = { bucket: 'results', name: 'b.png' };
const resource = {
  name: 'a.png',
  generation: object.generation,
  size: '6',
  contentType: 'image/png',
  md5Hash: createHash('md5').update('pixels').digest('base64'),
};
const copied = { ...resource, name: 'b.png', generation: '1795234811731615' };

// One after the other: a download that fails has the client break off all that is under way in the process.
const calls: Readonly<Record<string, (store: ObjectStore) => Promise<unknown>>> = {
  head: (store) => store.head(object),
  read: (store) => store.read(object, 100),
  writeIfAbsent: (store) => store.writeIfAbsent(object, bytes('x'), plain),
  write: (store) => store.write(object, bytes('x'), plain),
  copyIfAbsent: (store) => store.copyIfAbsent(object, to),
  list: (store) => all(store.list('uploads', 'a')),
  delete: (store) => store.delete({ bucket: 'uploads', name: 'a.png' }),
};

const answers: readonly (readonly [string, number, string, ErrorCode])[] = [
  ['a wrong request', 400, '{"error":{"code":400,"message":"Invalid argument"}}', 'INTERNAL'],
  ['no credentials', 401, '{"error":{"code":401,"message":"Login Required"}}', 'STORE_UNAVAILABLE'],
  ['a missing right', 403, '{"error":{"code":403,"message":"no storage.objects.get"}}', 'STORE_UNAVAILABLE'],
  ['too many requests', 429, '{"error":{"code":429,"message":"rate"}}', 'STORE_UNAVAILABLE'],
  ['a fault of the server', 500, 'oops', 'STORE_UNAVAILABLE'],
  ['a gateway’s page', 502, '<html>Bad Gateway</html>', 'STORE_UNAVAILABLE'],
  ['a server that is away', 503, '', 'STORE_UNAVAILABLE'],
  ['a page of somebody else', 200, '<html>Welcome to our hotel</html>', 'STORE_UNAVAILABLE'],
];

for (const [what, status, body, code] of answers) {
  test.serial(`Every call that gets ${what} is ${code}`, async (t) => {
    const { store } = await standIn(t, (_, response) => answer(response, status, body));
    for (const [name, call] of Object.entries(calls)) {
      // A list or a deletion without a word is none or done.
      if (status === 200 && (name === 'list' || name === 'delete')) continue;
      const error = await t.throwsAsync(call(store), { instanceOf: CutlineError }, name);
      t.is(error?.code, code, name);
      t.is(error?.detail, new CutlineError(code).detail, name);
    }
  });
}

test.serial('Where nobody answers the store is unavailable', async (t) => {
  const { store, close } = await standIn(t, () => {});
  await close();
  for (const call of Object.values(calls)) await refused(t, call(store), 'STORE_UNAVAILABLE');
});

test.serial(
  'Where somebody takes the call and says nothing the store is unavailable after a while',
  async (t) => {
    const { store } = await standIn(t, () => {}, { limitMs: 50 });
    for (const call of Object.values(calls)) await refused(t, call(store), 'STORE_UNAVAILABLE');
  },
);

test.serial('No token, signature or request gets into the log', async (t) => {
  const secrets =
    'Bearer ya29.c.abc at https://storage.googleapis.com/b/o?X-Goog-Signature=5ec3e7&X-Goog-Date=1 said Basic cHc=';
  const { store } = await standIn(t, (_, response) => answer(response, 500, secrets));
  for (const call of Object.values(calls)) {
    const error = await t.throwsAsync(call(store), { instanceOf: CutlineError });
    const logged = inspect(error, { depth: 20, showHidden: true });
    t.notRegex(logged, /abc|5ec3e7|cHc=|user-agent|x-goog-api-client/i);
    t.regex(logged, /storage\.googleapis\.com/);
  }
});

test.serial('What passes is tried again, and a creation stays one', async (t) => {
  const seen: string[] = [];
  const { store } = await standIn(
    t,
    (request, response) => {
      seen.push(
        `${request.method} ${new URL(request.url!, 'http://x').searchParams.get('ifGenerationMatch')}`,
      );
      if (seen.length === 1) answer(response, 503, '');
      else answer(response, 200, JSON.stringify(resource));
    },
    { retries: 1 },
  );
  const written = await store.writeIfAbsent(object, bytes('pixels'), plain);
  t.true(written.created);
  t.deepEqual(seen, ['POST 0', 'POST 0']);
});

test.serial('A write is one request, with its sum, its type and its metadata', async (t) => {
  const seen: string[] = [];
  const { store } = await standIn(t, (request, response, body) => {
    seen.push(`${request.method} ${request.url}`, body);
    answer(response, 200, JSON.stringify(resource));
  });
  await store.writeIfAbsent(object, bytes('pixels'), { contentType: 'image/png', metadata: { K: 'v' } });
  t.is(seen.length, 2);
  t.is(seen[0], 'POST /upload/storage/v1/b/uploads/o?uploadType=multipart&name=a.png&ifGenerationMatch=0');
  const sent = JSON.parse(/\{.*\}/.exec(seen[1]!)![0]);
  t.deepEqual(sent, { contentType: 'image/png', metadata: { k: 'v' }, md5Hash: resource.md5Hash });
  t.regex(seen[1]!, /Content-Type: image\/png\r\n\r\npixels\r\n/);
});

test.serial('A copy is made on the server, of one version, where nothing is', async (t) => {
  const seen: string[] = [];
  const { store } = await standIn(t, (request, response) => {
    if (request.method === 'POST') seen.push(request.url!);
    if (request.method === 'POST') answer(response, 200, JSON.stringify({ done: true, resource: copied }));
    else if (request.url!.includes('/uploads/')) answer(response, 200, JSON.stringify(resource));
    else answer(response, 404, '');
  });
  const written = await store.copyIfAbsent(object, to);
  t.deepEqual(written?.object.generation, copied.generation);
  t.deepEqual(seen, [
    '/storage/v1/b/uploads/o/a.png/rewriteTo/b/results/o/b.png?sourceGeneration=1795234811731614&ifGenerationMatch=0',
  ]);
});

test.serial('Who loses the race to a copy learns what won', async (t) => {
  let raced = false;
  const { store } = await standIn(t, (request, response) => {
    if (request.method === 'POST') {
      raced = true;
      answer(response, 412, '{"error":{"code":412,"message":"conditionNotMet"}}');
    } else if (request.url!.includes('/uploads/')) answer(response, 200, JSON.stringify(resource));
    else answer(response, raced ? 200 : 404, JSON.stringify(copied));
  });
  const written = await store.copyIfAbsent(object, to);
  t.false(written?.created);
  t.is(written?.object.generation, copied.generation);
});

test.serial(
  'A download that breaks off is begun once more; one that breaks off again is unavailable',
  async (t) => {
    for (const breaks of [1, 2]) {
      let downloads = 0;
      const { store } = await standIn(t, (request, response) => {
        if (!isDownload(request)) answer(response, 200, JSON.stringify(resource));
        else if (++downloads <= breaks) {
          response.writeHead(200, { ...downloadHeaders, 'Content-Length': 6 }).write('pix');
          setImmediate(() => response.destroy());
        } else response.writeHead(200, downloadHeaders).end('pixels');
      });
      if (breaks === 1) t.deepEqual((await store.read(object, 100))?.data, bytes('pixels'));
      else await refused(t, store.read(object, 100), 'STORE_UNAVAILABLE');
      t.is(downloads, 2);
    }
  },
);

test.serial('Bytes that do not fit their sum or their number are not handed on', async (t) => {
  for (const body of ['pixelz', 'pixel', 'pixels and more', '']) {
    const { store } = await standIn(t, (request, response) => {
      if (isDownload(request)) response.writeHead(200, downloadHeaders).end(body);
      else answer(response, 200, JSON.stringify(resource));
    });
    await refused(t, store.read(object, 100), 'STORE_UNAVAILABLE');
  }
});

test.serial('What was deleted between the look and the reading is absent', async (t) => {
  const { store } = await standIn(t, (request, response) => {
    if (isDownload(request)) answer(response, 404, 'Not Found');
    else answer(response, 200, JSON.stringify(resource));
  });
  t.is(await store.read(object, 100), undefined);
  await refused(t, store.read({ bucket: 'uploads', name: 'a.png' }, 100), 'STORE_UNAVAILABLE');
});

const downloadHeaders = {
  'Content-Type': 'image/png',
  'X-Goog-Hash': `crc32c=AAAAAA==,md5=${resource.md5Hash}`,
  'X-Goog-Stored-Content-Encoding': 'identity',
};

const isDownload = (request: IncomingMessage): boolean => request.url!.includes('alt=media');

function answer(response: ServerResponse, status: number, body: string): void {
  const type = body.startsWith('{') ? 'application/json' : 'text/html';
  response.writeHead(status, { 'Content-Type': type }).end(body);
}

/** A server in Cloud Storage's place, for what an emulator never does. */
async function standIn(
  t: ExecutionContext,
  handle: (request: IncomingMessage, response: ServerResponse, body: string) => void,
  options: { readonly retries?: number; readonly limitMs?: number } = {},
) {
  const server = createServer(async (request, response) => handle(request, response, await text(request)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  t.teardown(close);
  const apiEndpoint = `http://127.0.0.1:${port}`;
  return {
    store: createCloudStorage({ buckets: ['uploads', 'results'], apiEndpoint, retries: 0, ...options }),
    close,
  };
}
