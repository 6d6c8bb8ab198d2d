// The few flags of `npm run serve`; each stands for an environment variable.
import { parseArgs } from 'node:util';

const flags = {
  port: { variable: 'PORT', value: 'N', help: 'where requests are taken (default: 55433)' },
  data: {
    variable: 'DATA_DIR',
    value: 'DIR',
    help: 'folder of uploads, results and messages (default: .cutline)',
  },
  models: { variable: 'MODELS_DIR', value: 'DIR', help: 'folder of baked models (default: models/baked)' },
} as const;

export interface ServeArguments {
  readonly help: boolean;
  /** Wrong usage, in a sentence. */
  readonly problem?: string;
  /** What the flags set. */
  readonly env: Readonly<Record<string, string>>;
}

export function parseServeArguments(args: readonly string[]): ServeArguments {
  const names = Object.keys(flags) as (keyof typeof flags)[];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    const help = { type: 'boolean' as const };
    const parsed = parseArgs({ args: [...args], options: { ...options, help } });
    const values: Readonly<Record<string, string | boolean | undefined>> = parsed.values;
    const given = names.filter((name) => values[name] !== undefined);
    const env = Object.fromEntries(given.map((name) => [flags[name].variable, String(values[name])]));
    return { help: values.help === true, env };
  } catch (error) {
    const sentence = (error as Error).message.split('. To specify')[0]!;
    return { help: false, problem: `${sentence}. Expected options as in --help.`, env: {} };
  }
}

export function serveHelp(): string {
  return [
    'Cutline: serves all functions in one process, with files as buckets and a bus in the process.',
    '',
    'Usage: npm run serve [-- options]',
    '',
    ...Object.entries(flags).map(([name, { value, help }]) => `  --${name} ${value}`.padEnd(16) + help),
    `${'  --help'.padEnd(16)}this text`,
    '',
    'Put a photo into .cutline/uploads/: its results appear under .cutline/results/jobs/.',
    'With PUBSUB_EMULATOR_HOST and STORAGE_EMULATOR_HOST set, the clients of the cloud are used against these emulators.',
    'Everything else is set by environment variables: see the README.',
    'Exit: 0 ended by a signal, 2 cannot start: wrong usage or settings, or a damaged model.',
  ].join('\n');
}
