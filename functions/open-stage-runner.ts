// The stages as other services reach them: over HTTPS, with an ID token of this service's own account.
import type { Config } from '../shared/config/parse-config.ts';
import type { StageRunner } from '../shared/stage-runner.ts';
import { createHttpStageRunner } from '../shared/transport/http-stage-runner.ts';
import { createIdTokens } from '../shared/transport/id-token.ts';

/** Cloud Run's longest request is an hour; nobody waits so long. */
const RUN_LIMIT_MS = 600_000;
const WARM_UP_LIMIT_MS = 240_000;

export function openStageRunner(config: Config): StageRunner {
  const urls = { upscale: config.upscaleUrl, segment: config.segmentUrl, effects: config.effectsUrl };
  return createHttpStageRunner({
    urls: Object.fromEntries(Object.entries(urls).filter(([, url]) => url !== undefined)),
    idToken: createIdTokens(),
    limitMs: { run: RUN_LIMIT_MS, warmUp: WARM_UP_LIMIT_MS },
  });
}
