// The warmup function: `FUNCTION_SOURCE=functions/warmup/index.ts`, target `warmup`.
import { openCloud } from '../open-cloud.ts';
import { openStageRunner } from '../open-stage-runner.ts';
import { serveFunction } from '../serve-function.ts';
import { warmupService } from '../services.ts';

const cloud = await openCloud(process.env, 'warmup', ['UPSCALE_URL', 'SEGMENT_URL', 'EFFECTS_URL']);
serveFunction('warmup', warmupService(cloud, openStageRunner(cloud.config)).app, cloud);
cloud.prepare();
