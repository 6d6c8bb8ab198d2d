// The image's command: a function under functions-framework, which is loaded after it: the models of a stage are opened
// while the framework gets ready.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const source = process.env.FUNCTION_SOURCE;
// The framework loads it again, which is the same module, and says what it threw.
if (source) await import(pathToFileURL(resolve(source)).href).catch(() => {});
// Its package exports no command: it lies beside what is exported.
await import(new URL('main.js', import.meta.resolve('@google-cloud/functions-framework')).href);
