// What every carrier of messages holds to: the bus in the process, and Pub/Sub.
import type { ExecutionContext, TestFn } from 'ava';
import type { Publisher, Topic } from '../publisher.ts';
import type { Delivery, PushAnswer, PushHandler } from '../push.ts';
import type { Subscription } from '../subscriptions.ts';
import { deadLetterAttributes } from '../subscriptions.ts';
import { soon } from './until.ts';

export interface Inbox {
  readonly handler: PushHandler;
  readonly received: readonly Delivery[];
  /** Resolves with the first so many deliveries, once they are there. @throws when they do not come */
  first(count: number): Promise<Delivery[]>;
}

/** @param answer to the n-th delivery, from 1; without it all are acknowledged */
export function createInbox(
  answer: (number: number, delivery: Delivery) => PushAnswer | Promise<PushAnswer> = () => ({ status: 204 }),
): Inbox {
  const received: Delivery[] = [];
  const waiting = new Set<() => void>();
  return {
    received,
    async handler(delivery) {
      const number = received.push(delivery);
      for (const look of waiting) look();
      return await answer(number, delivery);
    },
    async first(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = (): void => {
        if (received.length < count) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      await soon(`${count} deliveries`, promise, () => received);
      return received.slice(0, count);
    },
  };
}

export interface CarrierOptions {
  /** What to deliver to whom. */
  readonly inboxes: readonly (readonly [Subscription, Inbox])[];
}

/** Opens a carrier of the test's own, and closes it at its end. */
export type OpenCarrier = (t: ExecutionContext, options: CarrierOptions) => Promise<Publisher>;

/** Deliveries before a message is given up: the fewest that Pub/Sub knows. */
export const CONTRACT_DELIVERIES = 5;
/** The shortest that Pub/Sub knows, in seconds. */
export const CONTRACT_ACK_DEADLINE = 10;

export const subscriptionTo = (topic: Topic, more: Partial<Subscription> = {}): Subscription => ({
  name: topic,
  topic,
  service: 'ingest',
  path: '/',
  deadLetter: false,
  retentionSeconds: 600,
  ...more,
});

export function publisherContract(test: TestFn, open: OpenCarrier): void {
  test('Data and attributes arrive as they were published', async (t) => {
    const inbox = createInbox();
    const publisher = await open(t, { inboxes: [[subscriptionTo('upscale'), inbox]] });
    const data = { schema: 1, text: 'Möhre 🐎', list: [1.5, null, true], nested: { empty: {} } };
    await publisher.publish('upscale', data, { stage: 'upscale', traceparent: '00-ab-cd-01' });
    const [delivery] = await inbox.first(1);
    t.deepEqual(delivery!.data, data);
    t.deepEqual(delivery!.attributes, { stage: 'upscale', traceparent: '00-ab-cd-01' });
    t.regex(delivery!.subscription, /^projects\/[a-z0-9-]+\/subscriptions\/cutline-upscale$/);
    t.regex(delivery!.messageId, /^\S+$/);
    t.true(Number.isFinite(Date.parse(delivery!.publishTime)));
    t.true([undefined, 1].includes(delivery!.attempt));
  });

  test('Each subscription of a topic gets its copy, and other topics nothing', async (t) => {
    const [one, two, other] = [createInbox(), createInbox(), createInbox()];
    const publisher = await open(t, {
      inboxes: [
        [subscriptionTo('completed'), one],
        [subscriptionTo('completed', { name: 'completed-too' }), two],
        [subscriptionTo('failed'), other],
      ],
    });
    await publisher.publish('completed', 'done');
    await publisher.publish('failed', 'not done');
    const deliveries = [...(await one.first(1)), ...(await two.first(1)), ...(await other.first(1))];
    t.deepEqual(
      deliveries.map(({ data, attributes }) => [data, attributes]),
      [
        ['done', {}],
        ['done', {}],
        ['not done', {}],
      ],
    );
    t.is(deliveries[0]!.messageId, deliveries[1]!.messageId);
    t.not(deliveries[0]!.messageId, deliveries[2]!.messageId);
  });

  test('What no subscription waits for is dropped without an error', async (t) => {
    const inbox = createInbox();
    const publisher = await open(t, { inboxes: [[subscriptionTo('failed'), inbox]] });
    await publisher.publish('dead-letter', { n: 1 });
    await publisher.publish('failed', { n: 2 });
    t.deepEqual((await inbox.first(1))[0]!.data, { n: 2 });
  });

  test('All of many messages arrive', async (t) => {
    const inbox = createInbox();
    const publisher = await open(t, { inboxes: [[subscriptionTo('segment'), inbox]] });
    const numbers = Array.from({ length: 30 }, (_, n) => n);
    await Promise.all(numbers.map((n) => publisher.publish('segment', n)));
    const deliveries = await inbox.first(30);
    t.deepEqual(
      deliveries.map(({ data }) => data as number).sort((a, b) => a - b),
      numbers,
    );
    t.is(new Set(deliveries.map(({ messageId }) => messageId)).size, 30);
  });

  test('An answer that does not acknowledge brings the same message back until one does', async (t) => {
    const answers = [503, 206, 400, 202];
    const inbox = createInbox((number) => ({ status: answers[number - 1] ?? 204, body: { number } }));
    const publisher = await open(t, { inboxes: [[subscriptionTo('effects', { deadLetter: true }), inbox]] });
    await publisher.publish('effects', { n: 1 }, { k: 'v' });
    const deliveries = await inbox.first(4);
    t.deepEqual(
      deliveries.map(({ data, attributes }) => [data, attributes]),
      Array.from({ length: 4 }, () => [{ n: 1 }, { k: 'v' }]),
    );
    t.is(new Set(deliveries.map(({ messageId }) => messageId)).size, 1);
    t.is(new Set(deliveries.map(({ publishTime }) => publishTime)).size, 1);
    await publisher.publish('effects', { n: 2 });
    t.deepEqual((await inbox.first(5))[4]!.data, { n: 2 });
  });

  test('A handler that breaks off without an answer gets the message again', async (t) => {
    const inbox = createInbox((number) => {
      if (number === 1) throw new Error('Broken off by the test');
      return { status: 200 };
    });
    const publisher = await open(t, { inboxes: [[subscriptionTo('upscale'), inbox]] });
    await publisher.publish('upscale', { n: 1 });
    const [one, two] = await inbox.first(2);
    t.is(one!.messageId, two!.messageId);
  });

  test('A handler that does not answer gets the message again after the deadline, and its late answer counts no more', async (t) => {
    const late = Promise.withResolvers<PushAnswer>();
    const answers = [late.promise, { status: 500 }, { status: 200 }];
    const inbox = createInbox((number) => answers[number - 1]!);
    t.teardown(() => late.resolve({ status: 200 }));
    const publisher = await open(t, { inboxes: [[subscriptionTo('segment'), inbox]] });
    await publisher.publish('segment', { n: 1 });
    await inbox.first(2);
    late.resolve({ status: 200 });
    const deliveries = await inbox.first(3);
    t.is(new Set(deliveries.map(({ messageId }) => messageId)).size, 1);
  });

  test('While one message waits for its answer, others are delivered', async (t) => {
    const answer = Promise.withResolvers<PushAnswer>();
    const inbox = createInbox((_, { data }) => (data === 'slow' ? answer.promise : { status: 200 }));
    const publisher = await open(t, { inboxes: [[subscriptionTo('segment'), inbox]] });
    await publisher.publish('segment', 'slow');
    await inbox.first(1);
    await publisher.publish('segment', 'quick');
    t.deepEqual(
      (await inbox.first(2)).map(({ data }) => data),
      ['slow', 'quick'],
    );
    answer.resolve({ status: 200 });
    await publisher.publish('segment', 'quick');
    t.is((await inbox.first(3))[2]!.data, 'quick');
  });

  test('A message delivered in vain too often is a dead letter that says where it came from', async (t) => {
    const [refusing, dead] = [createInbox(() => ({ status: 500 })), createInbox()];
    const publisher = await open(t, {
      inboxes: [
        [subscriptionTo('upscale', { deadLetter: true }), refusing],
        [subscriptionTo('dead-letter'), dead],
      ],
    });
    await publisher.publish('upscale', { schema: 1, job: 'j' }, { stage: 'upscale' });
    const [letter] = await dead.first(1);
    const [first, ...others] = refusing.received;
    t.is(others.length, CONTRACT_DELIVERIES - 1);
    t.deepEqual(letter!.data, { schema: 1, job: 'j' });
    const { [deadLetterAttributes.project]: project, ...attributes } = letter!.attributes;
    t.deepEqual(attributes, {
      stage: 'upscale',
      [deadLetterAttributes.subscription]: 'cutline-upscale',
      [deadLetterAttributes.deliveries]: String(CONTRACT_DELIVERIES),
      [deadLetterAttributes.published]: first!.publishTime,
    });
    t.is(first!.subscription, `projects/${project}/subscriptions/cutline-upscale`);
    t.not(letter!.messageId, first!.messageId);
  });

  test('Only what can be delivered is taken', async (t) => {
    const publisher = await open(t, { inboxes: [] });
    await t.throwsAsync(publisher.publish('upscales' as Topic, {}), { instanceOf: TypeError });
    await t.throwsAsync(publisher.publish('upscale', undefined), { instanceOf: TypeError });
    await t.throwsAsync(publisher.publish('upscale', 'a'.repeat(512 * 1024)), { instanceOf: TypeError });
    await t.throwsAsync(publisher.publish('upscale', {}, { k: 'v'.repeat(1025) }), { instanceOf: TypeError });
    await t.throwsAsync(publisher.publish('upscale', {}, { k: 1 as unknown as string }), {
      instanceOf: TypeError,
    });
  });
}
