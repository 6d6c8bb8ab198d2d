// Entry of `npm run smoke`.
import { readFile } from 'node:fs/promises';
import { toCutlineError } from '../../shared/errors.ts';
import { readHeader } from '../../shared/image/codec.ts';
import type { SmokeArguments } from './smoke-arguments.ts';
import { parseSmokeArguments, smokeHelp } from './smoke-arguments.ts';
import { smoke } from './smoke-checks.ts';
import { openService } from './smoke-service.ts';
import { checkLine, verdictOf } from './smoke-text.ts';

const EXIT = { well: 0, ill: 1, usage: 2 } as const;
const sample = new URL('../../models/samples/toy-robot.jpg', import.meta.url);

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const args = parseSmokeArguments(process.argv.slice(2), process.env);
    if (args) return await run(args, await readJpeg(args.photo ?? sample));
    console.log(smokeHelp);
    return EXIT.well;
  } catch (error) {
    console.error(`${(error as Error).message.split('. To specify')[0]}. See --help.`);
    return EXIT.usage;
  }
}

async function run(args: SmokeArguments, photo: Uint8Array<ArrayBuffer>): Promise<number> {
  const { url, key, requests, idleMs, json } = args;
  const say = (text: string): void => void (json || console.log(text));
  say(`${url}${idleMs === undefined ? '' : `, then ${idleMs / 60_000} idle minutes and a cold request`}\n`);
  const checks = [];
  for await (const check of smoke({ service: openService(url, key), photo, requests, idleMs })) {
    checks.push(check);
    console.log(json ? JSON.stringify(check) : checkLine(check));
  }
  const { isWell, text } = verdictOf(checks, args.strict);
  say(`\n${text}`);
  return isWell ? EXIT.well : EXIT.ill;
}

async function readJpeg(path: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  const file = new Uint8Array(await readFile(path));
  const format = await readHeader(file).then(
    (header) => header.format,
    (error: unknown) => toCutlineError(error).code,
  );
  if (format !== 'JPEG') throw new Error(`Expected a JPEG for --photo but received ${format}`);
  return file;
}
