// Terraform itself, on a copy of what stands here: initialised, checked and planned with a provider that knows the google
// provider's schema and nothing of Google Cloud (provider/main.go).
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { commandLimit } from '../../shared/testing/until.ts';
import { schemaFile } from './google-schema.ts';
import type { Body } from './read-terraform.ts';
import { terraformFolder } from './read-terraform.ts';

const run = promisify(execFile);
const provider =
  process.env.TERRAFORM_SCHEMA_PROVIDER ?? join(terraformFolder, '../.cache/bin/terraform-schema');
export const terraform = findTerraform();

/** Why a test is skipped. */
export const noTerraform = 'skipped: no terraform 1.11 or later on the PATH';
export const noPlan =
  terraform === undefined
    ? noTerraform
    : existsSync(provider)
      ? undefined
      : 'skipped: no stand-in for the provider; go -C terraform/testdata/provider build -o ../../../.cache/bin/terraform-schema';

export interface PlannedResource {
  readonly address: string;
  readonly type: string;
  readonly values: Body;
}

export interface Plan {
  readonly resources: readonly PlannedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What would be done to what is there: `update google_cloud_run_v2_service.function["storefront"]`. */
  readonly changes: readonly string[];
}

export interface Workspace {
  /** @param extra variables that win over the example's. @throws with what Terraform says */
  plan(example: string | undefined, extra?: Readonly<Record<string, unknown>>): Promise<Plan>;
  /** Makes all of it, where there is nothing to be made. */
  apply(example: string, extra?: Readonly<Record<string, unknown>>): Promise<void>;
  validate(): Promise<{ readonly valid: boolean; readonly diagnostics: readonly unknown[] }>;
}

/**
 * @param folder below terraform/
 * @param computed what only Google knows: `known` is made of the resource's name, `unknown` is so until it is applied
 */
export async function openWorkspace(
  t: Pick<ExecutionContext, 'teardown'>,
  folder = '',
  computed: 'known' | 'unknown' = 'known',
): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), 'cutline-terraform-'));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  await cp(terraformFolder, join(root, 'terraform'), {
    recursive: true,
    filter: (from) => !/testdata|\.terraform|\.test\.ts$|backend\.tf$|tfstate|\.tfvars(\.json)?$/.test(from),
  });
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const mirror = join(root, 'mirror/registry.terraform.io/hashicorp/google/6.50.0', platform);
  await mkdir(mirror, { recursive: true });
  await symlink(provider, join(mirror, 'terraform-provider-google_v6.50.0'));
  const config = join(root, 'terraformrc');
  await writeFile(
    config,
    `provider_installation {\n  filesystem_mirror {\n    path = "${join(root, 'mirror')}"\n  }\n}\n`,
  );
  const cwd = join(root, 'terraform', folder);
  const env = {
    PATH: process.env.PATH,
    HOME: root,
    TF_CLI_CONFIG_FILE: config,
    SCHEMA_FILE: schemaFile,
    CHECKPOINT_DISABLE: '1',
    COMPUTED: computed,
  };
  const call = async (...args: string[]): Promise<string> =>
    (await run(terraform!, args, { cwd, env, maxBuffer: 64 * 1024 * 1024, ...commandLimit })).stdout;
  const variables = async (
    example: string | undefined,
    extra: Readonly<Record<string, unknown>>,
  ): Promise<string[]> => {
    await writeFile(join(cwd, 'extra.tfvars.json'), JSON.stringify(extra));
    return [...(example ? [`-var-file=${example}`] : []), '-var-file=extra.tfvars.json'];
  };
  await call('init', '-no-color', '-input=false');
  return {
    async plan(example, extra = {}) {
      await call('plan', '-no-color', '-input=false', '-out=plan', ...(await variables(example, extra)));
      return readPlan(await call('show', '-json', 'plan'));
    },
    async apply(example, extra = {}) {
      await call('apply', '-no-color', '-input=false', '-auto-approve', ...(await variables(example, extra)));
    },
    validate: async () => JSON.parse(await call('validate', '-json')),
  };
}

interface PlannedModule {
  readonly resources?: readonly PlannedResource[];
  readonly child_modules?: readonly PlannedModule[];
}

function readPlan(json: string): Plan {
  const { planned_values, resource_changes = [] } = JSON.parse(json) as {
    resource_changes?: { address: string; change: { actions: string[] } }[];
    planned_values: { root_module: PlannedModule; outputs?: Record<string, { value: unknown }> };
  };
  const outputs = Object.entries(planned_values.outputs ?? {}).map(([name, { value }]) => [name, value]);
  const changes = resource_changes
    .filter(({ change }) => change.actions.some((action) => action !== 'no-op' && action !== 'read'))
    .map(({ address, change }) => `${change.actions.join(' and ')} ${address}`);
  return {
    resources: resourcesOf(planned_values.root_module),
    outputs: Object.fromEntries(outputs),
    changes: changes.sort(),
  };
}

function resourcesOf({ resources = [], child_modules = [] }: PlannedModule): PlannedResource[] {
  return [...resources, ...child_modules.flatMap(resourcesOf)];
}

export function ofType(plan: Plan, type: string): readonly PlannedResource[] {
  return plan.resources.filter((resource) => resource.type === type);
}

function findTerraform(): string | undefined {
  try {
    const { terraform_version: version } = JSON.parse(
      execFileSync('terraform', ['version', '-json'], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH },
        ...commandLimit,
      }),
    );
    const [major, minor] = String(version).split('.').map(Number) as [number, number];
    return major > 1 || (major === 1 && minor >= 11) ? 'terraform' : undefined;
  } catch {
    return undefined;
  }
}
