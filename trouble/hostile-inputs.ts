// What somebody may send who means no good, or whose line is bad: near to what every endpoint takes, with something wrong.
import { BOUNDARY, form, formType } from '../shared/testing/multipart-form.ts';
import { head } from '../shared/testing/raw-http.ts';
import type { Chance } from './chance.ts';
import {
  evilText,
  fieldNames,
  fileNames,
  formPaths,
  headerNames,
  jsonDocuments,
  readPaths,
} from './hostile-words.ts';
import type { Bytes } from './spoil.ts';
import { spoiled } from './spoil.ts';

export interface HostileInput {
  readonly kind: string;
  /** What goes over the wire, from the first byte to the last. */
  readonly bytes: Buffer;
  /** A whole request has to be answered; of a part of one nothing can be asked. */
  readonly isWhole: boolean;
}

export interface Material {
  readonly photos: readonly Bytes[];
  /** Of a job that is there, so that its paths lead somewhere. */
  readonly job: { readonly job: string; readonly token: string };
}

type Maker = (chance: Chance, material: Material) => HostileInput;

const CUT_SHARE = 0.05;

const makers: Readonly<Record<string, Maker>> = {
  photo: (chance, { photos }) => aForm('photo', chance, spoiled(chance.pick(photos), chance), 1),
  form: (chance, { photos }) => aForm('form', chance, chance.pick(photos).slice(0, 300), 4),
  json: aDocument,
  query: (chance, { job }) => {
    const path = chance.pick(readPaths).replace(':job', chance.next() < 0.7 ? job.job : 'f'.repeat(32));
    const query = Array.from(
      { length: chance.below(4) },
      () => `${chance.pick(fieldNames)}=${encodeURIComponent(evilText(chance))}`,
    );
    const method = chance.pick(['GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH']);
    const headers = { 'X-Job-Token': chance.next() < 0.7 ? job.token : ascii(evilText(chance)) };
    return whole('query', method, `${path}?${query.join('&')}`, headers);
  },
  path(chance) {
    const parts = Array.from({ length: chance.below(5) }, () =>
      chance.pick([
        'jobs',
        'uploads',
        'downloads',
        'functions',
        'v1.0',
        '..',
        '%2e%2e',
        '%00',
        '%',
        '%ff',
        'a'.repeat(300),
      ]),
    );
    return whole('path', chance.pick(['GET', 'PUT', 'DELETE', 'POST']), `/${parts.join('/')}`);
  },
  headers(chance, { job }) {
    const headers = Array.from({ length: 1 + chance.below(4) }, () => [
      chance.pick(headerNames),
      ascii(evilText(chance)).slice(0, chance.pick([40, 4000, 20_000])),
    ]);
    const path = chance.pick([`/jobs/${job.job}`, '/', '/health', '/v1.0/account', '/openapi.json']);
    return whole('headers', 'GET', path, Object.fromEntries(headers));
  },
  wire: aBrokenRequest,
};

/** Photos cost most, on both sides, and so come less often than their worth. */
const mix = [
  'photo',
  'photo',
  'form',
  'form',
  'json',
  'json',
  'json',
  'query',
  'query',
  'path',
  'headers',
  'wire',
];

export function hostileInput(chance: Chance, material: Material): HostileInput {
  const made = makers[chance.pick(mix)]!(chance, material);
  if (chance.next() >= CUT_SHARE) return made;
  const bytes = made.bytes.subarray(0, chance.below(made.bytes.byteLength));
  return { kind: `${made.kind}, cut off`, bytes, isWhole: false };
}

function aForm(kind: string, chance: Chance, photo: Bytes, mostFields: number): HostileInput {
  const texts = Array.from({ length: chance.below(mostFields + 1) }, () => ({
    name: chance.pick(fieldNames),
    data: evilText(chance),
  }));
  const path = chance.pick(formPaths);
  const right = path === '/v1.0/removebg' ? 'image_file' : 'image';
  const [name, filename] = [
    chance.next() < 0.8 ? right : chance.pick(fileNames),
    chance.pick(['x.jpg', '../../x', 'x\0.png', '']),
  ];
  const file = { name, filename, type: chance.pick(['image/jpeg', 'text/html', 'image/heic']), data: photo };
  const type = chance.pick([
    formType,
    formType,
    formType,
    formType,
    'multipart/form-data',
    `text/plain; boundary=${BOUNDARY}`,
  ]);
  return whole(kind, 'POST', path, { 'Content-Type': type }, form(...texts, file));
}

function aDocument(chance: Chance, { job }: Material): HostileInput {
  const [method, path, document] = chance.pick(jsonDocuments);
  const entries = Object.entries(document).flatMap(([key, value]): [string, unknown][] => {
    const draw = chance.next();
    if (draw < 0.2) return [];
    return [[key, draw < 0.5 ? evilValue(chance) : value]];
  });
  if (chance.next() < 0.3)
    entries.push([chance.pick(['__proto__', 'constructor', 'extra']), evilValue(chance)]);
  // Not by JSON.stringify of an object: __proto__ has to be a key.
  const text = `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`;
  const odd = [
    '',
    '{',
    '[]',
    'null',
    '"x"',
    '['.repeat(100_000),
    `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`,
  ];
  const body = chance.next() < 0.1 ? chance.pick(odd) : text;
  const type = chance.pick([
    'application/json',
    'application/json',
    'application/json',
    'application/json; charset=utf-16',
    'text/plain',
    'application/x-www-form-urlencoded',
  ]);
  const headers = { 'Content-Type': type, 'X-Job-Token': job.token };
  return whole('json', method, path.replace(':job', job.job), headers, Buffer.from(body));
}

function evilValue(chance: Chance): unknown {
  return chance.pick<() => unknown>([
    () => evilText(chance),
    () => [evilText(chance), 1, null],
    () => ({ a: { b: evilText(chance) } }),
    () => chance.pick([0, -1, 1e308, 2 ** 53, 0.1, true, null]),
  ])();
}

/** What is no HTTP, or nearly. */
function aBrokenRequest(chance: Chance): HostileInput {
  const post = 'POST /jobs HTTP/1.1\r\nHost: x\r\n';
  const text = chance.pick([
    'GET / HTTP/9.9\r\n\r\n',
    'GET /\r\n\r\n',
    'NONSENSE / HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
    `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(3000)}\r\n`,
    'GET / HTTP/1.1\r\nHost: x\r\nX-Bad: \x01\x02\r\n\r\n',
    'GET / HTTP/1.1\r\nHost : x\r\n\r\n',
    `${post}Content-Length: -1\r\n\r\n`,
    `${post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`,
    `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`,
    `${post}Transfer-Encoding: gzip, chunked\r\nContent-Type: application/json\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    `${post}Content-Encoding: gzip\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
    `${post}Content-Type: ${formType}\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n`,
    `${post}Content-Type: ${formType}\r\nExpect: the worst\r\nContent-Length: 0\r\n\r\n`,
    'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET http://elsewhere.example/health HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  ]);
  return { kind: 'wire', bytes: Buffer.from(text, 'latin1'), isWhole: true };
}

function whole(
  kind: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body: Buffer = Buffer.alloc(0),
): HostileInput {
  const start = Buffer.from(
    head(method, path.replace(/[^\x21-\x7e]/g, ''), headers, body.byteLength),
    'latin1',
  );
  return { kind, bytes: Buffer.concat([start, body]), isWhole: true };
}

const ascii = (text: string): string => text.replace(/[^\x20-\x7e]/g, '');
