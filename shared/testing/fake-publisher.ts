// A publisher that keeps what is published, in which a test can make calls fail and step in before and after.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CutlineError } from '../errors.ts';
import type { Publisher, Topic } from '../publisher.ts';
import { outgoing } from '../transport/outgoing.ts';

export interface Published {
  readonly topic: Topic;
  /** After JSON, as it arrives. */
  readonly data: unknown;
  readonly attributes: Readonly<Record<string, string>>;
}

export type PublishHook = (message: Published) => void | Promise<void>;

export interface FakePublisher extends Publisher {
  /** All that is safe with the carrier, in order. */
  readonly published: readonly Published[];
  /** What was published on a topic. */
  on(topic: Topic): unknown[];
  /** The next publish fails: with nothing sent, or with `after` although it was, as when an answer is lost. */
  failNext(error?: unknown, options?: { readonly topic?: Topic; readonly after?: boolean }): void;
  /** Runs before every publish until what it returns is called. It may throw. */
  before(hook: PublishHook): () => void;
  after(hook: PublishHook): () => void;
}

export function fakePublisher(): FakePublisher {
  const published: Published[] = [];
  const faults: { error: unknown; topic?: Topic; after?: boolean }[] = [];
  const hooks = { before: new Set<PublishHook>(), after: new Set<PublishHook>() };

  async function run(when: 'before' | 'after', message: Published): Promise<void> {
    for (const hook of [...hooks[when]]) await hook(message);
    const index = faults.findIndex(
      ({ topic = message.topic, after = false }) => topic === message.topic && after === (when === 'after'),
    );
    if (index >= 0) throw faults.splice(index, 1)[0]!.error;
  }

  const add = (when: 'before' | 'after', hook: PublishHook) => {
    hooks[when].add(hook);
    return () => void hooks[when].delete(hook);
  };

  return {
    published,
    on: (topic) => published.filter((message) => message.topic === topic).map(({ data }) => data),
    async publish(topic, data, attributes) {
      const { json, attributes: sent } = outgoing(topic, data, attributes);
      const message: Published = { topic, data: JSON.parse(json), attributes: sent };
      await nextTurn();
      await run('before', message);
      published.push(message);
      await run('after', message);
    },
    failNext: (error = new CutlineError('PUBLISH_FAILED'), options = {}) =>
      void faults.push({ error, ...options }),
    before: (hook) => add('before', hook),
    after: (hook) => add('after', hook),
  };
}
