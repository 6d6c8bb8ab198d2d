// Writes google-6.50.ndjson: of all that the google provider knows, the resources that are used here, without their
// descriptions. To use another resource: write it, then
//
//   npm pack @cdktf/provider-google@16.12.1 && tar xzf cdktf-provider-google-*.tgz package/.jsii
//   node terraform/testdata/reduce-schema.ts package/.jsii
import { readFile, writeFile } from 'node:fs/promises';
import { schemaFile } from './google-schema.ts';
import { blocksOf, readAll } from './read-terraform.ts';

interface Type {
  readonly primitive?: string;
  readonly fqn?: string;
  readonly collection?: { readonly kind: 'map' | 'array'; readonly elementtype: Type };
  readonly union?: { readonly types: readonly Type[] };
}

interface Property {
  readonly name: string;
  readonly optional?: boolean;
  readonly type: Type;
  readonly docs?: { readonly remarks?: string };
}

type Described = Readonly<Record<string, { readonly properties?: readonly Property[] }>>;

const PREFIX = '@cdktf/provider-google.';
/** Terraform's own arguments, which every resource has. */
const meta = new Set([
  'connection',
  'count',
  'dependsOn',
  'forEach',
  'lifecycle',
  'provider',
  'provisioners',
]);

/** A struct's fields in Terraform's own names, in order. */
function fieldsOf(types: Described, fqn: string, isTop: boolean): Record<string, unknown> {
  const properties = (types[fqn]?.properties ?? []).filter(({ name }) => !isTop || !meta.has(name));
  const fields = properties.map((property): [string, unknown] => {
    const mark = property.optional ? '' : '!';
    const word = wordFor(property.type);
    if (word !== undefined) return [nameOf(property), word + mark];
    const [inner, nesting] = structOf(property.type);
    return [nameOf(property), { [nesting + mark]: fieldsOf(types, inner, false) }];
  });
  return sorted(fields);
}

function nameOf({ name, docs }: Property): string {
  return /\/docs\/(?:resources|data-sources)\/\w+#(\w+)/.exec(docs?.remarks ?? '')?.[1] ?? snake(name);
}

function snake(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]|(?<=[A-Z])[A-Z](?=[a-z])/g, (letter) => `_${letter}`).toLowerCase();
}

function wordFor({ primitive, fqn, collection, union }: Type): string | undefined {
  if (primitive) return primitive;
  if (fqn === 'cdktf.StringMap') return 'map(string)';
  if (fqn === 'cdktf.IResolvable') return 'boolean';
  if (collection) {
    const word = wordFor(collection.elementtype);
    return word && (collection.kind === 'map' ? `map(${word})` : `${word}[]`);
  }
  const words = (union?.types ?? [])
    .filter((type) => type.fqn !== 'cdktf.IResolvable')
    .flatMap((type) => wordFor(type) ?? []);
  return words.includes('boolean') ? 'boolean' : words.length === 1 ? words[0] : undefined;
}

function structOf(type: Type): [fqn: string, nesting: 'single' | 'list'] {
  for (const { fqn, collection } of type.union?.types ?? [type]) {
    if (fqn?.startsWith(PREFIX)) return [fqn, 'single'];
    const element = collection?.elementtype;
    const inner = [element, ...(element?.union?.types ?? [])].find((one) => one?.fqn?.startsWith(PREFIX));
    if (inner) return [inner.fqn!, 'list'];
  }
  throw new Error(`Expected a struct but received ${JSON.stringify(type)}`);
}

/** What only Google knows: the class's attributes that are no input. */
function computedOf(types: Described, fqn: string, inputs: Record<string, unknown>): Record<string, unknown> {
  const properties = (types[fqn]?.properties ?? []).map(
    ({ name, type }) => [snake(name), wordFor(type)] as const,
  );
  return sorted(
    properties.filter(
      ([name, word]) =>
        word !== undefined && !(name in inputs) && !name.endsWith('_input') && name !== 'tf_resource_type',
    ),
  );
}

function sorted(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function reduce(jsii: string): Promise<string> {
  const { types } = JSON.parse(await readFile(jsii, 'utf8')) as { types: Described };
  const modules = await readAll();
  const classes = new Map(Object.keys(types).map((fqn) => [fqn.toLowerCase(), fqn]));
  const line = (kind: 'resource' | 'data', name: string): unknown => {
    const short = `${kind === 'data' ? 'dataGoogle' : ''}${name.replace(/^google|_/g, '')}`;
    const fqn = classes.get(`${PREFIX}${short}.${short}`.toLowerCase());
    if (!fqn) throw new Error(`Expected a resource of the google provider but received ${name}`);
    const attributes = fieldsOf(types, `${fqn}Config`, true);
    return { [kind]: name, attributes, computed: computedOf(types, fqn, attributes) };
  };
  const used = (kind: 'resource' | 'data') =>
    [...new Set(blocksOf(modules, kind).map(({ type }) => type))].sort();
  const provider = Object.entries(fieldsOf(types, `${PREFIX}provider.GoogleProviderConfig`, true));
  const lines = [
    { source: 'hashicorp/google 6.50.0 via @cdktf/provider-google 16.12.1' },
    {
      provider: 'google',
      attributes: Object.fromEntries(provider.filter(([name]) => !name.endsWith('_custom_endpoint'))),
    },
    ...used('resource').map((name) => line('resource', name)),
    ...used('data').map((name) => line('data', name)),
  ];
  return `${lines.map((one) => JSON.stringify(one)).join('\n')}\n`;
}

await writeFile(schemaFile, await reduce(process.argv[2]!));
