// The google provider's schema, reduced to what is used here, and what is wrong with a block that is held against it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block, Body, Value } from './read-terraform.ts';

export const schemaFile = join(import.meta.dirname, 'google-6.50.ndjson');

/** A type, with a ! where it must be given; or a nested block: once, or as often as one likes. */
type Field = string | { readonly [nesting: string]: Fields };
interface Fields {
  readonly [name: string]: Field;
}

interface Line {
  readonly provider?: string;
  readonly resource?: string;
  readonly data?: string;
  readonly attributes: Fields;
}

export type Schema = ReadonlyMap<string, Fields>;

/** By `resource google_pubsub_topic`, `data google_project`, `provider google`. */
export function readSchema(): Schema {
  const lines = readFileSync(schemaFile, 'utf8').trim().split('\n').slice(1);
  return new Map(
    lines.map((line) => {
      const { provider, resource, data, attributes } = JSON.parse(line) as Line;
      const key = resource ? `resource ${resource}` : data ? `data ${data}` : `provider ${provider}`;
      return [key, attributes];
    }),
  );
}

/** Arguments of Terraform itself. */
const meta = new Set(['for_each', 'count', 'depends_on', 'lifecycle', 'provider']);

/** @returns a sentence for everything that the provider would refuse */
export function faultsOf(block: Block, schema: Schema): string[] {
  const fields = schema.get(`${block.kind} ${block.type || block.name}`);
  if (!fields) return [`${block.kind} ${block.type || block.name} is not in the schema`];
  const own = Object.entries(block.body).filter(([key]) => !meta.has(key));
  return faultsIn(Object.fromEntries(own), fields, block.address);
}

function faultsIn(body: Body, fields: Fields, at: string): string[] {
  const dynamic = (body.dynamic ?? {}) as Body;
  const given = Object.entries(body).filter(([key]) => key !== 'dynamic');
  const missing = Object.entries(fields)
    .filter(([name, field]) => isRequired(field) && !(name in body) && !(name in dynamic))
    .map(([name]) => `${at}.${name} is missing`);
  const wrong = given.flatMap(([name, value]) => faultsOfField(value, fields[name], `${at}.${name}`));
  const wrongDynamic = Object.entries(dynamic).flatMap(([name, blocks]) => {
    const contents = (blocks as Body[]).flatMap(({ content }) => content as Body[]);
    const field = fields[name];
    if (typeof field === 'string') return [`${at}.${name} is no block`];
    // How many there will be, only a plan knows.
    return contents.flatMap((content) => faultsOfField([content], field, `${at}.${name}`));
  });
  return [...missing, ...wrong, ...wrongDynamic];
}

function isRequired(field: Field): boolean {
  return (typeof field === 'string' ? field : Object.keys(field)[0]!).endsWith('!');
}

function faultsOfField(value: Value, field: Field | undefined, at: string): string[] {
  if (field === undefined) return [`${at} is unknown`];
  if (typeof field === 'string') return fits(value, field.replace('!', '')) ? [] : [`${at} is no ${field}`];
  const [[nesting, inner]] = Object.entries(field) as [[string, Fields]];
  if (!Array.isArray(value) || !value.every(isBody)) return [`${at} is no block`];
  if (nesting.startsWith('single') && value.length > 1) return [`${at} is there ${value.length} times`];
  return value.flatMap((body) => faultsIn(body as Body, inner, at));
}

function fits(value: Value, type: string): boolean {
  if (isExpression(value) || value === null) return true;
  if (type.endsWith('[]')) return Array.isArray(value) && value.every((one) => fits(one, type.slice(0, -2)));
  if (type.startsWith('map('))
    return isBody(value) && Object.values(value as Body).every((one) => fits(one, type.slice(4, -1)));
  return typeof value === type;
}

/** One whole expression can be of any type; a text with an expression in it is a text. */
function isExpression(value: Value): boolean {
  return typeof value === 'string' && /^\$\{(?:(?!\}.*\$\{)[\s\S])*\}$/.test(value);
}

function isBody(value: Value): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
