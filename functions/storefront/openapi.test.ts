import { Validator } from '@seriousme/openapi-schema-validator';
import test from 'ava';
import type { z } from 'zod';
import { errorCatalogue } from '../../shared/error-catalogue.ts';
import { parseFinishText } from '../../shared/finish-text.ts';
import { readJobState } from '../../shared/job-state.ts';
import { apiFacts } from '../../shared/testing/api-facts.ts';
import { createChainRig, ids } from '../../shared/testing/chain-rig.ts';
import { thrownCode } from '../../shared/testing/thrown-code.ts';
import { foldStates } from './batches.ts';
import { checkUpload } from './create-job.ts';
import { viewBatch, viewJob } from './job-view.ts';
import { openApiDocument } from './openapi.ts';
import * as examples from './openapi-examples.ts';
import { answers, photoTypes } from './openapi-schemas.ts';
import type { Operation } from './openapi-types.ts';
import { readWishes } from './read-wishes.ts';
import { batchRequestSchema, readRequest, tokenRequestSchema, uploadRequestSchema } from './requests.ts';

const document = openApiDocument(apiFacts);
const operations: readonly Operation[] = Object.values(document.paths).flatMap((item) => Object.values(item));
const byId = (id: string): Operation => operations.find(({ operationId }) => operationId === id)!;

test('The document is valid OpenAPI 3.1', async (t) => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(
    structuredClone(document) as object as Record<string, unknown>,
  );
  t.is(validator.version, '3.1');
  t.true(valid, JSON.stringify(errors, null, 1));
});

test('A document that is none is refused by the same validator', async (t) => {
  const { paths: _, ...wrong } = structuredClone(document) as unknown as Record<string, unknown>;
  t.false((await new Validator().validate({ ...wrong, paths: [] })).valid);
});

test('Operations have names and tags of their own, and every reference leads somewhere', (t) => {
  t.is(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  const tags = document.tags.map(({ name }) => name);
  t.deepEqual([...new Set(operations.map((operation) => operation.tags[0]))].sort(), [...tags].sort());
  const text = JSON.stringify(document);
  const leading = [...text.matchAll(/"\$ref":"#\/components\/(schemas|examples)\/([^"]+)"/g)];
  t.true(leading.length > 100);
  for (const [, kind, name] of leading) t.true(name! in document.components[kind as 'schemas'], name);
});

test('Each error stands under the status of the catalogue, with a whole sentence', (t) => {
  for (const operation of operations)
    for (const [status, { content = {} }] of Object.entries(operation.responses))
      for (const name of Object.keys(content['application/json']?.examples ?? {}))
        if (name in errorCatalogue)
          t.is(errorCatalogue[name as keyof typeof errorCatalogue].status, Number(status), name);
  for (const [name, { value }] of Object.entries(document.components.examples)) {
    const { detail } = answers.Error.parse(value);
    t.false(/undefined|NaN|\(\)|'' |: $/.test(detail), `${name}: ${detail}`);
  }
});

const named: Readonly<Partial<Record<keyof typeof answers, readonly unknown[]>>> = {
  Created: [examples.created],
  GivenUpload: [examples.givenUpload],
  CreatedBatch: [examples.createdBatch],
  UnfinishedJob: [examples.unfinishedJob],
  CompletedJob: [examples.completedJob],
  FailedJob: [examples.failedJob],
  Batch: [examples.batch],
  Kept: [examples.kept],
  Address: [examples.address],
  IssuedToken: [examples.issuedToken],
  Warmth: [examples.warmth],
  Health: [examples.health],
};

for (const [name, values] of Object.entries(named)) {
  test(`The example of ${name} is one`, (t) => {
    const schema: z.ZodType = answers[name as keyof typeof answers];
    for (const value of values) t.notThrows(() => schema.parse(value));
  });
}

test('Examples of requests are read by what reads requests', (t) => {
  const bodyOf = (id: string): unknown => {
    const example = byId(id).requestBody!.content['application/json']!.examples!.example!;
    return 'value' in example && example.value;
  };
  const upload = readRequest(uploadRequestSchema, bodyOf('createUpload'));
  t.deepEqual(readWishes(upload.options).options.effects, ['color']);
  t.is(readRequest(batchRequestSchema, bodyOf('createBatch')).uploads?.length, 2);
  t.is(readRequest(tokenRequestSchema, bodyOf('createToken')).origin, 'https://shop.example');
});

test('Every content type that the document names is taken, and another is not', (t) => {
  const take = (contentType: string) => checkUpload({ tenant: 'shop', options: {}, contentType });
  for (const type of photoTypes) t.notThrows(() => take(type), type);
  t.is(
    thrownCode(() => take('image/tiff')),
    'INVALID_FORMAT',
  );
});

test('What the document shows of a file’s forms can be asked for, each and all', (t) => {
  const { parameters = [] } = byId('readFile');
  const query = parameters.filter((each) => each.in === 'query');
  const shown = query.filter(({ example }) => example !== undefined);
  t.deepEqual(
    shown.map(({ name }) => name),
    ['background', 'margin', 'dpi', 'size'],
  );
  const texts = Object.fromEntries(shown.map(({ name, example }) => [name, String(example)]));
  t.notThrows(() => parseFinishText(texts, apiFacts.templates));
});

test('A form’s texts and defaults are read as options of a job', (t) => {
  const { properties } = byId('createJob').requestBody!.content['multipart/form-data']!.schema as {
    properties: Record<string, { default?: unknown }>;
  };
  const defaults = Object.entries(properties).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  t.deepEqual(readWishes(Object.fromEntries(defaults)).options, readWishes({}).options);
});

test('Jobs as they are answered fit the document, in every state', async (t) => {
  const rig = createChainRig();
  const [job] = ids as [string];
  const read = async () => (await readJobState(job, { records: rig.quiet, times: {}, now: Date.now() }))!;
  const message = rig.delivery(await rig.upload(job));
  const queued = await read();
  t.is(answers.UnfinishedJob.parse(viewJob(queued)).status, 'queued');
  await rig.pump(message);
  const completed = await read();
  t.is(answers.CompletedJob.parse(viewJob(completed)).status, 'completed');
  const failed = {
    status: 'failed',
    stage: 'ingest',
    error_code: 'IMAGE_CORRUPT',
    detail: 'damaged',
  } as const;
  const { created, reference } = completed;
  const state = { ...failed, job, created, reference, stages_done: [], outputs: {} };
  t.is(answers.FailedJob.parse(viewJob(state)).stage, 'ingest');
  const batch = { schema: 1 as const, batch: job, tenant: 'shop', jobs: [job, job], created };
  t.is(answers.Batch.parse(viewBatch(foldStates(batch, [completed, undefined]))).counts.deleted, 1);
});

test('Where nobody goes without a key, the document does not say so', (t) => {
  const closed = openApiDocument({ ...apiFacts, anonymous: false });
  t.true(byId('createJob').security.some((each) => Object.keys(each).length === 0));
  t.false(closed.paths['/jobs']!.post!.security.some((each) => Object.keys(each).length === 0));
});
