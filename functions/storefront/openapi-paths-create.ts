// The storefront's document: how jobs begin.

import type { ApiErrorCode } from './openapi-errors.ts';
import { created, createdBatch, givenUpload, issuedToken } from './openapi-examples.ts';
import type { OperationSketch } from './openapi-operation.ts';
import { json, jsonBody, location } from './openapi-operation.ts';
import { batchForm, jobForm, jobParameter, refineParameter } from './openapi-parameters.ts';
import type { ApiFacts, Method } from './openapi-types.ts';

const tag = 'Begin';
export const photoErrors: readonly ApiErrorCode[] = [
  'FILE_TOO_LARGE',
  'INVALID_FORMAT',
  'IMAGE_BOMB',
  'IMAGE_TOO_LARGE',
  'IMAGE_TOO_SMALL',
  'IMAGE_CORRUPT',
  'OUTPUT_TOO_LARGE',
];
const wishErrors: readonly ApiErrorCode[] = ['OPTIONS_INVALID', 'REQUEST_INVALID', 'QUOTA_EXCEEDED'];
const bodyErrors: readonly ApiErrorCode[] = ['REQUEST_TIMEOUT', 'BUSY'];

export function createPaths(facts: ApiFacts): Record<string, Partial<Record<Method, OperationSketch>>> {
  const uploadRequest = {
    content_type: 'image/jpeg',
    options: { scale: 2, effects: ['color'] },
    reference: 'order 7',
  };
  const batchRequest = {
    uploads: [
      { content_type: 'image/jpeg', reference: 'dog' },
      { content_type: 'image/png', reference: 'cat' },
    ],
    options: { effects: ['sketch'] },
  };
  const tokenRequest = { origin: 'https://shop.example', options: { scale: 2 }, ttl: 900 };
  return {
    '/jobs': {
      post: {
        id: 'createJob',
        tag,
        who: 'maker',
        summary: 'Send a photo in a form',
        description:
          'One photo, as `image` or `file`, with options of the job as further fields. It is checked by its header before the answer, and begins when the bucket tells of it.',
        body: { 'multipart/form-data': jobForm(facts) },
        answers: {
          202: { ...json('Created', 'the photo is safe and will be worked on', created), headers: location },
        },
        errors: [...wishErrors, ...photoErrors, ...bodyErrors],
        curl: '-F image=@dog.jpg -F effects=color,sketch -F reference="order 7"',
      },
    },
    '/jobs/uploads': {
      post: {
        id: 'createUpload',
        tag,
        who: 'maker',
        summary: 'Get an address to which a browser puts a photo',
        description:
          'One PUT straight to the bucket, with exactly the headers of the answer: type, size and options are in its signature, and it works once. The PUT is answered 200, 403 when it is not what was signed or has expired, and 412 when there is a photo already. The job begins when the photo is there.',
        body: jsonBody('UploadRequest', uploadRequest),
        answers: {
          201: { ...json('GivenUpload', 'where to put the photo', givenUpload), headers: location },
        },
        errors: [...wishErrors, 'INVALID_FORMAT'],
        curl: `--json '${JSON.stringify(uploadRequest)}'`,
      },
    },
    '/jobs/batch': {
      post: {
        id: 'createBatch',
        tag,
        who: 'maker',
        summary: 'Many photos at once',
        description:
          'In a form; or as JSON with `uploads`, each of which gets an address, or with `objects` that you uploaded before, but not both. All are checked first, and an error names the photo in `file`. A batch is read, watched, delivered and deleted as a job is; and so is each of its jobs.',
        body: {
          'multipart/form-data': batchForm(facts),
          ...jsonBody('BatchRequest', batchRequest),
        },
        answers: {
          202: {
            ...json('CreatedBatch', 'the jobs, in the order of the photos', createdBatch),
            headers: location,
          },
        },
        errors: [...wishErrors, ...photoErrors, ...bodyErrors, 'INPUT_NOT_FOUND', 'REQUEST_TOO_LARGE'],
        curl: '-F images=@dog.jpg -F images=@cat.png -F effects=sketch',
      },
    },
    '/jobs/{job}/mask': {
      put: {
        id: 'correctMask',
        tag,
        who: 'owner',
        summary: 'Send a corrected mask',
        description:
          'A PNG of one channel, 255 where the subject is, no larger than the cut-out and of its proportions. The cut-out and the looks are made again with it, without the segmentation model, as a job of its own: the first one stays as it was.',
        parameters: [jobParameter, refineParameter],
        body: { 'image/png': { schema: { type: 'string', format: 'binary' } } },
        answers: { 202: { ...json('Created', 'the new job', created), headers: location } },
        errors: [
          'FILE_TOO_LARGE',
          'REQUEST_INVALID',
          'JOB_NOT_READY',
          'INPUT_GONE',
          'QUOTA_EXCEEDED',
          'PUBLISH_FAILED',
          ...bodyErrors,
        ],
        curl: '-H "Content-Type: image/png" --data-binary @mask.png',
      },
    },
    '/tokens': {
      post: {
        id: 'createToken',
        tag,
        who: 'tenant',
        summary: 'Get a token for one of your pages',
        description:
          'From your server, with your key. The page sends it as `Authorization: Bearer`, with which it begins jobs of yours; it reads them with the token of each job.',
        body: jsonBody('TokenRequest', tokenRequest),
        answers: { 201: json('IssuedToken', 'bound to the page’s origin and to the options', issuedToken) },
        errors: ['OPTIONS_INVALID', 'REQUEST_INVALID'],
        curl: `--json '${JSON.stringify(tokenRequest)}'`,
      },
    },
  };
}
