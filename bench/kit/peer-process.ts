// A peer in a process of its own (bench/peers.py): one photo at a time, timed by itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Peer {
  /** Resolves when the photo is done. @throws when the peer ends instead */
  work(photo: string): Promise<void>;
  close(): void;
}

/** Resolves when it has loaded its model. */
export async function startPeer(python: string, args: readonly string[]): Promise<Peer> {
  const script = fileURLToPath(new URL('../peers.py', import.meta.url));
  // Ours alone asks for one arena.
  const { MALLOC_ARENA_MAX: _, ...env } = process.env;
  const child = spawn(python, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`Expected ${args[0]} to go on but it ended with ${code}`);
  });
  // Heard by whoever waits for a line.
  ended.catch(() => {});
  const said = async (): Promise<void> => {
    await Promise.race([once(lines, 'line'), ended]);
  };
  await said();
  return {
    async work(photo) {
      const done = said();
      child.stdin.write(`${photo}\n`);
      await done;
    },
    close: () => void child.stdin.end(),
  };
}
