import test from 'ava';
import { configVariables } from '../../shared/config/variables.ts';
import { parseServeArguments, serveHelp } from './serve-arguments.ts';

test('without arguments nothing is set', (t) => {
  t.deepEqual(parseServeArguments([]), { help: false, env: {} });
});

test('each flag stands for its variable, whatever its value', (t) => {
  const { env, problem } = parseServeArguments(['--port', '8080', '--data=my data', '--models', '../models']);
  t.is(problem, undefined);
  t.deepEqual(env, { PORT: '8080', DATA_DIR: 'my data', MODELS_DIR: '../models' });
  for (const name of Object.keys(env)) t.true(name in configVariables, name);
});

test('a value that is empty or wrong is the configuration’s to refuse', (t) => {
  t.deepEqual(parseServeArguments(['--port=', '--data', '1']).env, { PORT: '', DATA_DIR: '1' });
});

test('--help is known, beside others too', (t) => {
  t.true(parseServeArguments(['--help']).help);
  t.like(parseServeArguments(['--port', '1', '--help']), { help: true, env: { PORT: '1' } });
});

const wrong: readonly (readonly [args: string[], says: string])[] = [
  [['--nope'], "Unknown option '--nope'. Expected options as in --help."],
  [['--port'], "Option '--port <value>' argument missing. Expected options as in --help."],
  [['--help=yes'], "Option '--help' does not take an argument. Expected options as in --help."],
  [
    ['dog.jpg'],
    "Unexpected argument 'dog.jpg'. This command does not take positional arguments. Expected options as in --help.",
  ],
  [['-p', '1'], "Unknown option '-p'. Expected options as in --help."],
];

for (const [args, says] of wrong) {
  test(`${args.join(' ')} is wrong usage`, (t) => {
    t.deepEqual(parseServeArguments(args), { help: false, problem: says, env: {} });
  });
}

test('the help names every flag with the default of its variable', (t) => {
  const help = serveHelp();
  for (const [flag, variable] of [
    ['--port N', configVariables.PORT],
    ['--data DIR', configVariables.DATA_DIR],
    ['--models DIR', configVariables.MODELS_DIR],
  ] as const)
    t.regex(help, new RegExp(`^ {2}${flag} +.*\\(default: ${variable.default}\\)$`, 'm'));
  t.true(help.split('\n').every((line) => line.length <= 120));
});
