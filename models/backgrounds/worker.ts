// Owns: one thread's side: paint the template asked for, develop it, send the file back.

import { parentPort } from 'node:worker_threads';
import { develop, encode } from './develop.ts';
import { SIZE, templates } from './templates.ts';
import type { Reply, Request } from './threads.ts';

parentPort?.on('message', async (request: Request) => {
  const send = (reply: Reply): void => parentPort?.postMessage(reply);
  const template = templates.find((t) => t.name === request.name)!;
  const size = Math.round(SIZE * request.scale);
  const picture = template.paint(size, (text) => send({ kind: 'say', text }));
  const { file, quality } = await encode(develop(picture), size);
  send({ kind: 'done', file, text: `${size} x ${size}, quality ${quality}, ${file.length} bytes` });
});
