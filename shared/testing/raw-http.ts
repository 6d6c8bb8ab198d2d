// For tests of what comes over the network: a server on a free port, and a client that sends exactly the bytes it is told.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import type { ExecutionContext } from 'ava';

export interface RawAnswer {
  /** 0 where the connection ended without one. */
  readonly status: number;
  /** Of the answer's body. */
  readonly text: string;
}

export interface RawServer {
  readonly url: string;
  /** Sends the pieces, each once the one before has left, and resolves with the answer or the connection's end. */
  send(pieces: Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>): Promise<RawAnswer>;
  /** A connection of one's own. */
  open(): Promise<Socket>;
}

export async function serveRaw(
  t: ExecutionContext,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<RawServer> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    // A server that hangs up is what some tests are about.
    socket.on('error', () => {});
    await once(socket, 'connect');
    t.teardown(() => socket.destroy());
    return socket;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    open,
    async send(pieces) {
      const socket = await open();
      const answer = readAnswer(socket);
      for await (const piece of pieces) {
        if (socket.destroyed) break;
        await new Promise((resolve) => socket.write(piece, resolve));
      }
      return await answer;
    },
  };
}

/** The first answer on a connection, which is then closed. */
export async function readAnswer(socket: Socket): Promise<RawAnswer> {
  let received = '';
  try {
    for await (const chunk of socket) {
      received += (chunk as Buffer).toString('latin1');
      const answer = parseAnswer(received);
      if (answer) return answer;
    }
  } catch {
    // Reset: what came before it counts.
  } finally {
    socket.destroy();
  }
  return { status: 0, text: '' };
}

function parseAnswer(received: string): RawAnswer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = received.slice(0, end);
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0);
  if (status === 100) return parseAnswer(received.slice(end + 4));
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  const body = received.slice(end + 4);
  if (body.length < length) return undefined;
  return { status, text: Buffer.from(body.slice(0, length), 'latin1').toString() };
}

/** A request's head. @param length of its body; without it the body is chunked */
export function head(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  length?: number,
): string {
  const framing = length === undefined ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${path} HTTP/1.1`, 'Host: x', framing, ...lines, '', ''].join('\r\n');
}

/** A chunk of a chunked body; of nothing it is the end. */
export function chunk(data: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${data.byteLength.toString(16)}\r\n`), data, Buffer.from('\r\n')]);
}
