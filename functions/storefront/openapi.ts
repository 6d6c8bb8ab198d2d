// The storefront's API as an OpenAPI 3.1 document, made of the schemas that validate, the table of errors and the limits
// of this very service, so that there is no second list to forget.
import { tiers } from '../../shared/tenant.ts';
import { errorExamples } from './openapi-errors.ts';
import type { OperationSketch } from './openapi-operation.ts';
import { operation } from './openapi-operation.ts';
import { createPaths } from './openapi-paths-create.ts';
import { jobPaths } from './openapi-paths-jobs.ts';
import { nowPaths } from './openapi-paths-now.ts';
import { servicePaths } from './openapi-paths-service.ts';
import { namedSchemas } from './openapi-schemas.ts';
import type { ApiFacts, Method, OpenApiDocument, Operation } from './openapi-types.ts';

const securitySchemes = {
  key: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'A shop’s or an operator’s key, for servers alone. It opens all jobs of its shop.',
  },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key; or the token of a page, sent from that page; or, of a job, its own token.',
  },
  jobToken: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Job-Token',
    description: 'The token that came with the job, which opens it and no other.',
  },
  jobTokenInUrl: {
    type: 'apiKey',
    in: 'query',
    name: 'token',
    description: 'The same where no header can be sent: pictures on a page, event sources, links.',
  },
} as const;

export const tags = [
  { name: 'Begin', description: 'A photo becomes a job; its token comes with the answer.' },
  { name: 'Watch', description: 'How far it is, and first pictures of it.' },
  { name: 'Deliver', description: 'The results, in the form that you need.' },
  { name: 'While you wait', description: 'A photo in, its picture out, in one request.' },
  { name: 'Keep and delete', description: 'For an order, or for good.' },
  { name: 'The service', description: 'How it is, and this document.' },
] as const;

/** @returns the same for the same facts */
export function openApiDocument(facts: ApiFacts): OpenApiDocument {
  const sketches = { ...createPaths(facts), ...jobPaths(facts), ...nowPaths(), ...servicePaths(facts) };
  const items = Object.entries(sketches).map(([path, item]) => [path, itemOf(path, item, facts)]);
  const paths: OpenApiDocument['paths'] = Object.fromEntries(items);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Cutline',
      version: facts.version,
      summary: 'Turns pet and product photos into print-ready pictures.',
      description: descriptionOf(facts),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: facts.address ?? '/' }],
    tags,
    paths,
    components: { schemas: namedSchemas(), examples: errorExamples(paths, facts), securitySchemes },
  };
}

function itemOf(
  path: string,
  item: Partial<Record<Method, OperationSketch>>,
  facts: ApiFacts,
): Partial<Record<Method, Operation>> {
  const entries = Object.entries(item) as [Method, OperationSketch][];
  return Object.fromEntries(
    entries.map(([method, sketch]) => [method, operation(method, path, sketch, facts)]),
  );
}

function descriptionOf({ limits, rateLimitPerMinute, rateLimitPerSecond, anonymous }: ApiFacts): string {
  const megabytes = limits.maxFileBytes / 2 ** 20;
  return [
    `Photos are JPEG, PNG, WebP, AVIF, GIF, BMP or HEIC, of at most ${megabytes} MB, ${limits.maxLongSide}×${limits.maxShortSide} pixels and ${limits.maxPixels / 1e6} megapixels, and no side under ${limits.minSide} pixels.`,
    `Whoever begins a job gets its token. With it, or with the shop’s key, the job is read, changed and deleted; its id alone opens nothing.`,
    anonymous ? 'One may go without a key here.' : 'Jobs are begun with a key, or with a page’s token.',
    `Without a key ${rateLimitPerSecond} requests a second and ${rateLimitPerMinute} a minute begin something; shops have ${Object.values(tiers).join(', ')} a minute by their tier. Asking how it goes is counted apart, and more generously.`,
    'An error is JSON with `error_code`, `detail` for people, fields of its own and the request’s id.',
  ].join('\n\n');
}
