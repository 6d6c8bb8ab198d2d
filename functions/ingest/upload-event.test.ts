import { createHash } from 'node:crypto';
import test from 'ava';
import { CutlineError } from '../../shared/errors.ts';
import { notification, TRACE } from '../../shared/testing/ingest-rig.ts';
import { fromCloudEvent, readUpload, traceOf } from './upload-event.ts';

const place = { bucket: 'uploads', prefix: 'uploads/' };
const job = '0123456789abcdef0123456789abcdef';
const told = (name: string, attributes: Record<string, string> = {}) =>
  notification({ bucket: 'uploads', name, generation: '17' }, attributes);
const read = (name: string, attributes?: Record<string, string>) => readUpload(told(name, attributes), place);

test('An upload by a given URL says whose it is and which job', (t) => {
  t.deepEqual(read(`uploads/pet-shop/${job}.jpg`), {
    version: { bucket: 'uploads', name: `uploads/pet-shop/${job}.jpg`, generation: '17' },
    uri: `gs://uploads/uploads/pet-shop/${job}.jpg#17`,
    tenant: 'pet-shop',
    job,
  });
});

const bare = [
  'uploads/dog.jpg',
  'uploads/pet-shop/dog.jpg',
  `uploads/pet-shop/${job}`,
  `uploads/pet-shop/${job.toUpperCase()}.jpg`,
  `uploads/pet-shop/${job}0.jpg`,
  `uploads/Pet_Shop/${job}.jpg`,
  `uploads/pet-shop/2026/${job}.jpg`,
  `uploads/${job}.jpg`,
  'uploads/Möhre #3.heic',
];

for (const name of bare) {
  test(`A photo that was simply put there has an id of its own: ${name}`, (t) => {
    const id = createHash('sha256').update(`uploads/${name}#17`).digest('hex').slice(0, 32);
    t.like(read(name), { tenant: 'default', job: id, uri: `gs://uploads/${name}#17` });
  });
}

const ignored: readonly (readonly [what: string, name: string, attributes: Record<string, string>])[] = [
  ['a deletion', 'uploads/dog.jpg', { eventType: 'OBJECT_DELETE' }],
  ['a change of metadata', 'uploads/dog.jpg', { eventType: 'OBJECT_METADATA_UPDATE' }],
  ['a folder', 'uploads/dogs/', {}],
  ['the uploads folder itself', 'uploads/', {}],
  ['another prefix', 'results/dog.jpg', {}],
  ['a longer word than the prefix', 'uploads2/dog.jpg', {}],
];

for (const [what, name, attributes] of ignored) {
  test(`It is left alone: ${what}`, (t) => {
    t.true('ignored' in read(name, attributes));
  });
}

const strangers: readonly (readonly [what: string, name: string, attributes: Record<string, string>])[] = [
  ['another bucket', 'uploads/dog.jpg', { bucketId: 'somebody-elses' }],
  [
    'another bucket, whatever happened there',
    'uploads/dog.jpg',
    { bucketId: 'x', eventType: 'OBJECT_DELETE' },
  ],
  ['a name that climbs out', 'uploads/../secrets/dog.jpg', {}],
  ['a name with an empty segment', 'uploads//dog.jpg', {}],
  ['a name with a control character', 'uploads/dog\n.jpg', {}],
  ['a name with a backslash', 'uploads/..\\dog.jpg', {}],
  ['no name', '', {}],
  ['a name that is too long', `uploads/${'d'.repeat(1024)}`, {}],
  ['no event', 'uploads/dog.jpg', { eventType: '' }],
  ['a generation that is none', 'uploads/dog.jpg', { objectGeneration: 'x#5' }],
  ['a generation that is empty', 'uploads/dog.jpg', { objectGeneration: '' }],
];

for (const [what, name, attributes] of strangers) {
  test(`It is not one of ours: ${what}`, (t) => {
    const error = t.throws(() => read(name, attributes), { instanceOf: CutlineError });
    t.is(error?.code, 'MESSAGE_INVALID');
  });
}

for (const missing of ['eventType', 'bucketId', 'objectId', 'objectGeneration']) {
  test(`It is not one of ours without its ${missing}`, (t) => {
    const delivery = told('uploads/dog.jpg');
    const { [missing]: _, ...attributes } = delivery.attributes;
    const error = t.throws(() => readUpload({ ...delivery, attributes }, place), {
      instanceOf: CutlineError,
    });
    t.is(error?.code, 'MESSAGE_INVALID');
    t.true(error?.message.includes(missing));
  });
}

test('A trace is taken over when it is one', (t) => {
  t.is(traceOf(told('a', { traceparent: TRACE })), TRACE);
  for (const traceparent of ['', 'x', `${TRACE}\n`, TRACE.toUpperCase().replaceAll('1', 'A')])
    t.is(traceOf(told('a', { traceparent })), undefined);
});

const headers = {
  'ce-id': '55',
  'ce-type': 'google.cloud.storage.object.v1.finalized',
  'ce-source': '//storage.googleapis.com/projects/_/buckets/uploads',
  'ce-subject': 'objects/uploads/dog.jpg',
  'ce-time': '2026-11-20T12:00:00Z',
  'ce-specversion': '1.0',
};
const object = { bucket: 'uploads', name: 'uploads/dog.jpg', generation: '17', contentType: 'image/jpeg' };

test('A CloudEvent of a finalised object says the same as a notification', (t) => {
  const delivery = fromCloudEvent({ ...headers, traceparent: TRACE }, object)!;
  t.deepEqual(readUpload(delivery, place), read('uploads/dog.jpg'));
  t.like(delivery, { messageId: '55', publishTime: '2026-11-20T12:00:00Z' });
  t.is(traceOf(delivery), TRACE);
  const numbered = fromCloudEvent(headers, { ...object, generation: 17 })!;
  t.deepEqual(readUpload(numbered, place), read('uploads/dog.jpg'));
});

test('A CloudEvent that carries a push is that push', (t) => {
  const { attributes } = told('uploads/dog.jpg');
  const push = { message: { messageId: '9', attributes, data: '' }, subscription: 's' };
  const type = { 'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished' };
  const delivery = fromCloudEvent({ ...headers, ...type }, push)!;
  t.deepEqual(readUpload(delivery, place), read('uploads/dog.jpg'));
  t.is(delivery.messageId, '9');
  t.is(fromCloudEvent({ ...headers, ...type }, object), undefined);
});

test('Another CloudEvent of the bucket is left alone, and any other event is none of ours', (t) => {
  const deleted = { ...headers, 'ce-type': 'google.cloud.storage.object.v1.deleted' };
  t.true('ignored' in readUpload(fromCloudEvent(deleted, object)!, place));
  for (const type of ['google.cloud.audit.log.v1.written', '', undefined, ['google', 'cloud']])
    t.is(fromCloudEvent({ ...headers, 'ce-type': type }, object), undefined);
  for (const body of [undefined, 'text', {}, { ...object, generation: null }, { ...object, bucket: 7 }])
    t.throws(() => readUpload(fromCloudEvent(headers, body)!, place), { instanceOf: CutlineError });
});
