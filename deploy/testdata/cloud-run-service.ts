// What `gcloud run services replace` takes, as far as a GPU service needs it: Cloud Run's YAML reference
// (https://cloud.google.com/run/docs/reference/yaml/v1). Strict, so that a misspelt key is found here.
import { z } from 'zod';

const flag = z.enum(['true', 'false']);
const count = z.string().regex(/^\d+$/);
const name = z.string().regex(/^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$/);

const probe = z
  .strictObject({
    httpGet: z.strictObject({ path: z.string().startsWith('/'), port: z.int().min(1).max(65535) }),
    initialDelaySeconds: z.int().min(0).max(240).optional(),
    periodSeconds: z.int().min(1).max(240),
    timeoutSeconds: z.int().min(1).max(240),
    failureThreshold: z.int().min(1),
  })
  .refine(({ timeoutSeconds, periodSeconds }) => timeoutSeconds <= periodSeconds);

const container = z.strictObject({
  image: z.string().min(1),
  ports: z.tuple([
    z.strictObject({ name: z.enum(['http1', 'h2c']), containerPort: z.int().min(1).max(65535) }),
  ]),
  resources: z.strictObject({
    limits: z.strictObject({
      cpu: z.enum(['1', '2', '4', '6', '8']),
      memory: z.string().regex(/^\d+(Mi|Gi)$/),
      'nvidia.com/gpu': z.literal('1').optional(),
    }),
  }),
  // A number or a truth would be refused: YAML's unquoted 2 and true are none of these.
  env: z.array(z.strictObject({ name: z.string().regex(/^[A-Z][A-Z0-9_]*$/), value: z.string() })),
  startupProbe: probe.refine(
    ({ periodSeconds, failureThreshold }) => periodSeconds * failureThreshold <= 240,
  ),
  livenessProbe: probe,
});

export const cloudRunServiceSchema = z.strictObject({
  apiVersion: z.literal('serving.knative.dev/v1'),
  kind: z.literal('Service'),
  metadata: z.strictObject({
    name,
    labels: z.record(z.string(), z.string()),
    annotations: z.strictObject({
      'run.googleapis.com/ingress': z.enum(['all', 'internal', 'internal-and-cloud-load-balancing']),
    }),
  }),
  spec: z.strictObject({
    template: z.strictObject({
      metadata: z.strictObject({
        annotations: z.strictObject({
          'autoscaling.knative.dev/minScale': count,
          'autoscaling.knative.dev/maxScale': count,
          'run.googleapis.com/cpu-throttling': flag,
          'run.googleapis.com/startup-cpu-boost': flag,
          'run.googleapis.com/execution-environment': z.enum(['gen1', 'gen2']),
          'run.googleapis.com/gpu-zonal-redundancy-disabled': flag,
        }),
      }),
      spec: z.strictObject({
        containerConcurrency: z.int().min(1).max(1000),
        timeoutSeconds: z.int().min(1).max(3600),
        serviceAccountName: z.email(),
        nodeSelector: z.strictObject({ 'run.googleapis.com/accelerator': z.literal('nvidia-l4') }),
        containers: z.tuple([container]),
      }),
    }),
    traffic: z.array(z.strictObject({ latestRevision: z.boolean(), percent: z.int().min(0).max(100) })),
  }),
});

export type CloudRunService = z.infer<typeof cloudRunServiceSchema>;
