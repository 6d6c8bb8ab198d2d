// Cloud Run services as a plan has them, in the words that tests ask in.
import type { Plan } from './plan.ts';
import { ofType } from './plan.ts';
import type { Body } from './read-terraform.ts';

export interface PlannedService {
  /** With the prefix. */
  readonly name: string;
  readonly url: string;
  readonly account: string;
  readonly template: Body;
  readonly container: Body;
  readonly resources: Body;
  readonly isGpu: boolean;
  readonly ingress: string;
  readonly env: Readonly<Record<string, string>>;
  /** Secret and version by variable. */
  readonly secrets: Readonly<Record<string, string>>;
}

export function servicesOf(plan: Plan): readonly PlannedService[] {
  return ofType(plan, 'google_cloud_run_v2_service').map(({ values }) => {
    const template = first(values.template);
    const container = first(template.containers);
    const resources = first(container.resources);
    const env = container.env as Body[];
    const written = env.filter(({ value }) => value !== null);
    const secret = env.filter(({ value_source }) => (value_source as Body[]).length > 0);
    return {
      name: String(values.name),
      url: String(values.uri),
      account: String(template.service_account),
      template,
      container,
      resources,
      isGpu: 'nvidia.com/gpu' in (resources.limits as Body),
      ingress: String(values.ingress),
      env: Object.fromEntries(written.map(({ name, value }) => [name, String(value)])),
      secrets: Object.fromEntries(
        secret.map(({ name, value_source }) => {
          const { secret, version } = first(first(value_source).secret_key_ref);
          return [name, `${secret}/${version}`];
        }),
      ),
    };
  });
}

/** Of a nested block that is there once. */
export function first(blocks: Body[string] | undefined): Body {
  const [one] = blocks as Body[];
  if (!one) throw new Error('Expected a block but received none');
  return one;
}

/** The examples of both topologies, and what may be switched on beside them. */
export const cases: readonly (readonly [
  what: string,
  example: string,
  extra: Readonly<Record<string, unknown>>,
])[] = [
  ['split', 'terraform.tfvars.example', {}],
  ['fused', 'fused.tfvars.example', {}],
  [
    'split with everything on',
    'terraform.tfvars.example',
    {
      stages: { segment: { cpu: 8, memory_gib: 32 } },
      is_internal: true,
      domain: 'photos.shop.example',
      shop_hours: { schedule: '*/9 9-17 * * 1-5' },
      upscale_models: ['realesrgan-x2plus'],
      secrets: {
        TOKEN_SECRET: '3',
        TENANTS: '1',
        WEBHOOKS: '1',
        REDIS_URL: '1',
        SHOPIFY_SECRET: '2',
        SHOPIFY_SHOPS: '1',
      },
      storefront_max_instances: 10,
    },
  ],
  [
    'fused without a GPU',
    'fused.tfvars.example',
    { stages: { fused: { gpu: false } }, allowed_origins: [], settings: { MAX_IMAGE_SIZE_MB: '20' } },
  ],
];
