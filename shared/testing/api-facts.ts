// What the storefront's document is made for in tests.
import type { ApiFacts } from '../../functions/storefront/openapi-types.ts';
import { defaultLimits } from '../image/limits.ts';

export const apiFacts: ApiFacts = {
  version: '1.2.3',
  limits: defaultLimits,
  templates: ['garden', 'dark-studio'],
  anonymous: true,
  rateLimitPerMinute: 30,
  rateLimitPerSecond: 3,
  warmupsPerDay: 40,
  maxBatchBytes: 32 * 1024 * 1024,
  maxInlineBytes: 24 * 1024 * 1024,
};
