// Requests by chance, most of them near to what the functions expect: for fuzzing over HTTP.
import fc from 'fast-check';
import { ids } from './chain-rig.ts';

const [own, neighbour] = ids as [string, string];

/** What a request is made of; the path is the function's. */
export interface Sent {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** What somebody would try who wants to get out of his own job. */
const evil = [
  '',
  '..',
  '../',
  '..\\..\\',
  '%2e%2e%2f',
  '\0',
  '__proto__',
  'constructor',
  'null',
  '9'.repeat(40),
  'x'.repeat(100_000),
  `gs://results/jobs/../${neighbour}/job.json#1`,
  `gs://results/jobs/${neighbour}/upscale/upscaled.png#1`,
  `gs://elsewhere/jobs/${own}/job.json#1`,
  `gs://results/jobs/${own}/job.json#1`,
  `gs://results/jobs/${own}/job.json`,
  'gs://uploads/../results/jobs#1',
  'http://127.0.0.1/',
];
const anyValue = fc.oneof(fc.constantFrom<unknown>(...evil), fc.jsonValue(), fc.integer(), fc.double());

/** As JSON, keys such as __proto__ included. */
const asJson = (entries: readonly (readonly [string, unknown])[]): string =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value) ?? 'null'}`).join()}}`;

/** An object with some of its fields changed, dropped, or joined by others. */
export const nearly = (object: Readonly<Record<string, unknown>>): fc.Arbitrary<string> =>
  fc
    .record({
      change: fc.dictionary(fc.constantFrom(...Object.keys(object)), anyValue, { maxKeys: 2 }),
      drop: fc.subarray(Object.keys(object), { maxLength: 1 }),
      more: fc.array(fc.tuple(fc.constantFrom('__proto__', 'constructor', 'toString', 'extra'), anyValue), {
        maxLength: 1,
      }),
    })
    .map(({ change, drop, more }) => {
      const kept = Object.entries({ ...object, ...change }).filter(([key]) => !drop.includes(key));
      return asJson([...kept, ...more]);
    });

/** A value may have a toString of its own that is no function. */
const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A push whose data is such a text, with attributes of every kind. */
export function pushOf(data: fc.Arbitrary<string>, attributes: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const raw = fc.oneof(
    { weight: 6, arbitrary: data.map(base64) },
    { weight: 1, arbitrary: fc.base64String() },
    { weight: 1, arbitrary: anyValue.map(asText) },
  );
  return fc
    .record({
      raw,
      attributes,
      id: fc.oneof(fc.constant('1'), fc.string()),
      attempt: fc.oneof(fc.nat(), anyValue),
    })
    .map(
      ({ raw, attributes, id, attempt }) =>
        `{"message":{"data":${JSON.stringify(raw)},"attributes":${attributes},"messageId":${JSON.stringify(id)}},"subscription":"s","deliveryAttempt":${JSON.stringify(attempt) ?? 1}}`,
    );
}

const headerValue = fc.oneof(
  fc.stringMatching(/^[!-~]{0,60}$/),
  fc.constantFrom(
    'google.cloud.storage.object.v1.finalized',
    'google.cloud.storage.object.v1.deleted',
    'google.cloud.pubsub.topic.v1.messagePublished',
    'x'.repeat(4000),
  ),
);
const headers = fc
  .record({
    'content-type': fc.constantFrom(
      'application/json',
      'application/json',
      'application/cloudevents+json',
      'application/json; charset=utf-16',
      'text/plain',
      'multipart/form-data',
    ),
    more: fc.dictionary(
      fc.constantFrom(
        'ce-type',
        'ce-id',
        'ce-source',
        'ce-subject',
        'ce-time',
        'traceparent',
        'x-cloud-trace-context',
        'content-encoding',
      ),
      headerValue,
      { maxKeys: 3 },
    ),
  })
  .map(({ more, ...rest }) => ({ ...rest, ...more }));

const odd = fc.constantFrom<string | Uint8Array<ArrayBuffer>>(
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '{"message":null}',
  '\0',
  '['.repeat(200_000) + ']'.repeat(200_000),
  `{"message":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
  JSON.stringify(['x'.repeat(1_200_000)]),
  Uint8Array.of(0xff, 0xfe, 0x00),
  Uint8Array.of(0x1f, 0x8b, 8, 0),
);

export function requests(body: fc.Arbitrary<string>): fc.Arbitrary<Sent> {
  const plain = { 'content-type': 'application/json' };
  return fc.oneof(
    { weight: 6, arbitrary: body.map((body) => ({ body, headers: plain })) },
    { weight: 2, arbitrary: fc.record({ body, headers }) },
    { weight: 1, arbitrary: fc.record({ body: fc.oneof(odd, fc.json(), fc.string()), headers }) },
  );
}
