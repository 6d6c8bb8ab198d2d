// The thread of bare-thread.ts: says something when it is open, and after each round of runs.
import { parentPort, workerData } from 'node:worker_threads';
import { openBare } from './bare-session.ts';
import type { BareWork } from './bare-thread.ts';

const { entry, options, runs } = workerData as BareWork;
const session = await openBare(entry, options);
parentPort!.on('message', async () => {
  for (const inputs of runs) await session.run(inputs);
  parentPort!.postMessage('done');
});
parentPort!.postMessage('open');
