import test from 'ava';
import { noPlan, openWorkspace } from './testdata/plan.ts';
import { cases } from './testdata/planned-services.ts';

const tests = noPlan === undefined ? test : test.skip;
const say = (title: string): string => (noPlan === undefined ? title : `${title} (${noPlan})`);

for (const [what, example, extra] of cases) {
  tests(
    say(
      `${what}: all can be planned before anything is there, is made in one apply, and is then as it is written`,
    ),
    async (t) => {
      const workspace = await openWorkspace(t, '', 'unknown');
      const first = await workspace.plan(example, extra);
      t.true(first.changes.length > 50);
      t.true(first.changes.every((change) => change.startsWith('create ')));
      await workspace.apply(example, extra);
      t.deepEqual((await workspace.plan(example, extra)).changes, []);
    },
  );
}

tests(say('Another image changes its own services in place, and nothing else'), async (t) => {
  const image = (name: string, digit: string) =>
    `us-east4-docker.pkg.dev/p/cutline/${name}@sha256:${digit.repeat(64)}`;
  const all = (digit: string) =>
    Object.fromEntries(
      ['functions', 'upscale', 'segment', 'effects'].map((name) => [name, image(name, digit)]),
    );
  const example = 'terraform.tfvars.example';
  const workspace = await openWorkspace(t, '', 'unknown');
  await workspace.apply(example, { images: all('1') });
  const stage = (name: string) => `update module.stage["${name}"].google_cloud_run_v2_service.stage`;
  const segment = await workspace.plan(example, { images: { ...all('1'), segment: image('segment', '2') } });
  t.deepEqual(segment.changes, [stage('segment')]);
  const everything = await workspace.plan(example, { images: all('2') });
  t.deepEqual(everything.changes, [
    ...['ingest', 'storefront', 'warmup'].map(
      (name) => `update google_cloud_run_v2_service.function["${name}"]`,
    ),
    ...['effects', 'segment', 'upscale'].map(stage),
  ]);
});

tests(say('A secret’s next version changes the storefront alone'), async (t) => {
  const example = 'terraform.tfvars.example';
  const workspace = await openWorkspace(t, '', 'unknown');
  await workspace.apply(example);
  const secrets = { TOKEN_SECRET: '2', TENANTS: '1', OPERATOR_KEYS: '1' };
  const { changes } = await workspace.plan(example, { secrets });
  t.deepEqual(changes, ['update google_cloud_run_v2_service.function["storefront"]']);
});

tests(say('From split to fused, photos, jobs and messages on their way stay'), async (t) => {
  const workspace = await openWorkspace(t, '', 'unknown');
  await workspace.apply('terraform.tfvars.example');
  const { changes } = await workspace.plan('fused.tfvars.example');
  t.true(changes.includes('delete module.stage["segment"].google_cloud_run_v2_service.stage'));
  t.true(changes.includes('create module.stage["fused"].google_cloud_run_v2_service.stage'));
  t.true(changes.includes('update module.push["segment"].google_pubsub_subscription.push'));
  t.deepEqual(
    changes.filter(
      (change) =>
        !change.startsWith('update ') &&
        /google_storage_bucket\.|google_pubsub_(topic|subscription)\./.test(change),
    ),
    [],
  );
});
