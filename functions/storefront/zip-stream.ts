// A ZIP written as it is read, with one file of it in memory at a time. Nothing is packed: pictures are that already. A
// file's sum and size stand before it, which readers that do not seek need, and a batch may exceed 4 GB (ZIP64).
import { crc32 } from 'node:zlib';

export interface ZipEntry {
  /** Path within, joined by `/`; each only once. */
  readonly name: string;
  /** Below 4 GiB. */
  readonly data: Uint8Array;
}

interface Placed {
  readonly name: Uint8Array;
  readonly crc: number;
  readonly bytes: number;
  /** Where its header begins. */
  readonly at: number;
}

/** Handed out at once; what takes them sets the pace. */
const CHUNK = 256 * 1024;
/** From here on the 32-bit fields point at 64-bit ones. */
const FULL_32 = 0xffff_ffff;
const FULL_16 = 0xffff;
/** Names are UTF-8. */
const FLAGS = 0x0800;
const VERSION = 20;
const VERSION_64 = 45;
/** Made on Unix: readers of old take a name of any other host for one of DOS, whatever the flag says. */
const MADE_BY = (3 << 8) | VERSION_64;
/** A plain file that all may read and its owner may write. */
const ATTRIBUTES = 0o100644 * 2 ** 16;

/** @param written DOS keeps no time zone: UTC is written */
export async function* streamZip(
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  written: Date,
): AsyncGenerator<Uint8Array, void, void> {
  const placed: Placed[] = [];
  let at = 0;
  for await (const { name, data } of entries) {
    const entry = { name: new TextEncoder().encode(name), crc: crc32(data), bytes: data.byteLength, at };
    placed.push(entry);
    const header = localHeader(entry, written);
    yield header;
    for (let from = 0; from < data.byteLength; from += CHUNK) yield data.subarray(from, from + CHUNK);
    at += header.byteLength + data.byteLength;
  }
  yield* zipDirectory(placed, at, written);
}

/** All at once, with a fixed time: the same files make the same bytes. */
export async function zipWhole(entries: readonly ZipEntry[]): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(streamZip(entries, new Date(Date.UTC(1980, 0, 1)))));
}

/** Of a file: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7. */
function localHeader(entry: Placed, written: Date): Uint8Array {
  return record((w) => {
    w.u32(0x04034b50).u16(VERSION);
    common(w, entry, written).u16(0).bytes(entry.name);
  });
}

function common(w: Writer, { name, crc, bytes }: Placed, written: Date): Writer {
  const { time, date } = dosTime(written);
  return w.u16(FLAGS).u16(0).u16(time).u16(date).u32(crc).u32(bytes).u32(bytes).u16(name.byteLength);
}

/** What ends a ZIP: 4.3.12 to 4.3.16. @param at where it begins */
export function* zipDirectory(entries: readonly Placed[], at: number, written: Date): Generator<Uint8Array> {
  let bytes = 0;
  for (const entry of entries) {
    const header = centralHeader(entry, written);
    bytes += header.byteLength;
    yield header;
  }
  const count = entries.length;
  const end = at + bytes;
  const isLarge = count >= FULL_16 || bytes >= FULL_32 || at >= FULL_32;
  if (isLarge) {
    yield record((w) => {
      w.u32(0x06064b50).u64(44).u16(MADE_BY).u16(VERSION_64).u32(0).u32(0);
      w.u64(count).u64(count).u64(bytes).u64(at);
      w.u32(0x07064b50).u32(0).u64(end).u32(1);
    });
  }
  yield record((w) => {
    const shownCount = Math.min(count, FULL_16);
    w.u32(0x06054b50).u16(0).u16(0).u16(shownCount).u16(shownCount);
    w.u32(Math.min(bytes, FULL_32)).u32(Math.min(at, FULL_32)).u16(0);
  });
}

function centralHeader(entry: Placed, written: Date): Uint8Array {
  const isFar = entry.at >= FULL_32;
  return record((w) => {
    w.u32(0x02014b50)
      .u16(MADE_BY)
      .u16(isFar ? VERSION_64 : VERSION);
    common(w, entry, written)
      .u16(isFar ? 12 : 0)
      .u16(0)
      .u16(0)
      .u16(0)
      .u32(ATTRIBUTES)
      .u32(Math.min(entry.at, FULL_32))
      .bytes(entry.name);
    if (isFar) w.u16(1).u16(8).u64(entry.at);
  });
}

function dosTime(when: Date): { time: number; date: number } {
  const time = (when.getUTCHours() << 11) | (when.getUTCMinutes() << 5) | (when.getUTCSeconds() >> 1);
  const year = Math.max(0, when.getUTCFullYear() - 1980);
  return { time, date: (year << 9) | ((when.getUTCMonth() + 1) << 5) | when.getUTCDate() };
}

interface Writer {
  u16(value: number): Writer;
  u32(value: number): Writer;
  u64(value: number): Writer;
  bytes(value: Uint8Array): Writer;
}

function record(write: (writer: Writer) => void): Uint8Array {
  const parts: Uint8Array[] = [];
  const number = (size: 2 | 4 | 8, value: number): Writer => {
    const bytes = new DataView(new ArrayBuffer(size));
    if (size === 2) bytes.setUint16(0, value, true);
    else if (size === 4) bytes.setUint32(0, value, true);
    else bytes.setBigUint64(0, BigInt(value), true);
    parts.push(new Uint8Array(bytes.buffer));
    return writer;
  };
  const writer: Writer = {
    u16: (value) => number(2, value),
    u32: (value) => number(4, value),
    u64: (value) => number(8, value),
    bytes(value) {
      parts.push(value);
      return writer;
    },
  };
  write(writer);
  return Buffer.concat(parts);
}
