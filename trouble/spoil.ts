// Bytes of a real file with some of them changed, taken out, repeated or cut off.
import type { Chance } from './chance.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

type Spoiler = (file: Bytes, chance: Chance) => Bytes;

const spoilers: readonly Spoiler[] = [
  function flip(file, chance) {
    const changed = file.slice();
    for (let times = 1 + chance.below(16); times > 0; times--)
      changed[chance.below(changed.byteLength)] = chance.below(256);
    return changed;
  },
  function flipHeader(file, chance) {
    const changed = file.slice();
    for (let times = 1 + chance.below(4); times > 0; times--)
      changed[chance.below(Math.min(64, changed.byteLength))] = chance.pick([0, 1, 0x7f, 0x80, 0xff]);
    return changed;
  },
  (file, chance) => file.slice(0, chance.below(file.byteLength)),
  function dropPart(file, chance) {
    const [from, length] = [chance.below(file.byteLength), chance.below(200)];
    return joined(file.subarray(0, from), file.subarray(from + length));
  },
  function repeatPart(file, chance) {
    const from = chance.below(file.byteLength);
    const part = file.subarray(from, from + chance.below(2000));
    return joined(file.subarray(0, from), part, part, file.subarray(from));
  },
  function fillPart(file, chance) {
    const changed = file.slice();
    const from = chance.below(file.byteLength);
    return changed.fill(chance.pick([0, 0xff]), from, from + chance.below(500));
  },
];

/** @param file of one byte or more */
export function spoiled(file: Bytes, chance: Chance): Bytes {
  return chance.pick(spoilers)(file, chance);
}

function joined(...parts: readonly Uint8Array[]): Bytes {
  return Uint8Array.from(Buffer.concat(parts));
}
