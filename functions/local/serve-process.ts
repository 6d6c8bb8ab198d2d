// The process that serves. First the thread of the models: while the rest is loaded it loads onnxruntime.
import { startThread } from '../../shared/inference/start-thread.ts';

const thread = startThread();
const { serveHere } = await import('./serve-here.ts');
await serveHere(thread);
