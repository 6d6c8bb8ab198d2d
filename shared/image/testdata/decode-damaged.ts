// Run as a process of its own by foreign-decoder.test.ts, which looks at what it prints.
import { readFileSync } from 'node:fs';
import { decodeForeign } from '../foreign-decoder.ts';

const file = readFileSync(new URL('./gradient.heic', import.meta.url));
await decodeForeign(file.subarray(0, 600), 'HEIC').catch(({ message }) => console.log(message));
// What the first thread printed arrives while the second works.
await decodeForeign(file, 'HEIC');
