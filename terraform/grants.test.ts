import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { JobOptions } from '../shared/job.ts';
import { jobOptionsSchema } from '../shared/job.ts';
import { routeOf } from '../shared/pipeline.ts';
import {
  ACK_DEADLINE_SECONDS,
  MAX_DELIVERIES,
  subscriptions,
  WEBHOOKS_AUDIENCE,
} from '../shared/subscriptions.ts';
import type { Plan } from './testdata/plan.ts';
import { noPlan, ofType, openWorkspace } from './testdata/plan.ts';
import { cases, first, servicesOf } from './testdata/planned-services.ts';
import type { Body } from './testdata/read-terraform.ts';

const tests = noPlan === undefined ? test : test.skip;
const say = (title: string): string => (noPlan === undefined ? title : `${title} (${noPlan})`);
const mail = (name: string): string => `cutline-${name}@example.iam.gserviceaccount.com`;

for (const [what, example, extra] of cases) {
  const isFused = what.startsWith('fused');
  const stages = isFused ? ['fused'] : ['effects', 'segment', 'upscale'];

  tests(
    say(`${what}: who is told what is as on the laptop, and who may do what is no more than the code does`),
    async (t) => {
      const plan = await (await openWorkspace(t)).plan(example, extra);
      t.deepEqual(subscribed(plan), expectedSubscriptions(plan, isFused));
      t.deepEqual(publishers(plan), expectedPublishers(isFused));
      t.deepEqual(invokers(plan), expectedInvokers(stages, 'shop_hours' in extra));
      t.deepEqual(bucketRoles(plan), expectedBucketRoles(stages));
      t.deepEqual(accountRoles(plan), [
        'push: roles/iam.serviceAccountOpenIdTokenCreator to service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com',
        `storefront: roles/iam.serviceAccountTokenCreator to ${mail('storefront')}`,
      ]);
      const secrets = ofType(plan, 'google_secret_manager_secret_iam_member').map(
        ({ values }) => `${values.secret_id} ${values.member}`,
      );
      const [storefront] = servicesOf(plan).filter(({ name }) => name === 'cutline-storefront');
      const read = Object.values(storefront!.secrets).map(
        (secret) => `${secret.split('/')[0]} serviceAccount:${mail('storefront')}`,
      );
      t.deepEqual(secrets.sort(), read.sort());
      t.deepEqual(
        servicesOf(plan).filter(
          ({ name, secrets }) => name !== 'cutline-storefront' && Object.keys(secrets).length > 0,
        ),
        [],
      );
    },
  );
}

tests(
  say('With a network, all but the storefront is internal, and who calls the stages goes through it'),
  async (t) => {
    const [, example, extra] = cases.find(([, , { is_internal }]) => is_internal === true)!;
    const plan = await (await openWorkspace(t)).plan(example, extra);
    for (const { name, ingress, template } of servicesOf(plan)) {
      const isStorefront = name === 'cutline-storefront';
      t.is(
        ingress,
        isStorefront ? 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER' : 'INGRESS_TRAFFIC_INTERNAL_ONLY',
        name,
      );
      const through = (template.vpc_access as Body[]).map(({ egress }) => egress);
      t.deepEqual(through, isStorefront || name === 'cutline-warmup' ? ['PRIVATE_RANGES_ONLY'] : [], name);
    }
    const [job] = ofType(plan, 'google_cloud_scheduler_job');
    t.is(first(first(job!.values.http_target).oidc_token).audience, 'https://cutline-warmup.example.run.app');
    t.is(ofType(plan, 'google_compute_subnetwork')[0]!.values.private_ip_google_access, true);
  },
);

tests(
  say('Where an organisation refuses allUsers, the storefront is open all the same, and nothing else is'),
  async (t) => {
    const plan = await (await openWorkspace(t)).plan('fused.tfvars.example', { is_sharing_restricted: true });
    t.deepEqual(
      invokers(plan),
      expectedInvokers(['fused'], false).filter((line) => !line.startsWith('allUsers')),
    );
    const unasked = ofType(plan, 'google_cloud_run_v2_service').filter(
      ({ values }) => values.invoker_iam_disabled,
    );
    t.deepEqual(
      unasked.map(({ values }) => values.name),
      ['cutline-storefront'],
    );
  },
);

function subscribed(plan: Plan): string[] {
  const grants = ofType(plan, 'google_pubsub_subscription_iam_member').map(
    ({ values }) => values.subscription,
  );
  const lines = ofType(plan, 'google_pubsub_subscription').map(({ values }) => {
    const push = first(values.push_config);
    const token = first(push.oidc_token);
    const [letter] = values.dead_letter_policy as Body[];
    const gone = letter
      ? `${letter.dead_letter_topic} after ${letter.max_delivery_attempts}`
      : 'tried until too old';
    const granted = grants.includes(values.name!) ? 'granted' : 'not granted';
    return `${values.topic} → ${values.name} → ${push.push_endpoint} as ${token.service_account_email} for ${token.audience}, ${values.ack_deadline_seconds} s, kept ${values.message_retention_duration}, ${gone}, ${granted}`;
  });
  return lines.sort();
}

