// Loaded before each test file. AVA's own limit on silence is not armed again once it ran out inside a longer limit that a
// test had asked for (7.0.0, lib/api.js), and nothing at all ends a process that stays after its last test: either would
// hold the whole run up for ever.
import { registerCompletionHandler } from 'ava';

/** No file takes half as long on two cores. */
const FILE_LIMIT_MS = 25 * 60_000;
const LINGER_LIMIT_MS = 60_000;

const held = (): string =>
  `it is held by ${process.getActiveResourcesInfo().join(', ') || 'nothing that Node knows'}`;

setTimeout(() => {
  console.error(`These tests have not ended within ${FILE_LIMIT_MS / 60_000} minutes: ${held()}`);
  process.exit(1);
}, FILE_LIMIT_MS).unref();

registerCompletionHandler(() => {
  setTimeout(() => {
    console.error(`The process stays ${LINGER_LIMIT_MS / 1000} s after its last test: ${held()}`);
    process.exit(1);
  }, LINGER_LIMIT_MS).unref();
});
