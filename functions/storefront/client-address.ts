// Who sends a request, as far as that can be known: the address that the last proxy we trust has seen, never what the
// caller writes into a header.
import { isIP, isIPv6 } from 'node:net';

/**
 * Each proxy adds the address that it sees at the right of X-Forwarded-For; what stands further left is whatever the
 * caller wrote.
 * @param socket the address that the connection comes from
 * @param forwarded X-Forwarded-For, several of them joined by commas
 * @param hops how many proxies in front are ours
 */
export function clientAddress(socket: string, forwarded: string | undefined, hops: number): string {
  if (hops === 0) return bare(socket);
  const seen = (forwarded ?? '').split(',').map((part) => bare(part.trim()));
  // Fewer than there should be: the request did not come through all of them. The leftmost may be the caller's own
  // word, so the nearest address that somebody has really seen counts.
  const address = seen.length >= hops ? seen[seen.length - hops]! : '';
  return isIP(address) ? address : bare(socket);
}

/** What a caller's requests are counted by: of IPv6 the half that names a network, since each home has all of it. */
export function addressGroup(address: string): string {
  if (!isIPv6(address)) return address;
  return `${groupsOf(address).slice(0, 4).join(':')}::/64`;
}

/** Without port, brackets and zone; IPv4 in IPv6's clothes as IPv4. */
function bare(text: string): string {
  const [, inner] = /^\[(.*)\](?::\d+)?$/.exec(text) ?? [];
  const address = (inner ?? text.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1'))
    .replace(/%.*$/, '')
    .toLowerCase();
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address);
  const isMapped = groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff';
  return isMapped ? dotted(groups[6]!, groups[7]!) : address;
}

/** Eight, without leading zeros. */
function groupsOf(address: string): string[] {
  const hexadecimal = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes) => {
    const [a, b, c, d] = bytes.slice(0, 4).map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = hexadecimal.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16).toString(16));
}

function dotted(high: string, low: string): string {
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}
