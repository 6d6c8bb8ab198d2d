import test from 'ava';
import { topics } from './publisher.ts';
import { deadLetterAttributes, MAX_DELIVERIES, subscriptions } from './subscriptions.ts';

test('Every topic wakes one service', (t) => {
  t.deepEqual(
    subscriptions.map(({ topic, service, path }) => `${topic} → ${service}${path}`),
    [
      'uploads → ingest/',
      'upscale → upscale/',
      'segment → segment/',
      'effects → effects/',
      'dead-letter → ingest/dead-letter',
      'warmup → warmup/',
      'completed → storefront/webhooks',
      'failed → storefront/webhooks',
    ],
  );
  t.deepEqual(subscriptions.map(({ topic }) => topic).sort(), [...topics].sort());
});

test('What a job hangs on has a dead letter; webhooks are tried for a day; nothing is kept out of Pub/Sub’s range', (t) => {
  const names = (deadLetter: boolean) =>
    subscriptions.filter((one) => one.deadLetter === deadLetter).map(({ name }) => name);
  t.deepEqual(names(true), ['uploads', 'upscale', 'segment', 'effects']);
  t.deepEqual(names(false), ['dead-letter', 'warmup', 'completed', 'failed']);
  for (const { name, retentionSeconds } of subscriptions) {
    t.true(retentionSeconds >= 600 && retentionSeconds <= 7 * 86_400, name);
    if (['completed', 'failed'].includes(name)) t.is(retentionSeconds, 86_400);
  }
  t.true(MAX_DELIVERIES >= 5 && MAX_DELIVERIES <= 100);
});

test('Names are such that Pub/Sub takes them, and its attributes are its own', (t) => {
  t.is(new Set(subscriptions.map(({ name }) => name)).size, subscriptions.length);
  for (const { name } of subscriptions) t.regex(name, /^[a-z][a-z-]{2,}$/);
  for (const key of Object.values(deadLetterAttributes)) t.regex(key, /^CloudPubSubDeadLetterSource[A-Z]/);
});
