// Questions to the engine's thread: whoever asked is told the answer, or that the thread has ended.
import type {
  Failed,
  Finished,
  FinishRequest,
  Loaded,
  LoadRequest,
  Ran,
  RunRequest,
  Warmed,
  WarmRequest,
  WorkerReply,
} from './protocol.ts';
import type { EngineThread } from './start-thread.ts';

export type Answer = Loaded | Warmed | Ran | Finished;
/** Omit over each member of the union. */
export type Question =
  | Omit<LoadRequest, 'id'>
  | Omit<WarmRequest, 'id'>
  | Omit<RunRequest, 'id'>
  | Omit<FinishRequest, 'id'>;

export interface Questions {
  /** Rejects with what the thread failed with, a `Failed`. @throws when a buffer was taken along by an earlier question */
  ask(question: Question, transfer: ArrayBuffer[]): Promise<Answer>;
  /** Settles with the last answer; the thread gives them in order. */
  readonly settled: Promise<unknown>;
  readonly ended: boolean;
}

type Pending = { resolve(reply: Answer): void; reject(failed: Failed): void };

/** @param onEnded is told once, before those who wait for an answer */
export function askThread(
  { worker, ended: end }: EngineThread,
  onEnded: (reason: string) => void,
): Questions {
  const pending = new Map<number, Pending>();
  let settled: Promise<unknown> = Promise.resolve();
  let ended = false;
  let lastId = 0;

  worker.on('message', (reply: WorkerReply) => {
    const waiting = pending.get(reply.id);
    pending.delete(reply.id);
    if (pending.size === 0) worker.unref();
    if (reply.kind === 'failed') waiting?.reject(reply);
    else waiting?.resolve(reply);
  });
  void end.then((message) => {
    ended = true;
    onEnded(message);
    for (const [id, { reject }] of pending) reject({ kind: 'failed', id, cause: 'runtime', message });
    pending.clear();
  });

  return {
    get settled() {
      return settled;
    },
    get ended() {
      return ended;
    },
    ask(question, transfer) {
      const answer = new Promise<Answer>((resolve, reject) => {
        const id = ++lastId;
        // Where this throws there is nothing to wait for.
        worker.postMessage({ ...question, id }, transfer);
        pending.set(id, { resolve, reject });
        worker.ref();
      });
      settled = answer.catch(() => {});
      return answer;
    },
  };
}
