// Stands in for worker.ts: opens and warms whatever it is told to, and at a run does what
// the model's id says. The model's title names a channel.
import { parentPort } from 'node:worker_threads';
import type { WorkerReply, WorkerRequest } from '../protocol.ts';

const port = parentPort!;

const troubles: Record<string, (id: number) => void> = {
  silence() {},
  exit: () => process.exit(3),
  throw() {
    throw new Error('the thread came down');
  },
  'out-of-memory': (id) =>
    answer({
      kind: 'failed',
      id,
      cause: 'runtime',
      message: 'Failed to allocate memory for requested buffer of size 2147483648',
    }),
};

port.on('message', (request: WorkerRequest) => {
  const { id } = request;
  if (request.kind === 'load') {
    listen(request.card.title);
    answer({ kind: 'loaded', id, device: 'cuda', passedOver: [], ms: 1 });
  } else if (request.kind === 'finish') answer({ kind: 'finished', id });
  else if (request.kind === 'warm') answer({ kind: 'warmed', id, runsMs: [1] });
  else troubles[request.model]!(id);
});

/** Life can be asked for, and death, by a way round the engine. */
function listen(name: string): void {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => {
    if (data === 'end') process.exit(0);
    if (data === 'alive?') channel.postMessage('alive');
  };
}

function answer(reply: WorkerReply): void {
  port.postMessage(reply);
}
