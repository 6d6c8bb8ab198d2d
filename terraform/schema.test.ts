import test from 'ava';
import { faultsOf, readSchema } from './testdata/google-schema.ts';
import { blocksOf, parseBlocks, readAll } from './testdata/read-terraform.ts';

const schema = readSchema();
const modules = await readAll();

test('Every resource, data source and provider has what the google provider asks for, and nothing that it does not know', (t) => {
  const blocks = ['resource', 'data', 'provider'].flatMap((kind) => blocksOf(modules, kind));
  t.true(blocks.length > 50);
  t.deepEqual(
    blocks.flatMap((block) => faultsOf(block, schema)),
    [],
  );
});

test('The reduced schema has what is used and no more', (t) => {
  const used = ['resource', 'data'].flatMap((kind) =>
    blocksOf(modules, kind).map(({ type }) => `${kind} ${type}`),
  );
  t.deepEqual([...schema.keys()].sort(), [...new Set(used), 'provider google'].sort());
});

const wrong: readonly (readonly [what: string, hcl: string, faults: readonly string[]])[] = [
  [
    'an unknown resource',
    'resource "google_pubsub_topik" "x" {}',
    ['resource google_pubsub_topik is not in the schema'],
  ],
  ['a missing attribute', 'resource "google_pubsub_topic" "x" {}', ['google_pubsub_topic.x.name is missing']],
  [
    'an unknown attribute',
    'resource "google_pubsub_topic" "x" {\n name = "a"\n titel = "b"\n}',
    ['google_pubsub_topic.x.titel is unknown'],
  ],
  [
    'an unknown block',
    'resource "google_pubsub_topic" "x" {\n name = "a"\n policy {}\n}',
    ['google_pubsub_topic.x.policy is unknown'],
  ],
  [
    'a wrong type',
    'resource "google_pubsub_topic" "x" {\n name = "a"\n labels = "b"\n}',
    ['google_pubsub_topic.x.labels is no map(string)'],
  ],
  [
    'a text for a number, an expression inside it or not',
    `resource "google_pubsub_subscription" "x" {\n name = "a"\n topic = var.t\n ack_deadline_seconds = "\${var.s}0"\n}`,
    ['google_pubsub_subscription.x.ack_deadline_seconds is no number'],
  ],
  [
    'a block that is there twice',
    'resource "google_pubsub_subscription" "x" {\n name = "a"\n topic = var.t\n expiration_policy {\n ttl = ""\n }\n expiration_policy {\n ttl = ""\n }\n}',
    ['google_pubsub_subscription.x.expiration_policy is there 2 times'],
  ],
  [
    'an attribute missing in a nested block',
    'resource "google_pubsub_subscription" "x" {\n name = "a"\n topic = var.t\n push_config {\n oidc_token {}\n }\n}',
    [
      'google_pubsub_subscription.x.push_config.push_endpoint is missing',
      'google_pubsub_subscription.x.push_config.oidc_token.service_account_email is missing',
    ],
  ],
  [
    'an unknown attribute in a dynamic block',
    'resource "google_storage_bucket" "x" {\n name = "a"\n location = "b"\n dynamic "cors" {\n for_each = [1]\n content {\n origins = ["*"]\n }\n }\n}',
    ['google_storage_bucket.x.cors.origins is unknown'],
  ],
  ['nothing wrong', 'resource "google_pubsub_topic" "x" {\n for_each = toset([])\n name = each.key\n}', []],
];

for (const [what, hcl, faults] of wrong) {
  test(`The check finds ${what}`, async (t) => {
    const blocks = await parseBlocks('x.tf', hcl);
    t.deepEqual(
      blocks.flatMap((block) => faultsOf(block, schema)),
      faults,
    );
  });
}

test('A call of a module gives what its variables ask for', (t) => {
  const folders: Readonly<Record<string, string>> = {
    './modules/stage': 'modules/stage',
    './modules/push': 'modules/push',
  };
  const faults: string[] = [];
  for (const call of blocksOf(modules, 'module')) {
    const folder = folders[String(call.body.source)];
    const variables = blocksOf(
      modules.filter((one) => one.folder === folder),
      'variable',
    );
    t.true(variables.length > 0, call.file);
    const given = Object.keys(call.body).filter(
      (key) => !['source', 'for_each', 'count', 'depends_on'].includes(key),
    );
    const known = variables.map(({ name }) => name);
    const needed = variables.filter(({ body }) => !('default' in body)).map(({ name }) => name);
    faults.push(...given.filter((key) => !known.includes(key)).map((key) => `${call.file} gives ${key}`));
    faults.push(...needed.filter((key) => !given.includes(key)).map((key) => `${call.file} lacks ${key}`));
  }
  t.deepEqual(faults, []);
});

test('Each variable and local that is used is there, and each that is there is used', (t) => {
  for (const { folder, text, blocks } of modules) {
    const used = (pattern: RegExp) =>
      [...new Set([...text.matchAll(pattern)].map((match) => match[1]!))].sort();
    // A variable's own validation is no use.
    const outside = text.replace(/^variable "[\s\S]*?^\}/gm, '');
    const variables = blocks.filter(({ kind }) => kind === 'variable').map(({ name }) => name);
    t.deepEqual(
      used(/\bvar\.([a-z_0-9]+)/g).filter((name) => !variables.includes(name)),
      [],
      folder,
    );
    t.deepEqual(
      variables.filter((name) => !new RegExp(`\\bvar\\.${name}\\b`).test(outside)),
      [],
      folder,
    );
    const locals = blocks.filter(({ kind }) => kind === 'locals').flatMap(({ body }) => Object.keys(body));
    t.deepEqual(used(/\blocal\.([a-z_0-9]+)/g), locals.sort(), folder);
  }
});
