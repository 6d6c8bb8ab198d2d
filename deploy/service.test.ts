// service.yaml against Cloud Run's reference, and against what Terraform makes of the same stage.
import test from 'ava';
import { parseConfig } from '../shared/config/parse-config.ts';
import type { Body, Module } from '../terraform/testdata/read-terraform.ts';
import { blocksOf, readModule } from '../terraform/testdata/read-terraform.ts';
import { cloudRunServiceSchema } from './testdata/cloud-run-service.ts';
import { readYaml, unknownVariables } from './testdata/read-deployment.ts';

const written = readYaml('service.yaml');
const service = cloudRunServiceSchema.parse(written);
const { metadata, spec } = service.spec.template;
const [container] = spec.containers;
const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
const stage = await readModule('modules/stage');
const main = await readModule('');

test('service.yaml is as Cloud Run’s reference says, where a misspelt or unquoted value would be found', (t) => {
  const spoilt = structuredClone(service) as { spec: { template: { spec: Record<string, unknown> } } };
  spoilt.spec.template.spec.timeoutSecond = 1;
  t.false(cloudRunServiceSchema.safeParse(spoilt).success);
  const unquoted = structuredClone(service);
  unquoted.spec.template.spec.containers[0].env[0]!.value = 8 as unknown as string;
  t.false(cloudRunServiceSchema.safeParse(unquoted).success);
});

test('Probes, limits, concurrency and time are Terraform’s defaults', (t) => {
  const { period_seconds, timeout_seconds, failure_threshold, path } = fieldsOf('startup_probe');
  const port = defaultOf('port');
  t.deepEqual(container.startupProbe, {
    httpGet: { path, port },
    periodSeconds: period_seconds,
    timeoutSeconds: timeout_seconds,
    failureThreshold: failure_threshold,
  });
  const alive = fieldsOf('liveness_probe');
  t.deepEqual(container.livenessProbe, {
    httpGet: { path: alive.path, port },
    periodSeconds: alive.period_seconds,
    timeoutSeconds: alive.timeout_seconds,
    failureThreshold: alive.failure_threshold,
  });
  t.is(container.ports[0].containerPort, port as number);
  t.deepEqual(container.resources.limits, {
    cpu: String(defaultOf('cpu')),
    memory: `${defaultOf('memory_gib')}Gi`,
    'nvidia.com/gpu': '1',
  });
  t.is(spec.containerConcurrency, defaultOf('concurrency') as number);
  t.is(spec.timeoutSeconds, defaultOf('timeout_seconds') as number);
});

test('Scaling, CPU and GPU are as Terraform writes them', (t) => {
  const [body] = blocksOf([stage], 'resource').filter(({ type }) => type === 'google_cloud_run_v2_service');
  const [template] = body!.body.template as Body[];
  const [scaling] = template!.scaling as Body[];
  const [{ resources }] = template!.containers as [{ resources: Body[] }];
  t.deepEqual(metadata.annotations, {
    'autoscaling.knative.dev/minScale': String(scaling!.min_instance_count),
    'autoscaling.knative.dev/maxScale': String(defaultOf('max_instances')),
    // cpu_idle = !var.gpu: throttled where there is none.
    'run.googleapis.com/cpu-throttling': resources[0]!.cpu_idle === `\${!var.gpu}` ? 'false' : 'unknown',
    'run.googleapis.com/startup-cpu-boost': String(resources[0]!.startup_cpu_boost),
    'run.googleapis.com/execution-environment':
      template!.execution_environment === 'EXECUTION_ENVIRONMENT_GEN2' ? 'gen2' : 'unknown',
    'run.googleapis.com/gpu-zonal-redundancy-disabled':
      template!.gpu_zonal_redundancy_disabled === `\${var.gpu ? true : null}` ? 'true' : 'unknown',
  });
  t.true(stage.text.includes('for_each = var.gpu ? ["nvidia-l4"] : []'));
});

test('Environment variables are those that Terraform gives, with its values, and suffice', (t) => {
  const own = [...stage.text.matchAll(/^ {6}([A-Z_]+) +=/gm)].map(([, name]) => name!);
  const common = [...main.text.matchAll(/^ {4}([A-Z_]+) += (var|local)\./gm)].map(([, name]) => name!);
  t.true(own.length >= 7 && common.length >= 5);
  t.deepEqual(
    Object.keys(env).sort(),
    [...new Set([...own, ...common])].filter((name) => !/_URL$|ANONYMOUS/.test(name)).sort(),
  );
  const slots = defaultOf('work_slots') as number;
  t.like(env, {
    WORK_SLOTS: String(slots),
    QUEUE_LIMIT: String((defaultOf('concurrency') as number) - slots),
    MEMORY_LIMIT_MB: String(Math.floor((defaultOf('memory_gib') as number) * 1024 * 0.9)),
    STAGES: 'segment',
    DEVICE: 'cuda',
    FUNCTION_SOURCE: 'functions/segment/index.ts',
    FUNCTION_TARGET: 'segment',
  });
  t.deepEqual(unknownVariables(Object.keys(env)), []);
  const filled = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replace('PROJECT', 'a-project')]),
  );
  const config = parseConfig(filled, {
    required: ['RESULTS_BUCKET', 'UPLOADS_BUCKET', 'GOOGLE_CLOUD_PROJECT'],
  });
  t.deepEqual(config.notices, []);
  t.is(config.workSlots + config.queueLimit, spec.containerConcurrency);
  t.true(config.queueWaitSec + config.processingTimeoutSec < spec.timeoutSeconds);
});

test('Names are those that Terraform gives with its default prefix', (t) => {
  const prefix = defaultOf('prefix') as string;
  t.is(service.metadata.name, `${prefix}segment`);
  t.is(spec.serviceAccountName, `${prefix}segment@PROJECT.iam.gserviceaccount.com`);
  t.is(env.TOPIC_PREFIX, prefix);
  t.deepEqual(
    [env.UPLOADS_BUCKET, env.RESULTS_BUCKET],
    [`PROJECT-${prefix}uploads`, `PROJECT-${prefix}results`],
  );
  t.is(container.image, `REGION-docker.pkg.dev/PROJECT/${prefix.slice(0, -1)}/segment@DIGEST`);
});

/** Of the module's variable. */
function defaultOf(name: string, module: Module = stage): unknown {
  const found = blocksOf([module], 'variable').find((block) => block.name === name);
  if (!found) throw new Error(`Expected a variable ${name} in modules/stage but there is none`);
  return found.body.default;
}

/** The defaults of an object's fields, as `optional` writes them. */
function fieldsOf(name: string): Record<string, unknown> {
  const found = blocksOf([stage], 'variable').find((block) => block.name === name)!;
  const type = String(found.body.type);
  return Object.fromEntries(
    [...type.matchAll(/(\w+)\s*=\s*optional\((?:number|string), ("[^"]*"|\d+)\)/g)].map(
      ([, field, value]) => [field!, JSON.parse(value!)],
    ),
  );
}
