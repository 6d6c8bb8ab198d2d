// One request as bytes, one answer: what a client that keeps to no rule sends and sees.
import { connect } from 'node:net';
import type { HostileInput } from './hostile-inputs.ts';

export interface Answer {
  /** 0 where the connection ended without one. */
  readonly status: number;
  /** The head and the beginning of the body. */
  readonly text: string;
  readonly hung: boolean;
}

/** Enough of a body to see what an error says. */
const MOST_BYTES = 64 * 1024;
const GONE_AFTER_MS = 20;

export async function exchange(url: string, input: HostileInput, limitMs: number): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // A server that hangs up is an answer as well.
  socket.on('error', () => {});
  let received = '';
  let hung = false;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    hung = true;
    end();
  }, limitMs);
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => {
    received += piece;
    if (isEnough(received)) end();
  });
  socket.once('close', () => end());
  // Of a request that was cut off the sender is gone too.
  socket.write(input.bytes, () => {
    if (!input.isWhole) setTimeout(end, GONE_AFTER_MS);
  });
  await ended;
  clearTimeout(timer);
  socket.destroy();
  const status = Number(/^HTTP\/1\.1 (?!1)(\d+)/m.exec(received)?.[1] ?? 0);
  return { status, text: received, hung };
}

/** Whatever the method: an error says all in its first bytes, which come with its head. */
function isEnough(received: string): boolean {
  const text = received.replace(/^HTTP\/1\.1 1\d\d .*?\r\n\r\n/s, '');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
  if (status < 400) return true;
  const length = Number(/^content-length: (\d+)$/im.exec(text.slice(0, end))?.[1] ?? 0);
  const body = text.length - end - 4;
  // HEAD is answered with a length and no body.
  return (
    body >= Math.min(length, MOST_BYTES) || /^content-type: application\/json/im.test(text.slice(0, end))
  );
}
