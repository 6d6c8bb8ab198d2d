import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parseConfig } from '../shared/config/parse-config.ts';
import type { VariableName } from '../shared/config/variables.ts';
import { configVariables } from '../shared/config/variables.ts';
import { ENCODED_REFERENCE, metadataKey, wishFields } from '../shared/job-text.ts';
import { METADATA, uploadHeaders } from '../shared/upload-urls.ts';
import type { Plan } from './testdata/plan.ts';
import { noPlan, ofType, openWorkspace } from './testdata/plan.ts';
import type { PlannedService } from './testdata/planned-services.ts';
import { cases, first, servicesOf } from './testdata/planned-services.ts';
import type { Body } from './testdata/read-terraform.ts';
import { moduleFolders } from './testdata/read-terraform.ts';

const repository = join(import.meta.dirname, '..');
const tests = noPlan === undefined ? test : test.skip;
const ends: (() => unknown)[] = [];
test.after.always(async () => void (await Promise.all(ends.map((end) => end()))));
const planned = new Map<string, Promise<Plan>>();
const say = (title: string): string => (noPlan === undefined ? title : `${title} (${noPlan})`);

for (const folder of moduleFolders) {
  tests(say(`Terraform finds ${folder || 'the whole'} valid`), async (t) => {
    const workspace = await openWorkspace(t, folder);
    t.deepEqual((await workspace.validate()).diagnostics, []);
  });
}

tests(say('What must be there before the first build can be planned'), async (t) => {
  const plan = await (await openWorkspace(t, 'bootstrap')).plan(undefined, { project: 'my-shop-photos' });
  t.is(plan.outputs.images, 'us-east4-docker.pkg.dev/my-shop-photos/cutline');
  t.is(plan.outputs.state_bucket, 'my-shop-photos-cutline-terraform');
});

for (const [what] of cases) {
  tests(
    say(`${what}: every service starts with its configuration, and is given nothing that it does not know`),
    async (t) => {
      const plan = await planOf(what);
      const services = servicesOf(plan);
      t.is(services.length, what.startsWith('fused') ? 4 : 6);
      for (const service of services) {
        const { FUNCTION_SOURCE: source = '', FUNCTION_TARGET: target = '', ...env } = service.env;
        const entry = join(repository, source);
        t.true(existsSync(entry), source);
        t.is(source, `functions/${target}/index.ts`);
        const given = { ...env, ...secretValues(service) };
        t.deepEqual(
          Object.keys(given).filter((name) => !(name in configVariables)),
          [],
          service.name,
        );
        const config = parseConfig(given, { required: requiredBy(entry) });
        t.deepEqual(config.notices, [], service.name);
      }
    },
  );

  tests(say(`${what}: services are as Cloud Run takes them`), async (t) => {
    const plan = await planOf(what);
    for (const service of servicesOf(plan)) checkService(t, service);
    const gpus = servicesOf(plan).filter(({ isGpu }) => isGpu);
    t.is(gpus.length, what === 'fused without a GPU' ? 0 : what === 'fused' ? 1 : what === 'split' ? 2 : 3);
    const most = gpus.map(({ template }) => (first(template.scaling).max_instance_count as number) + 1);
    t.is(
      plan.outputs.gpu_quota,
      most.reduce((sum, one) => sum + one, 0),
    );
  });
}

tests(
  say('A browser may send each header that a signed upload asks for, from each shop and from the page'),
  async (t) => {
    const plan = await planOf('split');
    const { uploads, results } = bucketsOf(plan);
    const cors = first(uploads!.cors);
    const keys = [...wishFields.map(metadataKey), ENCODED_REFERENCE].map((key) => `${METADATA}${key}`);
    const terms = { contentType: 'image/png', minBytes: 1, maxBytes: 2, metadata: {}, expiresMs: 0 };
    t.deepEqual(
      [...(cors.response_header as string[])].sort(),
      [...Object.keys(uploadHeaders(terms)), ...keys].sort(),
    );
    t.deepEqual(cors.method, ['PUT']);
    const origins = ['https://cutline-storefront-123456789012.us-east4.run.app', 'https://shop.example'];
    t.deepEqual([cors.origin, first(results!.cors).origin], [origins, origins]);
  },
);

