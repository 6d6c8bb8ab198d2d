// The segment function: `FUNCTION_SOURCE=functions/segment/index.ts`, target `segment`.
import { startStageFunction } from '../stage-function.ts';

await startStageFunction('segment', process.env);
