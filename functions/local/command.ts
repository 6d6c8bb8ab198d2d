// The command line: wires configuration, signals and streams to the run.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { CutlineError, toCutlineError } from '../../shared/errors.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { helpText } from './flags.ts';
import { listTemplates } from './open-background.ts';
import { discardAllNow } from './result-files.ts';
import { EXIT, run } from './run.ts';

const interruption = new AbortController();
// The first Ctrl-C ends after the run in progress and the one that lies ready, because a thread inside a run cannot be
// ended; the second at once.
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
// Whoever read the output has read enough: `npm start -- --json photos | head -1`.
process.stdout.on('error', () => interruption.abort(new CutlineError('CANCELLED')));

process.exitCode = await main(process.argv.slice(2)).catch(explain);

async function main(args: readonly string[]): Promise<number> {
  const command = parseArguments(args);
  if (command.kind === 'help') {
    console.log(helpText((await listTemplates()).map(({ name }) => name)));
    return EXIT.ok;
  }
  if (command.kind !== 'run') {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    console.log(version);
    return EXIT.ok;
  }
  return await run(command.arguments, {
    config: parseConfig(process.env),
    signal: interruption.signal,
    samples: fileURLToPath(new URL('../../models/samples', import.meta.url)),
    stdout: (text) => process.stdout.write(`${text}\n`),
    stderr: (text) => process.stderr.write(`${text}\n`),
    onStuck(error) {
      process.stderr.write(
        `${error.code}: ${error.detail}. The model cannot be stopped, so the process ends.\n`,
      );
      discardAllNow();
      process.kill(process.pid, 'SIGKILL');
    },
  });
}

function interrupt(): void {
  if (interruption.signal.aborted) {
    discardAllNow();
    process.kill(process.pid, 'SIGKILL');
  }
  interruption.abort(new CutlineError('CANCELLED'));
}

function explain(thrown: unknown): number {
  if (thrown instanceof UsageError) {
    process.stderr.write(`${thrown.message}\n`);
    return EXIT.usage;
  }
  const error = toCutlineError(thrown);
  const known = error.code === 'MODEL_NOT_FOUND' || error.code === 'CONFIG_INVALID';
  process.stderr.write(
    `${error.code}: ${error.detail}${error.message === error.detail ? '' : ` (${error.message})`}\n`,
  );
  return known ? EXIT.usage : EXIT.someFailed;
}
