// The effects function: `FUNCTION_SOURCE=functions/effects/index.ts`, target `effects`.
import { startStageFunction } from '../stage-function.ts';

await startStageFunction('effects', process.env);
