// One service for all stages, the warm-up and the webhooks: through emulators and real functions.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { parseUri } from '../shared/gs-uri.ts';
import { paths, warmRecordSchema } from '../shared/records.ts';
import { inCloud } from '../shared/testing/cloud-chain.ts';
import { buckets } from '../shared/testing/cloud-emulators.ts';
import { samplePhoto } from '../shared/testing/cloud-jobs.ts';
import { quietPort } from '../shared/testing/quiet-port.ts';

const [fox, robot] = await Promise.all([samplePhoto('plush-fox', 300), samplePhoto('toy-robot', 300)]);
const SECRET = 'sixteen characters at least';
const stages = ['upscale', 'segment', 'effects'] as const;

interface Told {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A shop's server, which is too busy the first time that it is told something. */
const told: Told[] = [];
const shop = createServer(async (request, response) => {
  const post = { headers: request.headers, body: await text(request) };
  const isNew = !told.some(({ body }) => body === post.body);
  told.push(post);
  response.writeHead(isNew ? 503 : 200).end();
});
shop.listen(await quietPort(), '127.0.0.1');
await once(shop, 'listening');
shop.unref();
const { port } = shop.address() as { port: number };

const WEBHOOKS = JSON.stringify({ shop: { url: `http://127.0.0.1:${port}/hook?token=1`, secret: SECRET } });

await inCloud(
  test,
  {
    functions: ['ingest', 'upscale', 'storefront'],
    servedBy: { segment: 'upscale', effects: 'upscale' },
    env: { upscale: { STAGES: stages.join(',') }, storefront: { WEBHOOKS } },
  },
  (chain) => {
    test.serial(
      'One service of all stages goes on by itself, and writes every record all the same',
      async (t) => {
        const { job } = await chain.upload(fox, { metadata: { 'cutline-effects': 'color' } });
        const completed = await chain.completed(job);
        t.deepEqual(Object.keys(completed.outputs).sort(), ['color', 'cutout', 'upscaled']);
        for (const stage of stages) {
          const found = await chain.records.stage(job, stage);
          t.like(found?.record, { stage, cached: false });
          t.truthy(await chain.records.readTry(job, stage, 1));
          for (const { uri } of Object.values(found!.record.outputs))
            t.truthy(await chain.store.head(parseUri(uri)!));
        }
        const carried = chain.inbox.seen
          .filter(({ topic }) => topic !== 'completed')
          .map(({ topic }) => topic);
        t.deepEqual(carried, ['upscale'], 'nothing was published between the stages');
        t.deepEqual(chain.ends(job), { completed: [completed], failed: [] });
      },
    );

    test.serial(
      'A tenant is told of both ends, signed, and again until it is taken; others are not',
      async (t) => {
        const { job } = await chain.upload(robot, { metadata: { 'cutline-effects': 'none' } });
        const { job: bad } = await chain.upload(new TextEncoder().encode('no picture'));
        const { job: other } = await chain.upload(new TextEncoder().encode('nor this'), { tenant: 'other' });
        await chain.failed(other);
        const ends = { [job]: await chain.completed(job), [bad]: await chain.failed(bad) };
        const postsOf = (id: string) => told.filter(({ headers }) => headers['x-cutline-delivery'] === id);
        for (const [id, document] of Object.entries(ends)) {
          await chain.until(`posts of ${id}`, () => postsOf(id).length > 1);
          t.deepEqual(
            postsOf(id).map(({ body }) => JSON.parse(body)),
            [document, document],
          );
          for (const { headers, body } of postsOf(id)) {
            const [, time, signature] =
              /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-cutline-signature'])) ?? [];
            t.is(signature, createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex'));
            t.is(headers['x-cutline-event'], id === job ? 'completed' : 'failed');
            t.is(headers['content-type'], 'application/json');
          }
        }
        t.is(postsOf(other).length, 0);
        const { lines } = chain.running('storefront');
        t.false(JSON.stringify(lines).includes('token=1'), 'no secret in the log');
      },
    );

    test.serial('The warm-up wakes every stage and writes down what it took', async (t) => {
      const urls = Object.fromEntries(
        stages.map((stage) => [`${stage.toUpperCase()}_URL`, chain.url(stage)]),
      );
      await chain.running('upscale').kill();
      await chain.start('warmup', urls);
      // The stages are cold: their process has only begun to start.
      const cold = await chain.start('upscale');
      const answer = await fetch(chain.url('warmup'), { method: 'POST' });
      const warmth = (await answer.json()) as { status: string; stages: Record<string, object> };
      t.is(answer.status, 200);
      t.is(warmth.status, 'ready');
      for (const stage of stages) {
        t.like(warmth.stages[stage], { status: 'ready', device: 'cpu' });
        const kept = await chain.store.read({ bucket: buckets.results, name: paths.warm(stage) }, 10_000);
        const record = warmRecordSchema.parse(JSON.parse(new TextDecoder().decode(kept!.data)));
        t.true(record.ready !== null && record.measured_ms > 0);
      }
      t.truthy(await cold.logged('Ready'));
      const generations = async () => {
        const heads = stages.map((stage) =>
          chain.store.head({ bucket: buckets.results, name: paths.warm(stage) }),
        );
        return (await Promise.all(heads)).map((head) => head?.generation);
      };
      const before = await generations();
      await chain.publisher.publish('warmup', {});
      const all = async () => !(await generations()).some((generation, i) => generation === before[i]);
      await chain.until('all to be written again', all);
      t.is(chain.running('warmup').lines.filter(({ message }) => message === 'warm-up: started').length, 6);
    });
  },
);
