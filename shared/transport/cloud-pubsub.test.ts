import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { Subscription } from '../subscriptions.ts';
import { subscriptions } from '../subscriptions.ts';
import type { CarrierOptions } from '../testing/publisher-contract.ts';
import {
  CONTRACT_ACK_DEADLINE,
  CONTRACT_DELIVERIES,
  createInbox,
  publisherContract,
  subscriptionTo,
} from '../testing/publisher-contract.ts';
import { noEmulator, startPubSubEmulator } from '../testing/pubsub-emulator.ts';
import { listen, servePushes } from '../testing/push-server.ts';
import { quietPort } from '../testing/quiet-port.ts';
import { createPubSubPublisher } from './cloud-pubsub.ts';
import { openPubSub } from './pubsub-client.ts';
import { ensureTopology } from './pubsub-setup.ts';

/** What the emulator knows at the least, so that its tests do not take minutes. */
const shortest = {
  ackDeadlineSeconds: CONTRACT_ACK_DEADLINE,
  maxDeliveries: CONTRACT_DELIVERIES,
  backoff: { min: 0.1, max: 0.2 },
};

const emulator = await startPubSubEmulator();
test.after.always(() => emulator?.stop());

if (emulator) {
  const apiEndpoint = emulator.host;
  let projects = 0;
  const newProject = () => `contract-${++projects}`;

  publisherContract(test, async (t, options) => {
    const projectId = newProject();
    await ensureTopology({
      ...shortest,
      projectId,
      apiEndpoint,
      subscriptions: options.inboxes.map(([subscription]) => subscription),
      endpoint: await endpointsOf(t, options),
    });
    const publisher = createPubSubPublisher({ projectId, apiEndpoint });
    t.teardown(() => publisher.close());
    return publisher;
  });

  test('Making the topology a second time brings it up to date and leaves messages alone', async (t) => {
    const projectId = newProject();
    const refusing = createInbox(() => ({ status: 500 }));
    const accepting = createInbox();
    const wanted = subscriptionTo('upscale', { deadLetter: true });
    const before = { ...shortest, projectId, apiEndpoint, subscriptions: [wanted] };
    await ensureTopology({ ...before, endpoint: await endpointsOf(t, { inboxes: [[wanted, refusing]] }) });
    const publisher = createPubSubPublisher({ projectId, apiEndpoint });
    t.teardown(() => publisher.close());
    await publisher.publish('upscale', { n: 1 });
    await refusing.first(1);
    const endpoint = await endpointsOf(t, { inboxes: [[wanted, accepting]] });
    await ensureTopology({ ...before, endpoint });
    await ensureTopology({ ...before, endpoint });
    t.deepEqual((await accepting.first(1))[0]!.data, { n: 1 });
  });

  test('The whole chain’s topology is made as the list says', async (t) => {
    const projectId = newProject();
    const endpoint = ({ service, path }: Subscription) => `http://127.0.0.1:9/${service}${path}`;
    await ensureTopology({ projectId, apiEndpoint, topicPrefix: 'shop-', subscriptions, endpoint });
    const client = openPubSub({ projectId, apiEndpoint });
    t.teardown(() => client.close());
    const [made] = await client.getSubscriptions();
    const found = await Promise.all(made.map(async (one) => (await one.getMetadata())[0]));
    const full = (kind: string, name: string) => `projects/${projectId}/${kind}/shop-${name}`;
    t.deepEqual(
      found
        .map((one) => ({
          name: one.name,
          topic: one.topic,
          endpoint: one.pushConfig?.pushEndpoint,
          ackDeadline: one.ackDeadlineSeconds,
          retention: Number(one.messageRetentionDuration?.seconds),
          backoff: [one.retryPolicy?.minimumBackoff?.seconds, one.retryPolicy?.maximumBackoff?.seconds],
          deadLetter: one.deadLetterPolicy && {
            topic: one.deadLetterPolicy.deadLetterTopic,
            after: one.deadLetterPolicy.maxDeliveryAttempts,
          },
        }))
        .sort((one, other) => one.name!.localeCompare(other.name!)),
      subscriptions
        .map((wanted) => ({
          name: full('subscriptions', wanted.name),
          topic: full('topics', wanted.topic),
          endpoint: endpoint(wanted),
          ackDeadline: 600,
          retention: wanted.retentionSeconds,
          backoff: ['10', '600'],
          deadLetter: wanted.deadLetter ? { topic: full('topics', 'dead-letter'), after: 100 } : null,
        }))
        .sort((one, other) => one.name.localeCompare(other.name)),
    );
  });

  test('A topic that is not there is PUBLISH_FAILED', async (t) => {
    const publisher = createPubSubPublisher({ projectId: newProject(), apiEndpoint });
    t.teardown(() => publisher.close());
    await t.throwsAsync(publisher.publish('upscale', {}), { code: 'PUBLISH_FAILED', message: /NOT_FOUND/ });
  });
} else {
  test.skip(`Pub/Sub is not tested: ${noEmulator}`, () => {});
}

test('Where nobody answers a publish fails within its time', async (t) => {
  const apiEndpoint = `127.0.0.1:${await quietPort()}`;
  const publisher = createPubSubPublisher({ projectId: 'nobody', apiEndpoint, timeoutMs: 900 });
  t.teardown(() => publisher.close());
  await t.throwsAsync(publisher.publish('upscale', {}), { code: 'PUBLISH_FAILED' });
});

test('Where somebody answers nothing a publish fails within its time', async (t) => {
  const silent = createServer(() => {});
  const apiEndpoint = `127.0.0.1:${await listen(t, silent)}`;
  const publisher = createPubSubPublisher({ projectId: 'silent', apiEndpoint, timeoutMs: 900 });
  t.teardown(() => publisher.close());
  await t.throwsAsync(publisher.publish('upscale', {}), { code: 'PUBLISH_FAILED' });
});

async function endpointsOf(t: ExecutionContext, { inboxes }: CarrierOptions) {
  const handlers = new Map(inboxes.map(([{ name }, { handler }]) => [name, handler]));
  const base = await servePushes(t, handlers);
  return ({ name }: Subscription) => `${base}/${name}`;
}
