// The storefront function: `FUNCTION_SOURCE=functions/storefront/index.ts`, target `storefront`.
import { createLoadLadder } from '../../shared/load-ladder.ts';
import { WEBHOOKS_AUDIENCE } from '../../shared/subscriptions.ts';
import { createCloudDownloadUrls } from '../../shared/transport/cloud-download-urls.ts';
import { createCloudUploadUrls } from '../../shared/transport/cloud-upload-urls.ts';
import { EXIT_RESTART } from '../../shared/transport/end-process.ts';
import { createTokenCheck } from '../../shared/transport/id-token.ts';
import { startLoadProbe } from '../../shared/transport/load-probe.ts';
import { syncOverHttp } from '../open-brief.ts';
import { openCloud } from '../open-cloud.ts';
import { serveFunction } from '../serve-function.ts';
import { storefrontService } from '../storefront-service.ts';

// An emulator signs nothing.
const isReal = process.env.PUBSUB_EMULATOR_HOST === undefined;
const required = [
  'TOKEN_SECRET',
  'UPSCALE_URL',
  'SEGMENT_URL',
  'EFFECTS_URL',
  ...(isReal ? (['PUSH_SERVICE_ACCOUNT'] as const) : []),
] as const;
const cloud = await openCloud(process.env, 'storefront', required);
const { config, buckets } = cloud;
const links = {
  buckets: [...new Set(Object.values(buckets))],
  projectId: config.googleCloudProject,
  apiEndpoint: config.storageEmulatorHost,
  now: Date.now,
};
const ladder = createLoadLadder(() => performance.now());
const service = await storefrontService({
  ...cloud,
  tokenSecret: config.tokenSecret!,
  uploadUrls: createCloudUploadUrls(links),
  downloads: createCloudDownloadUrls(links),
  ladder,
  sync: syncOverHttp(config, ladder),
  ...(isReal && {
    checkPush: createTokenCheck({ audience: WEBHOOKS_AUDIENCE, email: config.pushServiceAccount! }),
  }),
  onBroken: () => void lifecycle.exitWith(EXIT_RESTART),
});
const probe = startLoadProbe({ ladder, queue: service.queue, memoryLimitMb: config.memoryLimitMb });
const lifecycle = serveFunction('storefront', service.app, cloud, async () => {
  probe.stop();
  await service.close();
});
cloud.prepare();
