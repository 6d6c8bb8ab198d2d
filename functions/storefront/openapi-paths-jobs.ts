// The storefront's document: how a job is read, watched, delivered, kept and deleted.
import { address, batch, completedJob, events, failedJob, kept, unfinishedJob } from './openapi-examples.ts';
import type { OperationSketch } from './openapi-operation.ts';
import { copyHeaders, fileHeaders, json, location, pictureHeaders } from './openapi-operation.ts';
import {
  fileParameter,
  filesKeyParameter,
  finishParameters,
  ifNoneMatch,
  jobParameter,
  lastEventId,
  previewParameter,
  previewSizeParameter,
} from './openapi-parameters.ts';
import { refTo } from './openapi-schemas.ts';
import type { Answer, ApiFacts, MediaType, Method } from './openapi-types.ts';

const binary: MediaType = { schema: { type: 'string', format: 'binary' } };
const notModified: Answer = { description: 'your copy is good', headers: copyHeaders };
const pictureErrors = ['FILE_NOT_FOUND', 'JOB_NOT_READY', 'BUSY', 'TOO_MANY_FORMS'] as const;

export function jobPaths(facts: ApiFacts): Record<string, Partial<Record<Method, OperationSketch>>> {
  return {
    '/jobs/{job}': {
      get: {
        id: 'readJob',
        tag: 'Watch',
        who: 'owner',
        summary: 'How far a job or a batch is',
        parameters: [jobParameter],
        answers: { 200: readAnswer },
      },
      delete: {
        id: 'deleteJob',
        tag: 'Keep and delete',
        who: 'owner',
        summary: 'Delete a job or a batch',
        description:
          'Everything of it: the photo, the results, what a cache had of them. Work that is under way ends with nothing.',
        parameters: [jobParameter],
        answers: { 204: { description: 'it is gone' } },
      },
    },
    '/jobs/{job}/events': {
      get: {
        id: 'watchJob',
        tag: 'Watch',
        who: 'owner',
        summary: 'Be told of every change',
        description:
          'Server-sent events, for a browser’s EventSource: `queued`, `processing`, `completed`, `failed`, each with what GET /jobs/{job} answers, and `gone` when it was deleted. It ends with the job, or after four minutes: an EventSource then comes back by itself.',
        parameters: [jobParameter, lastEventId],
        answers: {
          200: {
            description: 'events, until the end',
            content: {
              'text/event-stream': { schema: refTo('JobEvent'), examples: { events: { value: events } } },
            },
          },
        },
        curl: '-N',
      },
    },
    '/jobs/{job}/files/{name}': {
      get: {
        id: 'readFile',
        tag: 'Deliver',
        who: 'owner',
        summary: 'A file of a job, in the form that you ask for',
        description: `Made when it is first asked for, and kept. A file of more than ${facts.maxInlineBytes / 2 ** 20} MB is answered with an address: whoever asks for a picture, as a page’s \`<img>\` does, is sent there, and who takes anything gets it as JSON.`,
        parameters: [jobParameter, fileParameter, ...finishParameters(facts), filesKeyParameter, ifNoneMatch],
        answers: {
          200: {
            description: 'the file, or its address where it is large',
            headers: fileHeaders,
            content: {
              'image/png': binary,
              'image/webp': binary,
              'image/jpeg': binary,
              'application/zip': binary,
              'application/json': { schema: refTo('Address'), examples: { large: { value: address } } },
            },
          },
          302: { description: 'the file is large and lies there', headers: location },
          304: notModified,
        },
        errors: ['OPTIONS_INVALID', 'OUTPUT_TOO_LARGE', 'INPUT_GONE', ...pictureErrors],
        query: '?background=ff0000&format=jpeg',
        curl: '-o red.jpg',
      },
    },
    '/jobs/{job}/previews/{name}': {
      get: {
        id: 'readPreview',
        tag: 'Watch',
        who: 'owner',
        summary: 'A small picture of a file',
        description: 'WebP, there as soon as its stage has ended.',
        parameters: [jobParameter, previewParameter, previewSizeParameter, ifNoneMatch],
        answers: {
          200: { description: 'the picture', headers: pictureHeaders, content: { 'image/webp': binary } },
          304: notModified,
        },
        errors: ['REQUEST_INVALID', ...pictureErrors],
        curl: '-o preview.webp',
      },
    },
    '/jobs/{job}/result.zip': {
      get: {
        id: 'readZip',
        tag: 'Deliver',
        who: 'owner',
        summary: 'All files of a job or a batch',
        parameters: [jobParameter, ifNoneMatch],
        answers: {
          200: {
            description: 'the files, in a folder for each job of a batch',
            headers: copyHeaders,
            content: { 'application/zip': binary },
          },
          304: notModified,
        },
        errors: ['FILE_NOT_FOUND', 'JOB_NOT_READY'],
        curl: '-o result.zip',
      },
    },
    '/jobs/{job}/keep': {
      post: {
        id: 'keepJob',
        tag: 'Keep and delete',
        who: 'owner',
        summary: 'Keep a completed job for a year',
        description: 'At order time: what is not kept goes after thirty days, and the photo after one.',
        parameters: [jobParameter],
        answers: { 200: json('Kept', 'it is kept, which may have been so before', kept) },
        errors: ['JOB_NOT_READY'],
      },
    },
  };
}

const readAnswer: Answer = {
  description: 'the job, or the batch',
  content: {
    'application/json': {
      schema: { anyOf: (['UnfinishedJob', 'CompletedJob', 'FailedJob', 'Batch'] as const).map(refTo) },
      examples: {
        processing: { value: unfinishedJob },
        completed: { value: completedJob },
        failed: { value: failedJob },
        batch: { value: batch },
      },
    },
  },
};
