// Entry of the evaluation: wires configuration, signals and streams to it.
import { UsageError } from '../../functions/local/arguments.ts';
import { discardAllNow } from '../../functions/local/result-files.ts';
import { EXIT } from '../../functions/local/run.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { CutlineError, toCutlineError } from '../../shared/errors.ts';
import { helpText, parseEvalArguments } from './arguments.ts';
import { runEval } from './run.ts';

const interruption = new AbortController();
// As in the command line: the first Ctrl-C ends after the run in progress, the second at once.
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);

// What is measured goes to files: it goes on where nobody reads along any more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main(process.argv.slice(2)).catch(explain);

async function main(args: readonly string[]): Promise<number> {
  const command = await parseEvalArguments(args);
  if (command.kind === 'help') {
    console.log(helpText);
    return EXIT.ok;
  }
  return await runEval(command.arguments, {
    config: parseConfig(process.env),
    signal: interruption.signal,
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
  const cause = error.message === error.detail ? '' : ` (${error.message})`;
  process.stderr.write(`${error.code}: ${error.detail}${cause}\n`);
  const known = error.code === 'MODEL_NOT_FOUND' || error.code === 'CONFIG_INVALID';
  return known ? EXIT.usage : EXIT.someFailed;
}