tests(say('Photos live for a day, jobs for a month, orders for a year; deleted is deleted'), async (t) => {
  const plan = await planOf('split');
  const { uploads, results } = bucketsOf(plan);
  const lives = (bucket: Body) =>
    (bucket.lifecycle_rule as Body[]).map(({ action, condition }) => {
      const { age, matches_prefix } = first(condition);
      return [first(action).type, age, matches_prefix];
    });
  t.deepEqual(lives(uploads!), [['Delete', 1, null]]);
  t.deepEqual(lives(results!), [
    ['Delete', 30, ['batches/']],
    ['Delete', 30, ['cache/']],
    ['Delete', 30, ['jobs/']],
    ['Delete', 365, ['kept/']],
  ]);
  const [notification] = ofType(plan, 'google_storage_notification');
  t.like(notification!.values, {
    topic: 'google_pubsub_topic/cutline-uploads',
    payload_format: 'JSON_API_V1',
    event_types: ['OBJECT_FINALIZE'],
    object_name_prefix: 'uploads/',
  });
});

/** Each is planned once for all tests. */
function planOf(what: string): Promise<Plan> {
  const [, example, extra] = cases.find(([name]) => name === what)!;
  const made =
    planned.get(what) ??
    openWorkspace({ teardown: (end) => void ends.push(end) }).then((workspace) =>
      workspace.plan(example, extra),
    );
  planned.set(what, made);
  return made;
}

function bucketsOf(plan: Plan): Record<string, Body> {
  return Object.fromEntries(
    ofType(plan, 'google_storage_bucket').map(({ address, values }) => [address.split('.')[1]!, values]),
  );
}

function checkService(
  t: import('ava').ExecutionContext,
  { name, template, container, resources, isGpu, env }: PlannedService,
): void {
  const limits = resources.limits as Record<string, string>;
  const isStage = 'STAGES' in env;
  t.is(first(template.scaling).min_instance_count, 0, name);
  t.regex(String(container.image), /@sha256:[0-9a-f]{64}$/, name);
  t.is(template.execution_environment, 'EXECUTION_ENVIRONMENT_GEN2', name);
  t.is(resources.cpu_idle, !isGpu, name);
  const probe = first(container.startup_probe);
  t.true((probe.period_seconds as number) * (probe.failure_threshold as number) <= 240, name);
  t.true((probe.timeout_seconds as number) <= (probe.period_seconds as number), name);
  if (!isStage) return;
  t.is(template.timeout, '600s', name);
  t.is(
    Number(env.WORK_SLOTS) + Number(env.QUEUE_LIMIT),
    template.max_instance_request_concurrency as number,
    name,
  );
  t.is(env.DEVICE, isGpu ? 'cuda' : 'cpu', name);
  const mib = Number.parseInt(limits.memory!, 10) * 1024;
  t.true(Number(env.MEMORY_LIMIT_MB) < mib && Number(env.MEMORY_LIMIT_MB) > mib * 0.8, name);
  if (!isGpu) return;
  t.true(Number(limits.cpu) >= 4 && mib >= 16 * 1024, name);
  t.is(template.gpu_zonal_redundancy_disabled, true, name);
  t.is(first(template.node_selector).accelerator, 'nvidia-l4', name);
}

/** As the entry's own call of openCloud says, which all but the storefront write in one line. */
function requiredBy(entry: string): VariableName[] {
  const text =
    readFileSync(entry, 'utf8') + readFileSync(join(repository, 'functions/open-cloud.ts'), 'utf8');
  const lists = [
    ...text.matchAll(
      /openCloud\(process\.env, '\w+', \[([^\]]*)\]|const (?:always|required) = \[([\s\S]*?)\] as const;/g,
    ),
  ];
  const names = lists.flatMap(([list]) =>
    [...list.matchAll(/'([A-Z][A-Z_]+)'/g)].map(([, name]) => name as VariableName),
  );
  return names.filter((name) => name in configVariables);
}

/** Of the kind that each secret has to be. */
function secretValues({ secrets }: PlannedService): Record<string, string> {
  const hash = 'ab'.repeat(32);
  const values: Readonly<Record<string, string>> = {
    TOKEN_SECRET: 'x'.repeat(32),
    TENANTS: `{"shop": {"keys": ["${hash}"]}}`,
    OPERATOR_KEYS: hash,
    WEBHOOKS: '{}',
    REDIS_URL: 'redis://10.0.0.3:6379',
    SHOPIFY_SECRET: 'x'.repeat(16),
    SHOPIFY_SHOPS: '{"a-shop.myshopify.com": {"tenant": "shop"}}',
  };
  return Object.fromEntries(Object.keys(secrets).map((name) => [name, values[name] ?? '']));
}
