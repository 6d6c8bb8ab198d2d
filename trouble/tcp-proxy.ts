// A wire that can be slowed or cut between a client and what it talks to, whatever is spoken there.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Wire {
  /** `127.0.0.1:port`, to be used in place of the target. */
  readonly host: string;
  /** Every connection ends, and new ones too, until it is mended. */
  cut(): void;
  /** Every piece waits so long. */
  slow(ms: number): void;
  mend(): void;
  close(): Promise<void>;
}

/** @param target `host:port` */
export async function layWire(target: string): Promise<Wire> {
  const { hostname, port } = new URL(`http://${target}`);
  const open = new Set<Socket>();
  let isCut = false;
  let delayMs = 0;

  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (isCut) return void near.destroy();
    const far = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      // A wire that is cut is what this is about.
      from.on('error', () => {});
      from.once('close', (failed) => {
        open.delete(from);
        // One that ended well may still have something to be written to the other.
        if (failed || isCut) to.destroy();
      });
      carry(from, to);
    }
  });

  /** Reading a socket as a stream of pieces would end its other direction too. */
  function carry(from: Socket, to: Socket): void {
    let before = Promise.resolve();
    const inTurn = (step: () => Promise<void>): void => {
      before = before.then(step).catch(() => void to.destroy());
    };
    from.on('data', (piece) => {
      from.pause();
      inTurn(async () => {
        if (delayMs > 0) await sleep(delayMs);
        if (!to.write(piece)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
        from.resume();
      });
    });
    from.on('end', () => inTurn(async () => void to.end()));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  const destroyAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    host: `127.0.0.1:${address.port}`,
    cut() {
      isCut = true;
      destroyAll();
    },
    slow(ms) {
      delayMs = ms;
    },
    mend() {
      isCut = false;
      delayMs = 0;
    },
    async close() {
      destroyAll();
      server.close();
      await once(server, 'close');
    },
  };
}
