// What every face of the upload URLs must do, as tests.
import type { ExecutionContext } from 'ava';
import type { ObjectName } from '../gs-uri.ts';
import type { ObjectStore } from '../object-store.ts';
import type { UploadTerms, UploadUrl, UploadUrls } from '../upload-urls.ts';
import { refused } from './store-folder.ts';

export interface UploadFace {
  readonly urls: UploadUrls;
  readonly store: ObjectStore;
  /** @returns the status */
  send(request: SentUpload): Promise<number>;
  /** Milliseconds since 1970. */
  now: number;
}

export interface SentUpload {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

type Test = (title: string, run: (t: ExecutionContext) => Promise<void>) => void;
type Case = (t: ExecutionContext, face: UploadFace, at: (name: string) => ObjectName) => Promise<void>;

const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(7);
const MINUTE = 60_000;

const termsAt = (now: number, changes: Partial<UploadTerms> = {}): UploadTerms => ({
  contentType: 'image/jpeg',
  minBytes: 10,
  maxBytes: 100,
  metadata: {
    'cutline-scale': '4',
    'cutline-effects': 'color,halftone',
    'cutline-effect-options': 'halftone.pitch=6,duotone.shadow=#402010',
    'cutline-reference': 'order 7',
  },
  expiresMs: now + MINUTE,
  ...changes,
});
const sent = ({ url, method, headers }: UploadUrl, body = bytes(50)): SentUpload => ({
  url,
  method,
  headers,
  body,
});

const cases: Readonly<Record<string, Case>> = {
  'What is put there as told is an object, with type and metadata': async (t, face, at) => {
    for (const name of ['pet-shop/a.jpg', 'a b/ü%20+#?&=;.jpg', "it's (1)!*.jpg"]) {
      const terms = termsAt(face.now);
      const made = await face.urls.create(at(name), terms);
      t.is(made.method, 'PUT');
      t.is(made.expires, new Date(Math.floor(terms.expiresMs / 1000) * 1000).toISOString());
      t.deepEqual(made.headers, {
        'content-type': 'image/jpeg',
        'x-goog-content-length-range': '10,100',
        'x-goog-if-generation-match': '0',
        'x-goog-meta-cutline-scale': '4',
        'x-goog-meta-cutline-effects': 'color,halftone',
        'x-goog-meta-cutline-effect-options': 'halftone.pitch=6,duotone.shadow=#402010',
        'x-goog-meta-cutline-reference': 'order 7',
      });
      t.is(await face.send(sent(made)), 200, name);
      const stored = await face.store.read(at(name), 1000);
      t.deepEqual(stored?.data, bytes(50));
      t.is(stored?.info.contentType, 'image/jpeg');
      t.deepEqual(stored?.info.metadata, terms.metadata);
    }
  },
  'Another request than the one that was signed is refused': async (t, face, at) => {
    const made = await face.urls.create(at('a.jpg'), termsAt(face.now));
    const right = sent(made);
    const changed = (headers: Record<string, string>): SentUpload => ({
      ...right,
      headers: { ...right.headers, ...headers },
    });
    const without = (name: string): SentUpload => {
      const { [name]: _, ...headers } = right.headers;
      return { ...right, headers };
    };
    const atUrl = (from: string | RegExp, to: string): SentUpload => ({
      ...right,
      url: right.url.replace(from, to),
    });
    const others: Readonly<Record<string, SentUpload>> = {
      'another type': changed({ 'content-type': 'image/png' }),
      'a larger range': changed({ 'x-goog-content-length-range': '0,10000' }),
      'leave to replace': changed({ 'x-goog-if-generation-match': '1' }),
      'another option': changed({ 'x-goog-meta-cutline-scale': '2' }),
      'one option more': changed({ 'x-goog-meta-cutline-print': 'true' }),
      'another service’s word': changed({ 'x-goog-acl': 'public-read' }),
      'no type': without('content-type'),
      'no range': without('x-goog-content-length-range'),
      'no condition': without('x-goog-if-generation-match'),
      'one option less': without('x-goog-meta-cutline-scale'),
      'another name': atUrl('a.jpg', 'b.jpg'),
      'another bucket': atUrl('/uploads/contract', '/results/contract'),
      'a later end': atUrl(/Expires=(\d+)/, 'Expires=9$1'),
      'fewer signed headers': atUrl(/(SignedHeaders=[^&]*)%3Bx-goog-meta-cutline-scale/, '$1'),
      'another signature': {
        ...right,
        url: right.url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
      },
      'no signature': atUrl(/Signature=[0-9a-f]+/, 'Signature='),
    };
    for (const [what, request] of Object.entries(others)) {
      t.notDeepEqual(request, right, what);
      t.is(await face.send(request), 403, what);
    }
    t.is(await face.store.head(at('a.jpg')), undefined);
    t.is(await face.send(right), 200);
  },
  'After its time a URL is worth nothing': async (t, face, at) => {
    const made = await face.urls.create(at('a.jpg'), termsAt(face.now));
    face.now += MINUTE;
    t.is(await face.send(sent(made)), 403);
    face.now -= 2000;
    t.is(await face.send(sent(made)), 200);
  },
  'Terms that cannot travel as headers are a fault of ours': async (t, face, at) => {
    for (const value of ['Möhre', 'a\r\nx-goog-acl: public-read', ' a', 'a  b', 'a\tb', '🥕']) {
      const terms = termsAt(face.now, { metadata: { 'cutline-reference': value } });
      await refused(t, face.urls.create(at('a.jpg'), terms), 'INTERNAL');
    }
    await refused(t, face.urls.create({ bucket: 'private', name: 'a' }, termsAt(face.now)), 'INTERNAL');
    await refused(t, face.urls.create({ bucket: 'uploads', name: '../a' }, termsAt(face.now)), 'INTERNAL');
  },
};

/** What fake-gcs-server takes no notice of: the headers are signed, holding to them is Cloud Storage's part. */
const strictCases: Readonly<Record<string, Case>> = {
  'Only so many bytes are taken as the terms say': async (t, face, at) => {
    const put = async (name: string, length: number): Promise<number> =>
      await face.send(sent(await face.urls.create(at(name), termsAt(face.now)), bytes(length)));
    t.deepEqual([await put('a', 9), await put('b', 101), await put('c', 5000)], [400, 413, 413]);
    t.deepEqual([await put('d', 10), await put('e', 100)], [200, 200]);
    t.is(await face.store.head(at('b')), undefined);
  },
  'A URL works once': async (t, face, at) => {
    const made = await face.urls.create(at('a'), termsAt(face.now));
    const answers = await Promise.all([20, 30, 40].map((length) => face.send(sent(made, bytes(length)))));
    t.deepEqual(answers.toSorted(), [200, 412, 412]);
    const length = [20, 30, 40][answers.indexOf(200)]!;
    t.is((await face.store.head(at('a')))?.bytes, length);
    t.is(await face.send(sent(made)), 412);
    t.is((await face.store.head(at('a')))?.bytes, length);
  },
};

/**
 * @param name stands before each title
 * @param isStrict whoever takes the photos holds to the terms himself
 */
export function uploadUrlsContract(
  test: Test,
  name: string,
  isStrict: boolean,
  open: (t: ExecutionContext) => Promise<UploadFace>,
): void {
  const all = { ...cases, ...(isStrict && strictCases) };
  for (const [index, [title, run]] of Object.entries(all).entries()) {
    const at = (object: string): ObjectName => ({ bucket: 'uploads', name: `contract-${index}/${object}` });
    test(`${name}: ${title}`, async (t) => run(t, await open(t), at));
  }
}
