// What `npm run serve` says to a person: where things are, and how each photo ended.
import { join } from 'node:path';
import type { Config } from '../../shared/config/parse-config.ts';
import { parseUri } from '../../shared/gs-uri.ts';
import type { Logger } from '../../shared/log.ts';
import { completedSchema, failedSchema } from '../../shared/message.ts';
import type { FunctionService } from '../services.ts';
import type { Description } from './serve-functions.ts';

export function describeService(what: Description, { host, port }: Pick<Config, 'host' | 'port'>): string {
  const models = what.models.map(({ stage, id, preview }) => `${stage} ${id}${preview ? ' (preview)' : ''}`);
  const address = `http://${host === '0.0.0.0' || host === '127.0.0.1' ? 'localhost' : host}:${port}`;
  return [
    `Cutline serves at ${address}`,
    `  photos    put into ${what.uploads}`,
    `  results   appear in ${join(what.results, 'jobs')}`,
    `  models    ${models.join(', ')}; on ${what.device}`,
    `  carried   by ${what.carrier}, kept as ${what.store}`,
    `  look at   ${address}/health, ${address}/startup, ${address}/metrics`,
    ...(models.some((model) => model.endsWith('(preview)'))
      ? ['  Preview models are small. The full ones: npm run bake -- birefnet-general realesrgan-x2plus']
      : []),
  ].join('\n');
}

/** The storefront, with a line in the log for whoever dropped a photo and now looks for it. */
export function tellOfEnd(service: FunctionService, results: string, log: Logger): FunctionService {
  const { '/webhooks': webhooks, ...others } = service.pushes;
  return {
    ...service,
    pushes: {
      ...others,
      async '/webhooks'(delivery) {
        const completed = completedSchema.safeParse(delivery.data).data;
        if (completed) {
          const { job, input, width, height, timings_ms } = completed;
          const seconds = ((timings_ms.total ?? 0) / 1000).toFixed(1);
          log.info(`${photoOf(input)}: ${width}×${height} in ${seconds} s`, {
            job,
            results: join(results, 'jobs', job),
          });
        }
        const failed = failedSchema.safeParse(delivery.data).data;
        if (failed) {
          const { job, input, error } = failed;
          log.warning(`${photoOf(input)}: ${error.code}: ${error.detail}`, { job });
        }
        return await webhooks!(delivery);
      },
    },
  };
}

function photoOf(input: string): string {
  return parseUri(input)?.name ?? input;
}
