// The upscale function: `FUNCTION_SOURCE=functions/upscale/index.ts`, target `upscale`.
import { startStageFunction } from '../stage-function.ts';

await startStageFunction('upscale', process.env);
