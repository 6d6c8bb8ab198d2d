// Owns: sharing templates out over worker threads. A template is painted by one thread from
// its own seeds, so the files do not depend on how many there are.

import { Worker } from 'node:worker_threads';

export type Request = { name: string; scale: number };

export type Reply = { kind: 'say'; text: string } | { kind: 'done'; text: string; file: Uint8Array };

export type Events = {
  say(name: string, text: string): void;
  done(name: string, file: Uint8Array): Promise<void>;
};

function paintOne(worker: Worker, request: Request, events: Events): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.on('error', reject);
    worker.on('message', (reply: Reply) => {
      events.say(request.name, reply.text);
      if (reply.kind === 'done') resolve(reply.file);
    });
    worker.postMessage(request);
  });
}

export async function paintAll(requests: readonly Request[], threads: number, events: Events): Promise<void> {
  const queue = [...requests];
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    try {
      for (let next = queue.shift(); next; next = queue.shift())
        await events.done(next.name, await paintOne(worker, next, events));
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, requests.length) }, work));
}
