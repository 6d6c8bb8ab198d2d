// Owns: worker threads. Work is numbered; each number's result depends on nothing but the
// number and lands in shared memory, so the thread that happens to do it does not matter.

import { Worker } from 'node:worker_threads';

export type Request = { job: string; index: number; data: object };

export class Pool {
  private readonly workers: Worker[];

  constructor(threads: number) {
    this.workers = Array.from({ length: threads }, () => new Worker(new URL('./worker.ts', import.meta.url)));
  }

  /** Does job 0 .. count-1 and resolves when all are done. */
  run(job: string, count: number, data: object, progress: (done: number) => void = () => {}): Promise<void> {
    return new Promise((resolve, reject) => {
      let next = 0;
      let done = 0;
      if (count === 0) resolve();
      for (const worker of this.workers) {
        const give = (): void => {
          if (next < count) worker.postMessage({ job, index: next++, data } satisfies Request);
        };
        worker.removeAllListeners();
        worker.on('error', reject);
        worker.on('message', () => {
          progress(++done);
          if (done === count) resolve();
          else give();
        });
        give();
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((w) => w.terminate()));
  }
}
