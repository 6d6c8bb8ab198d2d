// A bare session in a thread of its own, as the product's models live in one: there malloc hands memory back to the
// system after every run and takes it anew, which it does not do for the main thread.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Card } from '../../shared/card.ts';
import type { Tensor } from '../../shared/stage.ts';
import type { BareOptions } from './bare-session.ts';

export interface BareWork {
  readonly entry: { readonly card: Card; readonly graph: string };
  readonly options: BareOptions;
  readonly runs: readonly Readonly<Record<string, Tensor>>[];
}

export interface BareThread {
  /** All of its runs, one right after the other. */
  runAll(): Promise<void>;
  close(): Promise<void>;
}

export async function openBareThread({
  entry: { card, graph },
  options,
  runs,
}: BareWork): Promise<BareThread> {
  const { device, threads } = options;
  const workerData: BareWork = { entry: { card, graph }, options: { device, threads }, runs };
  const worker = new Worker(new URL('./bare-worker.ts', import.meta.url), { workerData });
  await once(worker, 'message');
  return {
    async runAll() {
      worker.postMessage('run');
      await once(worker, 'message');
    },
    async close() {
      await worker.terminate();
    },
  };
}
