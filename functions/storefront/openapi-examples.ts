// Examples for the storefront's document, held to the schemas of the answers by their types and by a test.
import type { z } from 'zod';
import type { answers } from './openapi-schemas.ts';

type AnswerOf<Name extends keyof typeof answers> = z.input<(typeof answers)[Name]>;

const job = '0123456789abcdef0123456789abcdef';
const token = 'qR2u7vXcW0s9JmYb3nT5aKfE8hLzP1dGiOoUyN4rSxQ';
const when = '2026-11-20T12:00:00.000Z';
const expires = '2026-11-20T12:15:00.000Z';

const file = (name: string, width: number, height: number, bytes: number) => ({
  url: `/jobs/${job}/files/${name}`,
  preview: `/jobs/${job}/previews/${name}`,
  width,
  height,
  bytes,
  content_type: 'image/png',
});

export const created: AnswerOf<'Created'> = {
  job,
  status: 'queued',
  token,
  files_key: token,
  check_url: `/jobs/${job}`,
  events_url: `/jobs/${job}/events`,
};

export const givenUpload: AnswerOf<'GivenUpload'> = {
  ...created,
  upload_url: 'https://storage.example/uploads/…',
  method: 'PUT',
  headers: {
    'content-type': 'image/jpeg',
    'x-goog-content-length-range': '1,10485760',
    'x-goog-if-generation-match': '0',
    'x-goog-meta-cutline-scale': '2',
  },
  expires,
};

export const createdBatch: AnswerOf<'CreatedBatch'> = {
  batch: job,
  token,
  check_url: `/jobs/${job}`,
  jobs: [{ ...created, file: 'dog.jpg' }],
};

const common = { job, reference: 'order 7', created: when };
const upscaled = { upscaled: file('upscaled', 1600, 1200, 3_100_000) };

export const unfinishedJob: AnswerOf<'UnfinishedJob'> = {
  ...common,
  status: 'processing',
  route: ['upscale', 'segment', 'effects'],
  stage: 'segment',
  progress: 0.62,
  estimate_ms: 2300,
  stages_done: ['upscale'],
  files: upscaled,
};

export const completedJob: AnswerOf<'CompletedJob'> = {
  ...common,
  status: 'completed',
  files: { ...upscaled, cutout: file('cutout', 1600, 1200, 1_900_000) },
  zip: `/jobs/${job}/result.zip`,
  width: 1600,
  height: 1200,
  subject: { left: 310, top: 96, width: 980, height: 1104 },
  largest_prints: [
    { dpi: 300, width_cm: 13.5, height_cm: 10.1 },
    { dpi: 150, width_cm: 27, height_cm: 20.3 },
  ],
  models: { segment: [{ id: 'birefnet-general', sha256: '9ab3…', precision: 'fp16', preview: false }] },
  preview_models: false,
  timings_ms: { upscale: 3400, segment: 2300, total: 6100 },
  cached: [],
};

export const failedJob: AnswerOf<'FailedJob'> = {
  ...common,
  status: 'failed',
  stage: 'segment',
  error_code: 'NO_SUBJECT',
  detail: 'No subject was found in the image',
  stages_done: ['upscale'],
  files: upscaled,
};

export const batch: AnswerOf<'Batch'> = {
  batch: job,
  created: when,
  status: 'processing',
  progress: 0.5,
  counts: { queued: 0, processing: 0, completed: 1, failed: 0, deleted: 0 },
  jobs: [{ job, status: 'completed', progress: 1, url: `/jobs/${job}` }],
  zip: `/jobs/${job}/result.zip`,
};

export const events = `retry: 1000

id: 3f1c8a52b7d9e604
event: processing
data: ${JSON.stringify(unfinishedJob)}

`;

export const kept: AnswerOf<'Kept'> = { job, kept: true };

export const address: AnswerOf<'Address'> = {
  url: 'https://storage.example/results/…',
  method: 'GET',
  expires,
  content_type: 'image/png',
  bytes: 31_000_000,
  width: 8064,
  height: 6048,
};

export const issuedToken: AnswerOf<'IssuedToken'> = { token: 'v1.eyJpZCI6….', expires };

export const warmth: AnswerOf<'Warmth'> = {
  status: 'starting',
  elapsed_ms: 4200,
  estimate_ms: 28_000,
  stages: {
    upscale: { status: 'warm', last_seen: when },
    segment: { status: 'starting', elapsed_ms: 4200, estimate_ms: 28_000 },
    effects: { status: 'cold', estimate_ms: 9000 },
  },
};

export const health: AnswerOf<'Health'> = {
  status: 'healthy',
  stages: { status: 'cold', estimate_ms: 28_000 },
};
