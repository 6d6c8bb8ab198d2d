// One stage service in a process of its own, over files and a bus that nobody listens to: what `serve` puts under load.
// Its arguments: the folder of objects, and MODELS_DIR where that is set. Says its port on standard output.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startStageService } from '../../functions/stage-service.ts';
import { bakedFolder, openRegistry } from '../../models/registry.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { createLoadLadder } from '../../shared/load-ladder.ts';
import { buckets } from '../../shared/testing/cloud-emulators.ts';
import { createFileStore } from '../../shared/transport/file-store.ts';
import { createLogger } from '../../shared/transport/pino-log.ts';
import { createMetrics } from '../../shared/transport/prom-metrics.ts';

const [folder] = process.argv.slice(2);
const config = parseConfig({ DEVICE: 'cpu', ...process.env });
const service = startStageService({
  stages: ['segment'],
  continues: [],
  config,
  buckets,
  registry: await openRegistry(await bakedFolder(config.modelsDir)),
  store: createFileStore(folder!, { buckets: Object.values(buckets) }),
  publisher: { publish: async () => {} },
  log: createLogger({ level: 'error', format: 'text' }),
  metrics: createMetrics(),
  ladder: createLoadLadder(() => performance.now()),
  isEnding: () => false,
  onBroken(error) {
    throw error;
  },
});
const { device } = await service.opened;
const server = createServer(service.app);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ port, device }));
});
process.once('disconnect', () => process.exit());
