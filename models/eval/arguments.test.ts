import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { UsageError } from '../../functions/local/arguments.ts';
import { newFolder } from '../../functions/local/testdata/command.ts';
import { parseEvalArguments } from './arguments.ts';

test('Without options one model is measured at the photo’s own size', async (t) => {
  t.deepEqual(await parseEvalArguments(['--photos', 'photos']), {
    kind: 'run',
    arguments: {
      photos: 'photos',
      list: undefined,
      models: undefined,
      upscalers: [],
      scales: [1],
      unrefined: false,
      jpeg: false,
      baked: undefined,
      out: 'out/eval',
      limit: Number.POSITIVE_INFINITY,
      json: false,
    },
  });
});

test('Lists are read, scales in order; lines of the file are paths', async (t) => {
  const folder = await newFolder(t);
  const list = join(folder, 'list.txt');
  await writeFile(list, 'a/1.jpg\r\n\nb 2.jpg\n');
  const args = '--models a,b,a --upscalers all --scale 2,1 --no-refine --jpeg --limit 30 --json'.split(' ');
  const command = await parseEvalArguments(['--photos', 'p', '--list', list, ...args]);
  t.like(command, {
    arguments: {
      models: ['a', 'b'],
      upscalers: 'all',
      scales: [1, 2],
      unrefined: true,
      jpeg: true,
      limit: 30,
      json: true,
      list: ['a/1.jpg', 'b 2.jpg'],
    },
  });
});

test('None is no model at all', async (t) => {
  t.like(await parseEvalArguments(['--photos', 'p', '--models', 'none']), { arguments: { models: [] } });
});

const wrong: readonly (readonly [args: string, message: RegExp])[] = [
  ['', /--photos DIR but received none/],
  ['--photos p --scale 3', /--scale but received '3'/],
  ['--photos p --scale 1,3', /--scale but received '1,3'/],
  ['--photos p --limit 0', /whole number from 1 for --limit but received '0'/],
  ['--photos p --models ,', /ids of models.* for --models/],
  ['--photos p --list nowhere.txt', /readable text file for --list but received 'nowhere.txt'/],
  ['--photos p --fast', /--fast/],
  ['--photos p stray', /stray/],
];

for (const [args, message] of wrong) {
  test(`Wrong usage is said: ${args || 'nothing given'}`, async (t) => {
    const given = args === '' ? [] : args.split(' ');
    await t.throwsAsync(parseEvalArguments(given), { instanceOf: UsageError, message });
  });
}
