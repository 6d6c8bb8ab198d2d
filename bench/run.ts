// npm run bench [NAME] [-- arguments]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const benches = {
  overhead: 'a stage against the bare run of its model',
  tiles: 'what tiling costs: pixels twice, time beside the tiles’ own',
  start: 'from the start of a process until it is ready',
  effects: 'each look',
  serve: 'a stage under load; -- --url URL loads a deployed service',
  batch: 'several pictures at once',
  growth: 'time and memory against size and number of photos',
  chain: 'what a hop between stages costs',
  brief: 'the brief’s figures beside this machine’s: last, it reads the others’ results',
  peers: 'rembg and PyTorch beside it; needs a Python with them',
  steps: 'time and memory of each step for one photo',
  encode: 'encoders: time against size',
} as const;
/** What runs when none is named: those with goals. */
const all = ['overhead', 'tiles', 'start', 'effects', 'serve', 'batch', 'growth', 'chain', 'brief'] as const;

const [name, ...rest] = process.argv.slice(2);
const known = Object.keys(benches);
if (name === '--help') {
  const lines = Object.entries(benches).map(([one, what]) => `  ${one.padEnd(10)}${what}`);
  console.log(
    [
      'Usage: npm run bench [NAME] [-- arguments]',
      '',
      ...lines,
      '',
      `Without a name: ${all.join(', ')}. Results: bench/results/.`,
    ].join('\n'),
  );
} else if (name === undefined) {
  process.exitCode = Math.max(...all.map((one) => run(one, [])));
} else if (known.includes(name)) {
  process.exitCode = run(name, rest);
} else {
  console.error(`Expected one of ${known.join(', ')} but received '${name}'.`);
  process.exitCode = 2;
}

function run(bench: string, args: readonly string[]): number {
  const file = fileURLToPath(new URL(`./${bench}.ts`, import.meta.url));
  // As the image, `serve` and the command line start the product.
  const env = { MALLOC_ARENA_MAX: '1', ...process.env };
  return spawnSync(process.execPath, [file, ...args], { stdio: 'inherit', env }).status ?? 1;
}
