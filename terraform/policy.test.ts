import test from 'ava';
import { configVariables } from '../shared/config/variables.ts';
import type { Body } from './testdata/read-terraform.ts';
import { blocksOf, nested, readAll } from './testdata/read-terraform.ts';

const modules = await readAll();
const root = modules.filter(({ folder }) => folder === '');
const stage = modules.filter(({ folder }) => folder === 'modules/stage');
const resources = blocksOf(modules, 'resource');
const ofType = (type: string) => resources.filter((resource) => resource.type === type);

test('Every variable is described, typed and validated, and a refusal says what was expected', (t) => {
  const variables = blocksOf(modules, 'variable');
  t.true(variables.length > 60);
  for (const { name, body, file } of variables) {
    t.regex(String(body.description ?? ''), /^[A-Z][\s\S]{10,}\.$/u, `${file}: ${name}`);
    t.truthy(body.type, `${file}: ${name}`);
    const refusals = nested(body, 'validation').map(({ error_message }) => String(error_message));
    t.true(refusals.length > 0, `${file}: ${name}`);
    for (const refusal of refusals) {
      t.regex(refusal, /^Expected /, `${file}: ${name}`);
      t.true(refusal.includes(name), `${file}: ${refusal}`);
    }
  }
});

test('Every output is described', (t) => {
  const outputs = blocksOf(modules, 'output');
  t.true(outputs.length > 15);
  for (const { name, body, file } of outputs)
    t.regex(String(body.description ?? ''), /.{10,}/, `${file}: ${name}`);
});

test('Every module is for the provider’s versions 6.40 to 7', (t) => {
  for (const { folder, blocks } of modules) {
    const [settings] = blocks.filter(
      ({ kind, body }) => kind === 'terraform' && 'required_providers' in body,
    );
    t.is(settings?.body.required_version, '>= 1.11', folder);
    t.deepEqual(
      settings?.body.required_providers,
      [{ google: { source: 'hashicorp/google', version: '>= 6.40, < 8' } }],
      folder,
    );
  }
});

test('Roles are given one by one, none of them primitive, and none on the project but to the account that builds', (t) => {
  const grants = resources.filter(({ type }) => /_iam_/.test(type));
  t.true(grants.length > 15);
  t.deepEqual(
    grants.filter(({ type }) => !type.endsWith('_iam_member')).map(({ address }) => address),
    [],
  );
  const roles = modules.flatMap(({ folder, text }) =>
    [...text.matchAll(/"(roles\/[^"]*)"/g)].map(([, role]) => [folder, role!] as const),
  );
  for (const [folder, role] of roles) {
    t.regex(role, /^roles\/[a-z]+(\.[A-Za-z]+)$/, role);
    if (folder !== 'bootstrap') t.notRegex(role, /admin/i, role);
  }
  t.deepEqual(
    grants.filter(({ type }) => type === 'google_project_iam_member').map(({ file }) => file),
    ['bootstrap/build-account.tf'],
  );
});

test('Nobody but the storefront is open to all', (t) => {
  const open = resources.filter(({ body }) => /allUsers|allAuthenticatedUsers/.test(JSON.stringify(body)));
  t.deepEqual(
    open.map(({ address, body }) => [address, body.name]),
    [
      [
        'google_cloud_run_v2_service_iam_member.public',
        expression('google_cloud_run_v2_service.function["storefront"].name'),
      ],
    ],
  );
  const unasked = modules.flatMap(({ text }) =>
    [...text.matchAll(/invoker_iam_disabled *= (.*)/g)].map(([, when]) => when),
  );
  t.deepEqual(unasked, ['each.key == "storefront" && var.is_sharing_restricted ? true : null']);
});

test('A stage scales to zero, and with a GPU has CPUs that are always there, in one zone', (t) => {
  const [service, ...others] = blocksOf(stage, 'resource').filter(
    ({ type }) => type === 'google_cloud_run_v2_service',
  );
  t.deepEqual(others, []);
  const [template] = nested(service!.body, 'template');
  const [container] = nested(template!, 'containers');
  t.is(nested(template!, 'scaling')[0]!.min_instance_count, 0);
  t.is(template!.gpu_zonal_redundancy_disabled, expression('var.gpu ? true : null'));
  t.is(nested(container!, 'resources')[0]!.cpu_idle, expression('!var.gpu'));
  t.is(nested(container!, 'resources')[0]!.startup_cpu_boost, true);
  t.is(nested(container!, 'startup_probe').length + nested(container!, 'liveness_probe').length, 2);
  t.true((defaultOf('cpu') as number) >= 4 && (defaultOf('memory_gib') as number) >= 16);
  t.is(defaultOf('gpu'), true);
  t.is(defaultOf('timeout_seconds'), 600);
  t.is(defaultOf('concurrency'), 10);
  t.is(defaultOf('max_instances'), 3);
  const probe = String(variable('startup_probe').type);
  const number = (field: string) =>
    Number(new RegExp(`${field}\\s*=\\s*optional\\(number, (\\d+)\\)`).exec(probe)?.[1]);
  t.is(number('period_seconds') * number('failure_threshold'), 240);
  t.true(number('timeout_seconds') <= number('period_seconds'));
});

