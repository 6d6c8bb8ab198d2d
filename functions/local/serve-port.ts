// The port of `npm run serve`, and how it is reached from this machine.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Config } from '../../shared/config/parse-config.ts';
import { CutlineError } from '../../shared/errors.ts';

/** All addresses of a machine; itself it reaches at its own. */
const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** @returns the base URL. @throws CONFIG_INVALID when the port is taken or cannot be opened */
export async function listen(server: Server, { host, port }: Pick<Config, 'host' | 'port'>): Promise<string> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    const problem =
      code === 'EADDRINUSE'
        ? `PORT: expected a free port but received ${port}, which another process uses; --port N names another`
        : `HOST and PORT: expected an address that can be opened but received ${host} and ${port} (${code})`;
    throw new CutlineError('CONFIG_INVALID', { fields: { problems: [problem] }, cause });
  }
  const address = server.address();
  // The port that was taken, where 0 asked for any.
  const open = typeof address === 'object' && address !== null ? address.port : port;
  const reached = everywhere[host] ?? host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${open}`;
}
