// The entry that the three stage functions share: one stage by its name, or those of STAGES in one service. First the
// thread, then the models, then the server: while the code of one is loaded, the one before it is at work.
import type { StageName } from '../shared/card.ts';
import { startThread } from '../shared/inference/start-thread.ts';

export async function startStageFunction(name: StageName, env: NodeJS.ProcessEnv): Promise<void> {
  const thread = startThread();
  const { beginStage } = await import('./begin-stage.ts');
  const begun = await beginStage(name, env, thread);
  const { serveStage } = await import('./serve-stage-function.ts');
  await serveStage(name, begun);
}
