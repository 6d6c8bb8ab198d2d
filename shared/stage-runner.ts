// The port to a stage that is asked directly: the synchronous path and the warm-up. Over HTTP with an ID token, or a
// call in the process.
import { z } from 'zod';
import type { StageName } from './card.ts';
import type { StageMessage } from './message.ts';
import type { StageRecord } from './records.ts';

export const phases = ['starting', 'gpu', 'model', 'warming', 'ready'] as const;
export type Phase = (typeof phases)[number];

/** The answer to POST /warmup. */
export const warmAnswerSchema = z.object({
  status: z.literal('ready'),
  was_cold: z.boolean(),
  model: z.string(),
  device: z.string(),
  phases_ms: z.record(z.string(), z.number().nonnegative()),
  total_ms: z.number().nonnegative(),
});
export type WarmAnswer = z.infer<typeof warmAnswerSchema>;

export interface StageRunner {
  /** @throws whatever the stage ended in, by its code; STAGE_UNAVAILABLE when it cannot be reached */
  run(message: StageMessage, signal?: AbortSignal): Promise<StageRecord>;
  /** Waits until the stage is ready. @throws MODEL_INVALID …, STAGE_UNAVAILABLE */
  warmUp(stage: StageName, signal?: AbortSignal): Promise<WarmAnswer>;
}
