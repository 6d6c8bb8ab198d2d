// The API's document for this service as it is configured.
import manifest from '../package.json' with { type: 'json' };
import type { Config } from '../shared/config/parse-config.ts';
import { openTemplates } from './open-templates.ts';
import { openApiDocument } from './storefront/openapi.ts';
import type { OpenApiDocument } from './storefront/openapi-types.ts';
import { MAX_BATCH_BYTES } from './storefront/routes/create.ts';
import { MAX_INLINE_BYTES } from './storefront/routes/files.ts';

export async function openDocument(config: Config): Promise<OpenApiDocument> {
  const { limits, anonymous, rateLimitPerMinute, rateLimitPerSecond, warmupsPerDay } = config;
  const { names: templates } = await openTemplates();
  return openApiDocument({
    version: manifest.version,
    limits,
    templates,
    anonymous,
    rateLimitPerMinute,
    rateLimitPerSecond,
    warmupsPerDay,
    maxBatchBytes: MAX_BATCH_BYTES,
    maxInlineBytes: MAX_INLINE_BYTES,
  });
}
