// The words of which hostile inputs are made: paths, fields and headers that there are, and values nobody should send.
import type { Chance } from './chance.ts';

const REMOVAL = '/api/background-removal';

export const formPaths: readonly string[] = [
  '/jobs',
  '/jobs',
  '/v1.0/removebg',
  `${REMOVAL}/remove`,
  `${REMOVAL}/remove-async`,
  '/remove-background',
  '/api/v1/upscale',
  '/api/v2/process',
  '/api/v2/process-with-effects',
];

export const readPaths: readonly string[] = [
  '/jobs/:job',
  '/jobs/:job/files/cutout.png',
  '/jobs/:job/files/cutout.png',
  '/jobs/:job/files/color.webp',
  '/jobs/:job/previews/cutout.webp',
  '/jobs/:job/result.zip',
  '/jobs/:job/events',
  '/jobs/:job/mask',
  `${REMOVAL}/status/:job`,
  `${REMOVAL}/health`,
  '/v1.0/account',
  '/health',
  '/startup',
  '/catalogue',
  '/openapi.json',
  '/docs',
  '/metrics',
  '/downloads/results/jobs/:job/job.json',
  '/uploads/uploads/:job.jpg',
];

/** Method, path, and a body that would be right. */
export const jsonDocuments: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  ['POST', '/jobs', { content_type: 'image/jpeg', options: { scale: 1 }, reference: 'order 7' }],
  ['POST', '/jobs/uploads', { content_type: 'image/jpeg', options: { effects: ['color'] }, reference: 'x' }],
  [
    'POST',
    '/jobs/batch',
    { uploads: [{ content_type: 'image/png', options: {} }], objects: ['gs://uploads/a.jpg'] },
  ],
  ['POST', '/tokens', { origin: 'https://shop.example', jobs: 3 }],
  ['POST', '/warmup?wait=false', { stages: ['segment'] }],
  ['POST', '/v1.0/removebg', { image_file_b64: 'AAAA', size: 'auto', bg_color: 'fff', crop_margin: '10%' }],
  ['PUT', '/jobs/:job/mask', { mask: 'x' }],
  ['POST', '/jobs/:job/keep', { reference: 'order 7' }],
  [
    'POST',
    '/run',
    { schema: 1, job: 'gs://results/jobs/x/job.json#1', stage: 'segment', input: 'gs://uploads/x#1' },
  ],
  ['POST', '/', { message: { data: 'e30=', attributes: {}, messageId: '1' }, subscription: 's' }],
  [
    'POST',
    '/functions/ingest/',
    { message: { data: 'e30=', attributes: { bucketId: 'uploads' }, messageId: '1' } },
  ],
  [
    'POST',
    '/functions/storefront/webhooks',
    { message: { data: 'e30=', messageId: '1' }, subscription: 's' },
  ],
];

export const fieldNames: readonly string[] = [
  ...[
    'scale',
    'effects',
    'reference',
    'model',
    'upscaler',
    'denoise',
    'smoothing',
    'refine',
    'print',
    'max_dimension',
  ],
  ...[
    'format',
    'background',
    'crop',
    'margin',
    'shadow',
    'channels',
    'dpi',
    'size',
    'bg_color',
    'crop_margin',
    'position',
  ],
  ...[
    'effect_options',
    'add_shadow',
    'return_base64',
    'width',
    'token',
    'expires',
    '__proto__',
    'constructor',
    '',
  ],
];

export const fileNames: readonly string[] = [
  'image',
  'image',
  'image',
  'file',
  'image_file',
  'image_file',
  'bg_image_file',
  'nothing',
];

export const headerNames: readonly string[] = [
  ...[
    'Authorization',
    'X-Api-Key',
    'X-Job-Token',
    'Origin',
    'Referer',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'Host',
  ],
  ...[
    'Range',
    'If-None-Match',
    'If-Modified-Since',
    'Last-Event-ID',
    'Accept',
    'Accept-Encoding',
    'Cookie',
    'Traceparent',
  ],
  ...['X-Cloud-Trace-Context', 'Content-Encoding', 'Idempotency-Key', 'Access-Control-Request-Headers'],
];

const texts: readonly string[] = [
  ...[
    '',
    '0',
    '-1',
    '1',
    '2',
    '4',
    '1e99',
    'NaN',
    'Infinity',
    '0x10',
    '9'.repeat(400),
    'true',
    'none',
    'all',
    'auto',
  ],
  ...[
    'color',
    'sketch,halftone',
    'halftone.pitch=1e9',
    '#12345',
    '#ffffffff',
    'living-room',
    '../../etc/passwd',
    '\0',
  ],
  ...[
    '__proto__',
    'constructor',
    '<script>',
    '"; drop',
    '\r\nX-Injected: 1',
    '%00',
    '\ufffd',
    'ä'.repeat(500),
    '🐕'.repeat(100),
  ],
  ...[
    '5%',
    '50000px',
    '-5%',
    '1e5%',
    'bytes=0-0',
    'bytes=-1',
    'bytes=5-1',
    'bytes=0-0,2-3',
    '*',
    '"x"',
    'W/"x"',
  ],
  ...[
    'Bearer ',
    `Bearer ${'a.'.repeat(2000)}`,
    'null',
    'https://shop.example',
    'file:///etc/passwd',
    'application/json',
    'png',
    'zip',
  ],
  ...['jpeg', 'alpha', 'original', '20x30cm', '1x1', '2400', '36', '10000000', 'x'.repeat(8000)],
];

export const evilText = (chance: Chance): string => chance.pick(texts);
