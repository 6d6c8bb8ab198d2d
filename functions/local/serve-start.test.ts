// What a person reads who types `npm run serve`, with success and without.
import { appendFile, cp, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { listen } from '../../shared/testing/push-server.ts';
import { newFolder, writePhoto } from './testdata/command.ts';
import { dataFolder, drop, serve } from './testdata/serving.ts';

test('at a terminal it says where everything is, and each photo has a line at its end', async (t) => {
  const data = await dataFolder(t);
  await writePhoto(join(data, 'uploads', 'disc.png'), 96, 80);
  await drop(data, 'letter.jpg', Buffer.from('Dear customer, '.repeat(100)));
  const serving = await serve(t, { data, env: { LOG_FORMAT: 'text' } });
  await serving.printed(/disc\.png: /);
  await serving.printed(/letter\.jpg: /);
  const banner = [
    `Cutline serves at ${serving.url}`,
    `  photos     put them into ${data}/uploads`,
    `  results    appear in ${data}/results/jobs, a folder for each photo`,
    '  models     upscale by builtin/upscale (a preview), segment by builtin/segment (a preview), on cpu',
    '             full models: npm run bake -- birefnet-general realesrgan-x2plus',
    '  looks      enhanced-bw, color, sketch, pop-art, halftone, duotone',
    `  messages   carried by a bus in this process, kept in ${data}/bus; objects are in files`,
    `  functions  ingest, upscale, segment, effects, warmup, storefront below ${serving.url}/functions/`,
    `  look at    ${serving.url}/health, /startup and /metrics`,
    '  end        with Ctrl-C; what is unfinished is taken up at the next start',
    '',
  ].join('\n');
  t.true(serving.stdout().includes(banner), serving.stdout());
  const said = serving
    .stdout()
    .split('\n')
    .map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''));
  const short = (text: string) => said.find((line) => line.includes(text)) ?? '';
  t.regex(
    short('disc.png: '),
    /^info {2}disc\.png: 192×160 in \d+\.\d s results=\S+\/results\/jobs\/[0-9a-f]{32} \([0-9a-f]{8}\)$/,
  );
  t.regex(
    short('letter.jpg: '),
    /^warn {2}letter\.jpg: INVALID_FORMAT: Unsupported file format\. .* \([0-9a-f]{8}\)$/,
  );
  t.regex(short('segment: ended'), /^info {2}segment: ended \d+ ms outcome=completed \([0-9a-f]{8}\)$/);
  t.false(serving.stdout().includes('    at '), 'no stack for what is wrong with a photo');
  t.is(serving.stderr(), '');
});

test('a start that has no port is a line, and touches nothing', async (t) => {
  const data = await newFolder(t);
  const port = await listen(t, createServer());
  const { ended, stdout, stderr } = await serve(t, { data, env: { PORT: String(port) } });
  t.deepEqual(await ended, { code: 2, signal: null });
  t.is(
    stderr(),
    `CONFIG_INVALID: The configuration is not valid: PORT: expected a free port but received ${port}, which another process uses; --port N names another\n`,
  );
  t.is(stdout(), '');
  t.deepEqual(await readdir(data), []);
});

const wrong = [
  {
    name: 'an unknown flag',
    args: ['--nope'],
    says: "Unknown option '--nope'. Expected options as in --help.",
  },
  {
    name: 'a photo as an argument',
    args: ['dog.jpg'],
    says: "Unexpected argument 'dog.jpg'. This command does not take positional arguments. Expected options as in --help.",
  },
  {
    name: 'a wrong flag’s value',
    args: ['--port', '99999'],
    says: "CONFIG_INVALID: The configuration is not valid: PORT: expected a whole number from 0 to 65535 but received '99999'",
  },
  {
    name: 'several wrong settings',
    env: { THREADS: '0', LOG_LEVEL: 'loud' },
    says: "CONFIG_INVALID: The configuration is not valid: THREADS: expected a whole number from 1 but received '0', LOG_LEVEL: expected one of debug, info, warning, error but received 'loud'",
  },
  {
    name: 'a model that is not there',
    env: { SEGMENT_MODELS: 'birefnet-general' },
    says: "MODEL_NOT_FOUND: There is no segment model 'birefnet-general'. Available: builtin/segment (birefnet-general is known but not baked: npm run bake -- birefnet-general)",
  },
];

for (const { name, args = [], env = {}, says } of wrong) {
  test(`${name} is told in a line, and ends parent and process with 2`, async (t) => {
    const data = await newFolder(t);
    const { ended, stderr } = await serve(t, { data, args, env });
    t.deepEqual(await ended, { code: 2, signal: null });
    t.is(stderr(), `${says}\n`);
  });
}

test('a damaged model ends it with 2, by name', async (t) => {
  const data = await newFolder(t);
  const models = join(data, 'models');
  const builtin = fileURLToPath(new URL('../../models/builtin/', import.meta.url));
  for (const [from, to] of [
    ['segment.json', 'u2netp.json'],
    ['segment.onnx', 'u2netp.onnx'],
  ] as const)
    await cp(join(builtin, from), join(models, to));
  await appendFile(join(models, 'u2netp.onnx'), 'x');
  const { ended, stderr } = await serve(t, { data, env: { MODELS_DIR: models } });
  t.deepEqual(await ended, { code: 2, signal: null });
  t.regex(stderr(), /^MODEL_INVALID: The model 'u2netp' is not usable: /);
});

test('--help says how it is used and ends with 0', async (t) => {
  const { ended, stdout, stderr } = await serve(t, { data: await newFolder(t), args: ['--help'] });
  t.deepEqual(await ended, { code: 0, signal: null });
  t.true(stdout().includes('Usage: npm run serve [-- options]\n'));
  t.is(stderr(), '');
});

test('names of the brief that do nothing are told once at the start', async (t) => {
  const serving = await serve(t, { data: await dataFolder(t), env: { BIREFNET_NUM_WORKERS: '4' } });
  const line = await serving.logged(/BIREFNET_NUM_WORKERS/);
  t.is(line.severity, 'WARNING');
  await serving.logged('Serving');
  t.is(serving.lines().filter(({ message }) => message.includes('BIREFNET_NUM_WORKERS')).length, 1);
});
