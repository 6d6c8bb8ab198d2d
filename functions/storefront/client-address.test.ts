import test from 'ava';
import fc from 'fast-check';
import { addressGroup, clientAddress } from './client-address.ts';

const SOCKET = '10.0.0.9';
const cases: readonly (readonly [
  what: string,
  forwarded: string | undefined,
  hops: number,
  address: string,
])[] = [
  ['with no proxy the connection counts', undefined, 0, SOCKET],
  ['with no proxy a header is the caller’s own word', '203.0.113.7', 0, SOCKET],
  ['behind one proxy its word counts', '203.0.113.7', 1, '203.0.113.7'],
  ['behind one proxy what the caller wrote before does not', '1.1.1.1, 203.0.113.7', 1, '203.0.113.7'],
  ['behind two the first one’s word counts', '1.1.1.1, 203.0.113.7, 198.51.100.2', 2, '203.0.113.7'],
  ['around a proxy that should be there the connection counts', '1.1.1.1', 2, SOCKET],
  ['without a header the connection counts', undefined, 1, SOCKET],
  ['an empty header is none', '', 1, SOCKET],
  ['what is no address is none', '1.1.1.1, unknown', 1, SOCKET],
  ['a name is no address', 'shop.example', 1, SOCKET],
  ['a port is left out', '203.0.113.7:4711', 1, '203.0.113.7'],
  ['brackets and a port are left out', '[2001:DB8::7]:443', 1, '2001:db8::7'],
  ['spaces are left out', ' 203.0.113.7 ', 1, '203.0.113.7'],
  ['IPv4 written as IPv6 is IPv4', '::ffff:203.0.113.7', 1, '203.0.113.7'],
  ['IPv4 written as IPv6 in full is IPv4', '0:0:0:0:0:ffff:cb00:7107', 1, '203.0.113.7'],
];
for (const [what, forwarded, hops, address] of cases) {
  test(`Of addresses: ${what}`, (t) => t.is(clientAddress(SOCKET, forwarded, hops), address));
}

test('A connection over IPv4 on an IPv6 socket is IPv4', (t) => {
  t.is(clientAddress('::ffff:127.0.0.1', undefined, 0), '127.0.0.1');
});

test('Whatever a caller writes, behind one proxy the address is what the proxy saw', (t) => {
  const holds = (written: string): boolean =>
    clientAddress(SOCKET, `${written}, 203.0.113.7`, 1) === '203.0.113.7';
  t.notThrows(() => fc.assert(fc.property(fc.string(), holds)));
});

const groups: readonly (readonly [address: string, group: string])[] = [
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
];
for (const [address, group] of groups) {
  test(`${address} is counted as ${group}`, (t) => t.is(addressGroup(address), group));
}
