import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { decode } from '../../shared/image/codec.ts';
import { distinct, load, removeBackground } from './load.ts';
import { benchLimits, photoOf } from './workbench.ts';

test('The nine fields of four requests, one of which fails', async (t) => {
  let clock = 0;
  const { result, max_latency_ms, failures } = await load({
    requests: 4,
    concurrency: 1,
    now: () => clock,
    async send(index) {
      clock += [100, 200, 300, 400][index]!;
      if (index === 1) throw new Error('status 503');
    },
  });
  t.deepEqual(result, {
    total_requests: 4,
    successful: 3,
    errors: 1,
    total_time_s: 1,
    throughput: 3,
    avg_latency_ms: 800 / 3,
    p50_latency_ms: 300,
    p95_latency_ms: 390,
    p99_latency_ms: 398,
  });
  t.is(max_latency_ms, 400);
  t.deepEqual([...failures], [['status 503', 1]]);
});

test('So many are on their way at once, and no more', async (t) => {
  let [going, peak] = [0, 0];
  await load({
    requests: 20,
    concurrency: 4,
    now: () => performance.now(),
    async send() {
      peak = Math.max(peak, ++going);
      await new Promise(setImmediate);
      going--;
    },
  });
  t.is(peak, 4);
});

test('A photo is posted as the brief’s clients do, and a refusal counts as an error', async (t) => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    bodies.push(
      `${request.method} ${request.url} ${request.headers['x-api-key']} ${Buffer.concat(parts).toString('latin1')}`,
    );
    response.statusCode = bodies.length === 1 ? 200 : 503;
    response.end('png');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/background-removal/remove`;
  const send = removeBackground(url, Uint8Array.of(1, 2, 3), 'key');
  await send(0);
  await t.throwsAsync(send(1), { message: 'status 503' });
  t.regex(bodies[0]!, /^POST \/api\/background-removal\/remove key /);
  t.regex(bodies[0]!, /name="image"; filename="photo.jpg"/);
  t.regex(bodies[0]!, /name="smoothing"\r\n\r\ntrue/);
});

test('The same photo is another file each time, and still the same photo', async (t) => {
  const photo = new Uint8Array(await photoOf(64, 64));
  const [one, other] = [distinct(photo, 1), distinct(photo, 2)];
  t.notDeepEqual(one, other);
  const { picture } = await decode(photo, benchLimits);
  for (const file of [one, other]) t.deepEqual((await decode(file, benchLimits)).picture, picture);
  const png = Uint8Array.of(0x89, 0x50);
  t.is(distinct(png, 1), png);
});
