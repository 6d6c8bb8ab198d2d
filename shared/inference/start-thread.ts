// Starts the thread that holds the models. It knows no configuration and imports nothing, so that it can be the first
// thing of a process: while the other modules load, the thread loads onnxruntime.
import { Worker } from 'node:worker_threads';

export interface EngineThread {
  readonly worker: Worker;
  /** Resolves with the reason when the thread ends, by whatever; also for whoever asks after that. */
  readonly ended: Promise<string>;
}

/** @param script another than the real one, for tests of trouble */
export function startThread(script: URL = new URL('./worker.ts', import.meta.url)): EngineThread {
  const worker = new Worker(script);
  // A thread without work must not keep a process alive that is done.
  worker.unref();
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  worker.once('error', (error) => resolve(error.message));
  // Node sends no further event: whoever asks a thread that has ended would wait for ever.
  worker.once('exit', (code) => resolve(`the inference thread ended with code ${code}`));
  return { worker, ended };
}