function expectedSubscriptions(plan: Plan, isFused: boolean): string[] {
  const urls = new Map(servicesOf(plan).map(({ name, url }) => [name, url]));
  const lines = subscriptions.map(({ name, topic, service, path, deadLetter, retentionSeconds }) => {
    const isStage = !['ingest', 'warmup', 'storefront'].includes(service);
    const url = urls.get(`cutline-${isFused && isStage ? 'fused' : service}`);
    const audience = service === 'storefront' ? WEBHOOKS_AUDIENCE : url;
    const gone = deadLetter
      ? `google_pubsub_topic/cutline-dead-letter after ${MAX_DELIVERIES}, granted`
      : 'tried until too old, not granted';
    return `google_pubsub_topic/cutline-${topic} → cutline-${name} → ${url}${path} as ${mail('push')} for ${audience}, ${ACK_DEADLINE_SECONDS} s, kept ${retentionSeconds}s, ${gone}`;
  });
  return lines.sort();
}

function publishers(plan: Plan): string[] {
  const lines = ofType(plan, 'google_pubsub_topic_iam_member').map(({ values }) => {
    const topic = String(values.topic).replace(/^.*cutline-/, '');
    return `${String(values.member).replace('serviceAccount:', '')} ${values.role} ${topic}`;
  });
  return lines.sort();
}

/** From the routes that options can ask for, and from what the storefront's source publishes. */
function expectedPublishers(isFused: boolean): string[] {
  const pairs = new Set<string>(['ingest failed']);
  for (const options of someOptions()) {
    const route = routeOf(options);
    pairs.add(`ingest ${route[0]}`);
    for (const [index, stage] of route.entries()) {
      const next = route[index + 1];
      pairs.add(`${isFused ? 'fused' : stage} failed`);
      // A fused service goes on by itself.
      if (next === undefined || !isFused) pairs.add(`${isFused ? 'fused' : stage} ${next ?? 'completed'}`);
    }
  }
  for (const topic of publishedBy('functions/storefront')) pairs.add(`storefront ${topic}`);
  const agents = [
    'service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com roles/pubsub.publisher dead-letter',
    'my-shop-photos@example.iam.gserviceaccount.com roles/pubsub.publisher uploads',
  ];
  const ours = [...pairs].map((pair) => pair.split(' ') as [string, string]);
  return [...agents, ...ours.map(([who, topic]) => `${mail(who)} roles/pubsub.publisher ${topic}`)].sort();
}

function someOptions(): JobOptions[] {
  return [1, 2].flatMap((scale) =>
    [[], ['color']].map((effects) => jobOptionsSchema.parse({ scale, effects })),
  );
}

function publishedBy(folder: string): string[] {
  const at = join(import.meta.dirname, '..', folder);
  const sources = readdirSync(at, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!\.test)\.ts$/.test(file),
  );
  const texts = sources.map((file) => readFileSync(join(at, file), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(/\.publish\('([a-z-]+)'/g)].map(([, topic]) => topic!));
}

function invokers(plan: Plan): string[] {
  const lines = ofType(plan, 'google_cloud_run_v2_service_iam_member').map(({ values }) => {
    const who = String(values.member).replace(/^serviceAccount:cutline-|@example.*$/g, '');
    return `${who} ${values.role} ${String(values.name).replace('cutline-', '')}`;
  });
  return lines.sort();
}

function expectedInvokers(stages: readonly string[], isScheduled: boolean): string[] {
  const pushed = [...stages, 'ingest', 'warmup', 'storefront'].map((service) => ['push', service]);
  const called = stages.flatMap((service) => ['storefront', 'warmup'].map((who) => [who, service]));
  const rest = [['allUsers', 'storefront'], ...(isScheduled ? [['scheduler', 'warmup']] : [])];
  return [...pushed, ...called, ...rest]
    .map(([who, service]) => `${who} roles/run.invoker ${service}`)
    .sort();
}

function bucketRoles(plan: Plan): string[] {
  const lines = ofType(plan, 'google_storage_bucket_iam_member').map(({ values }) => {
    const who = String(values.member).replace(/^serviceAccount:cutline-|@example.*$/g, '');
    const [condition] = values.condition as Body[];
    const only = condition ? ` where ${condition.expression}` : '';
    return `${who} ${values.role} ${String(values.bucket).replace(/^.*cutline-/, '')}${only}`;
  });
  return lines.sort();
}

function expectedBucketRoles(stages: readonly string[]): string[] {
  const measured =
    'resource.name.startsWith("projects/_/buckets/my-shop-photos-cutline-results/objects/ops/warm/")';
  return [
    ...['ingest', ...stages].map((who) => `${who} roles/storage.objectViewer uploads`),
    'storefront roles/storage.objectUser uploads',
    ...['ingest', 'storefront', ...stages].map((who) => `${who} roles/storage.objectUser results`),
    `warmup roles/storage.objectUser results where ${measured}`,
  ].sort();
}

function accountRoles(plan: Plan): string[] {
  const lines = ofType(plan, 'google_service_account_iam_member').map(({ values }) => {
    const account = String(values.service_account_id).replace(
      /^google_service_account\/cutline-|\/name$/g,
      '',
    );
    return `${account}: ${values.role} to ${String(values.member).replace('serviceAccount:', '')}`;
  });
  return lines.sort();
}
