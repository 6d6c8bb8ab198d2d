// Owns: one thread's side of the pool: look the job up, do it, say so.

import { parentPort } from 'node:worker_threads';
import { plushJobs } from './plush-jobs.ts';
import type { Request } from './pool.ts';
import { productJobs } from './product-jobs.ts';

const jobs: Record<string, (index: number, data: never) => void> = { ...plushJobs, ...productJobs };

parentPort?.on('message', (request: Request) => {
  const job = jobs[request.job];
  if (!job) throw new Error(`no job called ${request.job}`);
  job(request.index, request.data as never);
  parentPort?.postMessage(request.index);
});
