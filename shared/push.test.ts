import test from 'ava';
import fc from 'fast-check';
import { isAcknowledged, parsePush } from './push.ts';

const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');

/** As Pub/Sub sends it, with its doubled keys. */
const push = {
  message: {
    data: base64('{"schema":1,"name":"Möhre"}'),
    attributes: { stage: 'upscale' },
    messageId: '2070443601311540',
    message_id: '2070443601311540',
    publishTime: '2026-02-26T19:13:55.749Z',
    publish_time: '2026-02-26T19:13:55.749Z',
  },
  subscription: 'projects/p/subscriptions/cutline-upscale',
  deliveryAttempt: 3,
};

test('A push is read whole', (t) => {
  t.deepEqual(parsePush(push), {
    data: { schema: 1, name: 'Möhre' },
    attributes: { stage: 'upscale' },
    messageId: '2070443601311540',
    publishTime: '2026-02-26T19:13:55.749Z',
    subscription: 'projects/p/subscriptions/cutline-upscale',
    attempt: 3,
  });
});

test('Either spelling of the doubled keys will do, and what is missing has a value', (t) => {
  t.deepEqual(parsePush({ message: { message_id: '7', publish_time: 'then' } }), {
    data: undefined,
    attributes: {},
    messageId: '7',
    publishTime: 'then',
    subscription: '',
  });
  t.deepEqual(
    parsePush({ message: { messageId: '7', attributes: null, data: null }, deliveryAttempt: null }),
    {
      data: undefined,
      attributes: {},
      messageId: '7',
      publishTime: '',
      subscription: '',
    },
  );
});

const withoutData: readonly (readonly [what: string, data: string])[] = [
  ['nothing', ''],
  ['no base64', '{"schema":1}'],
  ['base64 cut short', push.message.data.slice(0, -1)],
  [
    'base64 with a foreign character inside',
    `${push.message.data.slice(0, 4)}*${push.message.data.slice(5)}`,
  ],
  ['no JSON', base64('hello')],
  ['no UTF-8', base64(Uint8Array.of(0x22, 0xff, 0x22))],
  ['more than half a megabyte', base64(JSON.stringify('a'.repeat(512 * 1024 + 1)))],
];

for (const [what, data] of withoutData) {
  test(`A push whose data is ${what} has none`, (t) => {
    const delivery = parsePush({ ...push, message: { ...push.message, data } });
    t.is(delivery?.messageId, '2070443601311540');
    t.true(delivery?.data === undefined);
  });
}

test('Half a megabyte of data is still read', (t) => {
  const text = 'a'.repeat(512 * 1024 - 2);
  t.true(parsePush({ message: { messageId: '1', data: base64(JSON.stringify(text)) } })?.data === text);
});

const attributes = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 'v']));

const strangers: readonly (readonly [what: string, body: unknown])[] = [
  ['nothing', undefined],
  ['a text', 'push'],
  ['a list', [push]],
  ['an object without a message', { subscription: 's' }],
  ['a message that is a text', { message: 'hello' }],
  ['a message without an id', { message: { data: push.message.data } }],
  ['a message with an empty id', { message: { messageId: '' } }],
  ['attributes that are no texts', { message: { messageId: '1', attributes: { n: 1 } } }],
  ['too many attributes', { message: { messageId: '1', attributes: attributes(111) } }],
  ['an attribute that is too long', { message: { messageId: '1', attributes: { k: 'v'.repeat(1025) } } }],
  [
    'an attribute whose name is too long',
    { message: { messageId: '1', attributes: { ['k'.repeat(257)]: '' } } },
  ],
  ['an attempt that is no count', { ...push, deliveryAttempt: 0 }],
];

for (const [what, body] of strangers) {
  test(`It is no push: ${what}`, (t) => {
    t.is(parsePush(body), undefined);
  });
}

test('Whatever comes, reading it does not throw', (t) => {
  const message = fc.record(
    { data: fc.anything(), attributes: fc.anything(), messageId: fc.anything() },
    { requiredKeys: [] },
  );
  const body = fc.oneof(fc.anything(), fc.record({ message, deliveryAttempt: fc.anything() }));
  fc.assert(
    fc.property(body, (body) => parsePush(body) === undefined || typeof parsePush(body) === 'object'),
  );
  t.pass();
});

test('Acknowledged is what Pub/Sub takes for it', (t) => {
  const statuses = Array.from({ length: 500 }, (_, n) => 100 + n);
  t.deepEqual(
    statuses.filter((status) => isAcknowledged({ status })),
    [102, 200, 201, 202, 204],
  );
});
