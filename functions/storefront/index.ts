// The storefront function: `FUNCTION_SOURCE=functions/storefront/index.ts`, target `storefront`.
import { createLoadLadder } from '../../shared/load-ladder.ts';
import { createCloudDownloadUrls } from '../../shared/transport/cloud-download-urls.ts';
import { createCloudUploadUrls } from '../../shared/transport/cloud-upload-urls.ts';
import { EXIT_RESTART } from '../../shared/transport/end-process.ts';
import { startLoadProbe } from '../../shared/transport/load-probe.ts';
import { openCloud } from '../open-cloud.ts';
import { serveFunction } from '../serve-function.ts';
import { storefrontService } from '../storefront-service.ts';

const cloud = openCloud(process.env, 'storefront', ['TOKEN_SECRET']);
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
  onBroken: () => void lifecycle.exitWith(EXIT_RESTART),
});
const probe = startLoadProbe({ ladder, queue: service.queue, memoryLimitMb: config.memoryLimitMb });
const lifecycle = serveFunction('storefront', service.app, cloud, async () => {
  probe.stop();
  await service.close();
});
