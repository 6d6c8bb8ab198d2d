// The storefront's document: how the service itself is, and what tells of it.
import { health, warmth } from './openapi-examples.ts';
import type { OperationSketch } from './openapi-operation.ts';
import { json } from './openapi-operation.ts';
import { ifNoneMatch, waitParameter } from './openapi-parameters.ts';
import type { Answer, ApiFacts, Header, Method } from './openapi-types.ts';

const tag = 'The service';
const etag: Readonly<Record<string, Header>> = {
  ETag: { description: 'of this version', required: true, schema: { type: 'string' } },
};
const textAnswer = (type: string, description: string, headers = {}): Answer => ({
  description,
  headers,
  content: { [type]: { schema: { type: 'string' } } },
});
const notModified: Answer = { description: 'your copy is good', headers: etag };

export function servicePaths({
  warmupsPerDay,
}: ApiFacts): Record<string, Partial<Record<Method, OperationSketch>>> {
  return {
    '/warmup': {
      post: {
        id: 'warmUp',
        tag,
        who: 'maker',
        summary: 'Wish that the stages be warm',
        description: `Worth it when somebody begins to choose a photo. Wishes at the same time count as one, and ${warmupsPerDay} a day may wake a cold stage. It waits until all are warm, at most four minutes; with \`wait=false\` not at all.`,
        parameters: [waitParameter],
        answers: {
          200: json('Warmth', 'all are warm', { ...warmth, status: 'warm', stages: {} }),
          202: json('Warmth', 'not all of them yet', warmth),
        },
        errors: ['QUOTA_EXCEEDED', 'PUBLISH_FAILED'],
        query: '?wait=false',
      },
    },
    '/health': {
      get: {
        id: 'readHealth',
        tag,
        who: 'anyone',
        summary: 'How the service is',
        description:
          'With what is known of the stages, of which none is woken. An operator’s key opens more.',
        answers: {
          200: json('Health', 'it works, or works under heavy load', health),
          503: json('Unhealthy', 'its store does not answer'),
        },
        errors: ['UNAUTHORIZED', 'TOKEN_INVALID', 'TOKEN_EXPIRED', 'RATE_LIMIT_EXCEEDED'],
      },
    },
    '/startup': {
      get: {
        id: 'readStartup',
        tag,
        who: 'anyone',
        summary: 'Whether it can answer',
        answers: {
          200: {
            description: 'it can',
            content: {
              'application/json': {
                schema: { type: 'object', properties: { status: { const: 'ready' } }, required: ['status'] },
              },
            },
          },
        },
      },
    },
    '/metrics': {
      get: {
        id: 'readMetrics',
        tag,
        who: 'operator',
        summary: 'Measurements for Prometheus',
        answers: { 200: textAnswer('text/plain', 'Prometheus’ text format') },
      },
    },
    '/openapi.json': {
      get: {
        id: 'readDocument',
        tag,
        who: 'anyone',
        summary: 'This document',
        parameters: [ifNoneMatch],
        answers: {
          200: {
            description: 'OpenAPI 3.1',
            headers: etag,
            content: {
              'application/json': { schema: { type: 'object', required: ['openapi', 'info', 'paths'] } },
            },
          },
          304: notModified,
        },
      },
    },
    '/docs': {
      get: {
        id: 'readPage',
        tag,
        who: 'anyone',
        summary: 'This document as a page',
        parameters: [ifNoneMatch],
        answers: { 200: textAnswer('text/html', 'the page', etag), 304: notModified },
      },
    },
  };
}
