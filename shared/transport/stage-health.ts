// A stage's health asked over HTTP: GET /health of its service, with an ID token.
import { z } from 'zod';
import { CutlineError } from '../errors.ts';

export interface StageHealthOptions {
  /** Of the service; undefined where it is not known. */
  readonly url: string | undefined;
  /** Asked for over HTTPS only. */
  idToken(audience: string): Promise<string | undefined>;
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch;
}

const healthSchema = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  ready: z.boolean(),
  device: z.string().nullable(),
  models: z.partialRecord(z.enum(['upscale', 'segment', 'effects']), z.string()),
  gpu_memory_free_mb: z.number().nullable(),
  error_code: z.string().optional(),
});
export type StageHealth = z.infer<typeof healthSchema>;

/** @returns what the stage says of itself, be it well or not @throws STAGE_UNAVAILABLE */
export async function askStageHealth(options: StageHealthOptions): Promise<StageHealth> {
  const { url, idToken, timeoutMs, fetch: get = fetch } = options;
  try {
    if (url === undefined) throw new Error('its URL is not known');
    const token = url.startsWith('https:') ? await idToken(url) : undefined;
    const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await get(`${url}/health`, { headers, signal, redirect: 'error' });
    return healthSchema.parse(await answer.json());
  } catch (cause) {
    const message = 'The segment stage does not say how it is';
    throw new CutlineError('STAGE_UNAVAILABLE', { fields: { stage: 'segment' }, message, cause });
  }
}