test('There is one kind of subscription: with a token, 600 seconds, back-off, and both grants of a dead letter', (t) => {
  const [subscription, ...others] = ofType('google_pubsub_subscription');
  t.deepEqual(others, []);
  const { body } = subscription!;
  const [push] = nested(body, 'push_config');
  t.deepEqual(nested(push!, 'oidc_token'), [
    {
      service_account_email: expression('var.push_account'),
      audience: expression('coalesce(var.audience, var.service_url)'),
    },
  ]);
  t.is(body.ack_deadline_seconds, expression('var.ack_deadline_seconds'));
  t.deepEqual(nested(body, 'retry_policy'), [{ minimum_backoff: '10s', maximum_backoff: '600s' }]);
  t.is(nested(body, 'dead_letter_policy').length, 1);
  const grant = (address: string): Body => resources.find((resource) => resource.address === address)!.body;
  t.is(grant('google_pubsub_subscription_iam_member.dead_letter_source').role, 'roles/pubsub.subscriber');
  t.is(grant('google_pubsub_topic_iam_member.dead_letter').role, 'roles/pubsub.publisher');
});

test('Both buckets are private, and what is deleted there is gone', (t) => {
  const buckets = ofType('google_storage_bucket').filter(({ file }) => file === 'buckets.tf');
  t.is(buckets.length, 2);
  for (const { body, name } of buckets) {
    t.is(body.public_access_prevention, 'enforced', name);
    t.is(body.uniform_bucket_level_access, true, name);
    t.deepEqual(nested(body, 'soft_delete_policy'), [{ retention_duration_seconds: 0 }], name);
    t.deepEqual(nested(body, 'versioning'), [{ enabled: false }], name);
    t.is(nested(body, 'cors').length, 1, name);
  }
});

test('Services get environment variables that parseConfig knows, and the framework’s own two', (t) => {
  const written = [...root, ...stage].flatMap(({ text }) => [
    ...text.matchAll(/(?<![\w"])([A-Z][A-Z_]{4,}) *= /g),
  ]);
  const names = [...new Set(written.map(([, name]) => name!))];
  const known = [...Object.keys(configVariables), 'FUNCTION_SOURCE', 'FUNCTION_TARGET'];
  t.true(names.length >= 14, names.join());
  t.deepEqual(
    names.filter((name) => !known.includes(name)),
    [],
  );
});

test('Settings and secrets that may be given are all that Terraform, the image and the laptop leave', (t) => {
  const elsewhere =
    /^(PORT|HOST|PUBLIC_URL|DATA_DIR|MODELS_DIR|PROFILE_DIR|.*_EMULATOR_HOST|UPLOADS_.*|RESULTS_BUCKET|TOPIC_PREFIX|GOOGLE_CLOUD_PROJECT|STAGES|.*_MODELS|(UPSCALE|SEGMENT|EFFECTS)_URL|DEVICE|WORK_SLOTS|QUEUE_LIMIT|MEMORY_LIMIT_MB|PUSH_SERVICE_ACCOUNT|ANONYMOUS|ALLOWED_ORIGINS|TRUSTED_PROXY_HOPS)$/;
  const open = Object.keys(configVariables).filter((name) => !elsewhere.test(name));
  t.deepEqual([...listed('settings'), ...listed('secrets')].sort(), open.sort());
});

function variable(name: string): Body {
  return blocksOf(stage, 'variable').find((one) => one.name === name)!.body;
}

function defaultOf(name: string): unknown {
  return variable(name).default;
}

/** The names that a variable's first validation lets in. */
function listed(name: string): string[] {
  const [validation] = nested(
    blocksOf(root, 'variable').find((one) => one.name === name)!.body,
    'validation',
  );
  return [...String(validation!.condition).matchAll(/"([A-Z_]+)"/g)].map(([, found]) => found!);
}

/** As the parser writes one. */
function expression(text: string): string {
  return `\${${text}}`;
}
