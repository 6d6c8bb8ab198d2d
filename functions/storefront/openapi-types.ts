// What of OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html) the storefront's document is made of.
import type { ImageLimits } from '../../shared/image/limits.ts';

/** JSON Schema 2020-12, or a reference to a named one. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Example {
  readonly summary?: string;
  readonly value: unknown;
}

export interface MediaType {
  readonly schema?: Schema;
  /** Of a form: which content type a part has. */
  readonly encoding?: Readonly<Record<string, { readonly contentType: string }>>;
  readonly examples?: Readonly<Record<string, Example | { readonly $ref: string }>>;
}

export interface Header {
  readonly description: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Header>>;
  readonly content?: Readonly<Record<string, MediaType>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly example?: unknown;
}

export interface RequestBody {
  readonly description?: string;
  readonly required: boolean;
  readonly content: Readonly<Record<string, MediaType>>;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly [string];
  readonly summary: string;
  readonly description?: string;
  /** One of them; an empty one is nothing at all. */
  readonly security: readonly Readonly<Record<string, readonly []>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: RequestBody;
  readonly responses: Readonly<Record<string, Answer>>;
  /** What redoc and its like show as well; the first is a curl line. */
  readonly 'x-codeSamples': readonly { readonly lang: 'Shell'; readonly source: string }[];
}

export const methods = ['get', 'post', 'put', 'delete'] as const;
export type Method = (typeof methods)[number];
export type PathItem = Readonly<Partial<Record<Method, Operation>>>;

export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: Readonly<Record<'title' | 'version' | 'summary' | 'description', string>> & {
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly examples: Readonly<Record<string, Example>>;
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}

/** What of a service's configuration its callers have to know. */
export interface ApiFacts {
  readonly version: string;
  /** Where the service is; relative to the document where nothing is given. */
  readonly address?: string;
  readonly limits: ImageLimits;
  /** Names of the backgrounds that ship. */
  readonly templates: readonly string[];
  /** Whether one may go without a key. */
  readonly anonymous: boolean;
  readonly rateLimitPerMinute: number;
  readonly rateLimitPerSecond: number;
  readonly warmupsPerDay: number;
  /** Of all files of a form together. */
  readonly maxBatchBytes: number;
  /** A file with more is answered with an address. */
  readonly maxInlineBytes: number;
}
