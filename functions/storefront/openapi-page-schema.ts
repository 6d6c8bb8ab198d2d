// Schemas as people read them: a type in words, and a list of properties.
import type { Html } from './openapi-page-html.ts';
import { html, inline } from './openapi-page-html.ts';
import type { Parameter, Schema } from './openapi-types.ts';

/** A line of a list: what it is called, what it may be, what it is for. */
export interface Entry {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
  readonly description: string | undefined;
  /** What it may be, where nothing is said of what it else is. */
  readonly example?: unknown;
}

export function entryOf({ name, schema, required = false, description, example }: Parameter): Entry {
  const isTold = example !== undefined && schema.default === undefined && schema.enum === undefined;
  return { name, schema, required, description, ...(isTold && { example }) };
}

export function entriesOf(schema: Schema): Entry[] {
  const required = (schema.required ?? []) as readonly string[];
  return Object.entries((schema.properties ?? {}) as Readonly<Record<string, Schema>>).map(
    ([name, property]) => ({
      name,
      schema: property,
      required: required.includes(name),
      description: property.description as string | undefined,
    }),
  );
}

export function entryList(entries: readonly Entry[]): Html {
  const shown = entries.map(({ name, schema, required, description, example }) => {
    const isNeeded = required && html` <b>required</b>`;
    const meaning = description !== undefined && inline(description);
    const such = example !== undefined && html`, such as <code>${plain(example)}</code>`;
    return html`<div><dt><code>${name}</code> ${typeOf(schema)}${isNeeded}${defaultOf(schema)}</dt>
<dd>${meaning}${such}${nestedOf(schema)}</dd></div>`;
  });
  return html`<dl class="entries">${shown}</dl>`;
}

function defaultOf({ default: fallback }: Schema): Html | undefined {
  const isTold = fallback !== undefined && JSON.stringify(fallback) !== '{}';
  return isTold ? html`<span class="default">default ${plain(fallback)}</span>` : undefined;
}

/** Objects within, behind a line that opens them. */
function nestedOf(schema: Schema): Html | undefined {
  const { items, additionalProperties: byName } = schema;
  const inner = (items ?? (typeof byName === 'object' ? byName : schema)) as Schema;
  const object = ((inner.anyOf as readonly Schema[] | undefined) ?? [inner]).find((one) => one.properties);
  if (!object) return undefined;
  return html`<details><summary>its properties</summary>${entryList(entriesOf(object))}</details>`;
}

/** In words: `1 | 2 | 4`, `number 0–1`, `list of text`, or a link to a named schema. */
export function typeOf(schema: Schema): Html {
  return html`<span class="type">${wordsFor(schema)}</span>`;
}

function wordsFor(schema: Schema): Html {
  const { $ref, enum: choices, const: only, type, items, additionalProperties } = schema;
  if (typeof $ref === 'string') return nameLink($ref.split('/').at(-1)!);
  if (only !== undefined) return html`${plain(only)}`;
  if (Array.isArray(choices)) return html`${choices.map(plain).join(' | ')}`;
  const several = (schema.anyOf ?? schema.oneOf) as readonly Schema[] | undefined;
  if (several && !schema.properties) return joined(several.map(wordsFor), ' or ');
  if (Array.isArray(type))
    return joined(
      type.map((one) => wordsFor({ ...schema, type: one })),
      ' or ',
    );
  if (type === 'array') return html`list of ${wordsFor((items ?? {}) as Schema)}`;
  if (type === 'object' && typeof additionalProperties === 'object')
    return html`by name: ${wordsFor(additionalProperties as Schema)}`;
  return html`${simple(schema)}`;
}

const simpleTypes: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true | false',
  null: 'null',
  object: 'object',
};

function simple({ type = 'anything', format, minimum, maximum }: Schema): string {
  if (format === 'binary') return 'file';
  if (format === 'date-time') return 'time';
  const name = simpleTypes[String(type)] ?? String(type);
  if (minimum === undefined && maximum === undefined) return name;
  if (maximum === undefined) return `${name} from ${minimum}`;
  return `${name} ${minimum}–${maximum}`;
}

export function nameLink(name: string): Html {
  return html`<a href="#${name}">${name}</a>`;
}

function joined(pieces: readonly Html[], between: string): Html {
  return html`${pieces.map((piece, index) => html`${index > 0 && between}${piece}`)}`;
}

function plain(value: unknown): string {
  return Array.isArray(value) ? value.map(plain).join(', ') : String(value);
}
