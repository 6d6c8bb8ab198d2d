import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { commandLimit } from '../shared/testing/until.ts';
import { noPlan, noTerraform, openWorkspace, terraform } from './testdata/plan.ts';
import { terraformFolder } from './testdata/read-terraform.ts';

const tests = noPlan === undefined ? test : test.skip;
const say = (title: string): string => (noPlan === undefined ? title : `${title} (${noPlan})`);

const withTerraform = terraform === undefined ? test.skip : test;
withTerraform(
  terraform === undefined
    ? `Files are formatted (${noTerraform})`
    : 'Files are formatted as terraform fmt does',
  (t) => {
    const env = { PATH: process.env.PATH };
    const options = { cwd: terraformFolder, encoding: 'utf8', env, ...commandLimit } as const;
    t.is(execFileSync(terraform!, ['fmt', '-check', '-recursive', '-list=true'], options), '');
    for (const file of ['terraform.tfvars.example', 'fused.tfvars.example']) {
      const text = readFileSync(join(terraformFolder, file), 'utf8');
      t.is(execFileSync(terraform!, ['fmt', '-'], { ...options, input: text }), text, file);
    }
  },
);

const image = `us-east4-docker.pkg.dev/p/cutline/x@sha256:${'0'.repeat(64)}`;
const refused: readonly (readonly [what: string, extra: Readonly<Record<string, unknown>>, says: RegExp])[] =
  [
    [
      'a tag for an image',
      { images: { functions: 'x:latest', upscale: image, segment: image, effects: image } },
      /images with their digests/,
    ],
    ['a topology without its image', { topology: 'fused', stages: {} }, /functions and fused for images/],
    [
      'stages of the other topology',
      { stages: { fused: {} } },
      /Expected upscale, segment, effects for stages but\s+received fused/,
    ],
    [
      'a GPU with too few CPUs',
      { stages: { segment: { cpu: 2, memory_gib: 8 } } },
      /4 CPUs and 16 GiB or more where gpu is true/,
    ],
    [
      'more memory than its CPUs may have',
      { stages: { segment: { memory_gib: 32 } } },
      /memory_gib but received\s+32 for 4/,
    ],
    [
      'more slots than requests',
      { stages: { segment: { concurrency: 2, work_slots: 2 } } },
      /less than concurrency, for work_slots/,
    ],
    ['no secret for tokens', { secrets: { TENANTS: '1' } }, /TOKEN_SECRET among secrets/],
    ['a secret’s newest version', { secrets: { TOKEN_SECRET: 'latest' } }, /numbers of versions for secrets/],
    ['three storefronts without Redis', { storefront_max_instances: 3 }, /1 or 2 without REDIS_URL/],
    [
      'an origin with a path',
      { allowed_origins: ['https://shop.example/'] },
      /with no path, for allowed_origins/,
    ],
    ['a setting that Terraform sets', { settings: { QUEUE_LIMIT: '50' } }, /settings that nothing else sets/],
    ['a prefix that Pub/Sub refuses', { prefix: 'google-' }, /not beginning with goog/],
    ['orders that go before jobs', { days: { jobs: 30, kept: 7 } }, /kept not before jobs/],
    ['a schedule in words', { shop_hours: { schedule: 'every day' } }, /cron schedule of five fields/],
    [
      'one bucket for both',
      { uploads_bucket: 'photos-of-a-shop', results_bucket: 'photos-of-a-shop' },
      /not uploads_bucket, for\s+results_bucket/,
    ],
  ];

tests(say('What cannot work is refused before anything is made'), async (t) => {
  const workspace = await openWorkspace(t);
  for (const [what, extra, says] of refused) {
    const error = await t.throwsAsync(
      () => workspace.plan('terraform.tfvars.example', extra),
      undefined,
      what,
    );
    // Terraform breaks its sentences into lines with a bar before each.
    const said = String((error as { stderr?: string } | undefined)?.stderr).replace(/\n\s*│? */g, ' ');
    t.regex(said, new RegExp(says.source.replaceAll(' ', '\\s+')), `${what}: ${said}`);
  }
});
