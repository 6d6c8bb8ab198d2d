// An operation of the storefront's document, from what makes it another than others: who may, what goes in, what comes
// out. Headers, errors and the curl line that all have in common are added here.
import type { ApiErrorCode } from './openapi-errors.ts';
import { commonHeaders, errorAnswers } from './openapi-errors.ts';
import type { SchemaName } from './openapi-schemas.ts';
import { refTo } from './openapi-schemas.ts';
import type {
  Answer,
  ApiFacts,
  Header,
  MediaType,
  Method,
  Operation,
  Parameter,
  RequestBody,
} from './openapi-types.ts';

/** Who may ask: anyone, whoever may make jobs, whoever may touch the job, a tenant's key, an operator's key. */
type Who = 'anyone' | 'maker' | 'owner' | 'tenant' | 'operator';

export interface OperationSketch {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly who: Who;
  readonly parameters?: readonly Parameter[];
  readonly body?: RequestBody['content'];
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Besides those of whom it is for. */
  readonly errors?: readonly ApiErrorCode[];
  /** What stands between `curl` and the address. */
  readonly curl?: string;
  /** After the path, with what curl shall show of the query. */
  readonly query?: string;
}

const key = { key: [] } as const;
const bearer = { bearer: [] } as const;
const jobTokens = [{ jobToken: [] }, { jobTokenInUrl: [] }] as const;
/** What any request can end in that is more than a page. */
const anywhere: readonly ApiErrorCode[] = ['BAD_REQUEST', 'STORE_UNAVAILABLE'];
const refused: readonly ApiErrorCode[] = [
  ...anywhere,
  'UNAUTHORIZED',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'RATE_LIMIT_EXCEEDED',
];

const callers: Readonly<Record<Who, { readonly errors: readonly ApiErrorCode[]; readonly curl: string }>> = {
  anyone: { errors: [], curl: '' },
  maker: { errors: refused, curl: '-H "X-API-Key: $KEY"' },
  owner: { errors: [...refused, 'JOB_NOT_FOUND'], curl: '-H "X-Job-Token: $TOKEN"' },
  tenant: { errors: [...refused, 'FORBIDDEN'], curl: '-H "X-API-Key: $KEY"' },
  operator: { errors: [...refused, 'FORBIDDEN'], curl: '-H "X-API-Key: $OPERATOR_KEY"' },
};

function securityFor(who: Who, { anonymous }: ApiFacts): Operation['security'] {
  if (who === 'anyone') return [{}];
  if (who === 'owner') return [...jobTokens, bearer, key];
  return [key, bearer, ...(who === 'maker' && anonymous ? [{}] : [])];
}

export function operation(method: Method, path: string, sketch: OperationSketch, facts: ApiFacts): Operation {
  const { id, tag, summary, description, who, parameters, body, answers } = sketch;
  const changes: readonly ApiErrorCode[] = method === 'get' ? [] : ['ORIGIN_NOT_ALLOWED'];
  const reads: readonly ApiErrorCode[] = body ? ['BAD_REQUEST_413', 'BAD_REQUEST_415'] : [];
  const errors = [
    ...callers[who].errors,
    ...changes,
    ...reads,
    ...(sketch.errors ?? []),
    'INTERNAL',
  ] as const;
  const headers = who === 'anyone' ? commonHeaders : { ...commonHeaders, ...rateHeaders };
  const good = Object.entries(answers).map(([status, answer]) => [
    status,
    { ...answer, headers: { ...headers, ...answer.headers } },
  ]);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: securityFor(who, facts),
    ...(parameters && { parameters }),
    ...(body && { requestBody: { required: true, content: body } }),
    responses: { ...errorAnswers(errors, facts), ...Object.fromEntries(good) },
    'x-codeSamples': [{ lang: 'Shell', source: curlLine(method, path, sketch) }],
  };
}

function curlLine(method: Method, path: string, { who, curl, query = '' }: OperationSketch): string {
  const isPlain = method === 'get' || curl?.startsWith('-F');
  const address = `"$CUTLINE${path.replace(/\{(job|task)\}/, '$JOB').replace('{name}', 'cutout')}${query}"`;
  const parts = ['curl', isPlain ? '' : `-X ${method.toUpperCase()}`, callers[who].curl, curl ?? '', address];
  return parts.filter((part) => part !== '').join(' ');
}

/** An answer in JSON. */
export function json(
  name: SchemaName | readonly SchemaName[],
  description: string,
  example?: unknown,
): Answer {
  const names: readonly SchemaName[] = typeof name === 'string' ? [name] : name;
  const schema = names.length === 1 ? refTo(names[0]!) : { anyOf: names.map(refTo) };
  const examples = example === undefined ? {} : { examples: { example: { value: example } } };
  return { description, content: { 'application/json': { schema, ...examples } } };
}

/** JSON that is sent. */
export function jsonBody(name: SchemaName, example: unknown): Record<string, MediaType> {
  return { 'application/json': { schema: refTo(name), examples: { example: { value: example } } } };
}

const text = (description: string, required = true): Header => ({
  description,
  required,
  schema: { type: 'string' },
});
const count = (description: string, required = true): Header => ({
  description,
  required,
  schema: { type: 'integer', minimum: 0 },
});

const rateHeaders: Readonly<Record<string, Header>> = {
  'X-RateLimit-Limit': count('requests in a minute'),
  'X-RateLimit-Remaining': count('what is left of them'),
  'X-RateLimit-Reset': count('when the minute ends, in seconds since 1970'),
};

export const location: Readonly<Record<string, Header>> = { Location: text('of the job or batch') };

export const copyHeaders: Readonly<Record<string, Header>> = {
  ETag: text('of this version in this form'),
  'Cache-Control': text('how long a copy is good, for whom'),
};

export const pictureHeaders: Readonly<Record<string, Header>> = {
  ...copyHeaders,
  'X-Image-Width': count('in pixels'),
  'X-Image-Height': count('in pixels'),
};

export const fileHeaders: Readonly<Record<string, Header>> = {
  'Content-Disposition': text('with a file name from your reference', false),
  ...Object.fromEntries(
    Object.entries(pictureHeaders).map(([name, header]) => [name, { ...header, required: false }]),
  ),
  ...Object.fromEntries(
    ['Left', 'Top', 'Width', 'Height'].map((side) => [
      `X-Foreground-${side}`,
      { description: 'of the subject, in pixels of this picture', schema: { type: 'integer' } },
    ]),
  ),
  'X-Print-Check': text('what `size` asks: the resolution at that size, and whether it is enough', false),
  'Server-Timing': text('steps in milliseconds, where the form was made now', false),
};

/** Of a picture that was made while one waited. */
export const workHeaders: Readonly<Record<string, Header>> = {
  'X-Processing-Time-Ms': text('what the models took'),
  'X-Original-Size': text('WIDTHxHEIGHT of the photo'),
  'X-Model-Version': text('the model'),
  'X-Degraded': text('what the picture did not get because of the load', false),
  'X-Job-Id': text('the job, which can be read as any other'),
  'X-Job-Token': text('its token'),
  'Content-Disposition': text('a name for the picture', false),
  'Server-Timing': text('steps in milliseconds', false),
};
