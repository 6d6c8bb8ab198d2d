// Is an emulator there? The cloud's clients would ask for a minute, and then say it in their own words.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CutlineError } from '../../shared/errors.ts';

/** One that is started at the same moment needs a while. */
const WAIT_MS = 5000;
const PAUSE_MS = 100;

/** @param address with its scheme. @throws CONFIG_INVALID naming the variable */
export async function expectEmulator(variable: string, address: string, waitMs = WAIT_MS): Promise<void> {
  const { hostname, port } = new URL(address);
  const host = hostname.replace(/^\[|\]$/g, '');
  const late = performance.now() + waitMs;
  for (;;) {
    const socket = connect({ host, port: Number(port || 80) });
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(waitMs) });
      return;
    } catch (cause) {
      if (performance.now() >= late) {
        const problem = `${variable}: expected an emulator that answers but received nothing from ${address}`;
        throw new CutlineError('CONFIG_INVALID', { fields: { problems: [problem] }, cause });
      }
    } finally {
      socket.destroy();
    }
    await sleep(PAUSE_MS);
  }
}
