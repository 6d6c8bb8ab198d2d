import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import test from 'ava';
import type { Copy, Instruction } from 'dockerfile-ast';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { contextFiles, travels } from './testdata/docker-context.ts';
import { readText, root, unknownVariables } from './testdata/read-deployment.ts';

const text = readText('Dockerfile');
const file = DockerfileParser.parse(text);

const stages = file.getFROMs().map((from) => ({ name: from.getBuildStage()!, from: from.getImage()! }));
const instructions = file.getInstructions();
const stageOf = (line: number): string =>
  file
    .getFROMs()
    .filter((from) => from.getRange().start.line <= line)
    .at(-1)
    ?.getBuildStage() ?? '';
const within = (stage: string, keyword: string): Instruction[] =>
  instructions.filter((one) => stageOf(one.getRange().start.line) === stage && one.getKeyword() === keyword);
const words = (one: Instruction): string[] => one.getArguments().map((argument) => argument.getValue());
const copies = file.getCOPYs();
const fromOf = (copy: Copy): string | undefined => copy.getFromFlag()?.getValue() ?? undefined;

test('The linter finds nothing in the Dockerfile', (t) => {
  const problems = validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`);
  t.deepEqual(problems, []);
  t.not(validate('FROM a\nCOPI b c\n').length, 0);
});

test('Base images are build arguments at the top, and every stage begins with one or with a stage before', (t) => {
  const args = file.getInitialARGs().map((arg) => arg.getProperty()!);
  t.deepEqual(
    args.map((property) => property.getName()),
    ['NODE_IMAGE', 'PYTHON_IMAGE', 'CUDA_IMAGE'],
  );
  t.true(args.every((property) => /^[a-z0-9/.-]+:[\w.-]+$/.test(property.getValue() ?? '')));
  const before = new Set(args.map((property) => `\${${property.getName()}}`));
  for (const { name, from } of stages) {
    t.true(before.has(from), `${name} begins with ${from}`);
    before.add(name);
  }
  t.deepEqual(
    stages.map(({ name }) => name),
    ['models', 'deps', 'page', 'app', 'base', 'cpu', 'provider', 'cuda', 'gpu'],
  );
});

test('Node is that of package.json, Python no older than the bake takes, CUDA 12', (t) => {
  const values = Object.fromEntries(
    file.getInitialARGs().map((arg) => [arg.getProperty()!.getName(), arg.getProperty()!.getValue()!]),
  );
  const { devDependencies } = JSON.parse(readText('package.json'));
  t.true(values.NODE_IMAGE!.startsWith(`node:${devDependencies.node.split('.')[0]}-`));
  t.regex(values.PYTHON_IMAGE!, /^python:3\.(1[1-9])-/);
  t.regex(values.CUDA_IMAGE!, /^nvidia\/cuda:12\.\d+\.\d+-cudnn-runtime-/);
});

test('Each source of a COPY is there, and .dockerignore lets it through', (t) => {
  const context = contextFiles();
  for (const copy of copies.filter((one) => fromOf(one) === undefined)) {
    for (const source of words(copy).slice(0, -1)) {
      const found = context.filter(
        (path) => path === source || path.startsWith(`${source}/`) || matchesGlob(path, source),
      );
      t.not(found.length, 0, `line ${copy.getRange().start.line + 1}: ${source}`);
    }
  }
  for (const [, source] of text.matchAll(/--mount=type=bind,source=([^/,][^,\s]*)/g))
    t.true(existsSync(join(root, source!)) && travels(source!), source);
});

test('Each COPY from a stage names one before it', (t) => {
  for (const copy of copies) {
    const from = fromOf(copy);
    if (from === undefined) continue;
    const line = copy.getRange().start.line;
    const at = stages.findIndex(({ name }) => name === from);
    t.true(
      at >= 0 && at < stages.findIndex(({ name }) => name === stageOf(line)),
      `line ${line + 1}: ${from}`,
    );
  }
});

test('Tests, samples of people, benches and what was baked here do not travel', (t) => {
  const context = contextFiles();
  const wanted =
    /\.test\.ts$|\/testdata\/|^shared\/testing\/|^bench\/|^out\/|^models\/(baked|eval)\/|^terraform\/|^docs\/|\.env$/;
  t.deepEqual(
    context.filter((path) => wanted.test(path)),
    [],
  );
  t.true(context.length > 200);
});

test('What the product imports travels', (t) => {
  const missing = contextFiles()
    .filter(
      (path) =>
        /^(functions|shared)\/.*\.ts$|^models\/[^/]+\.ts$/.test(path) &&
        !path.startsWith('functions/storefront/page/'),
    )
    .flatMap((path) =>
      [
        ...readFileSync(join(root, path), 'utf8').matchAll(
          /(?:from|import\(|new URL\()\s*'(\.{1,2}\/[^']+\.(?:ts|json))'/g,
        ),
      ]
        .map(([, specifier]) => join(path, '..', specifier!))
        .filter((target) => existsSync(join(root, target)) && !travels(target))
        .map((target) => `${path} imports ${target}`),
    );
  t.deepEqual(missing, []);
});

for (const target of ['cpu', 'gpu']) {
  test(`${target}: weights lie below packages, packages below the product; it runs as nobody special`, (t) => {
    const order = copies
      .filter((copy) => stageOf(copy.getRange().start.line) === target)
      .map((copy) => words(copy)[0]!);
    const at = (path: string): number => order.indexOf(path);
    t.true(at('/baked') >= 0 && at('/baked') < at('/app/node_modules'));
    t.true(at('/app/node_modules') < at('/app/functions'));
    if (target === 'gpu') t.true(at('/cuda') >= 0 && at('/cuda') < at('/baked'));
    const last = instructions.filter((one) => stageOf(one.getRange().start.line) === target).at(-1)!;
    t.deepEqual([last.getKeyword(), words(last)], ['USER', ['node']]);
    t.is(stages.find(({ name }) => name === target)!.from, 'base');
  });

  test(`${target}: its environment is known, and its function is there`, (t) => {
    const names = [...within('base', 'ENV'), ...within(target, 'ENV')].flatMap((one) =>
      [...one.getArgumentsContent()!.matchAll(/(?:^|\s)([A-Z_]+)=/g)].map(([, name]) => name!),
    );
    t.true(names.includes('DEVICE') && names.includes('FUNCTION_SOURCE') && names.includes('NODE_ENV'));
    t.deepEqual(unknownVariables(names), []);
    const [arg] = within(target, 'ARG');
    const [, name] = /^FUNCTION=(\w+)$/.exec(arg!.getArgumentsContent()!)!;
    t.true(readdirSync(join(root, 'functions', name!)).includes('index.ts'));
  });
}

test('The command is in exec form, and is what the benchmark of the start runs', (t) => {
  const [command] = within('base', 'CMD');
  const [node, entry] = JSON.parse(command!.getArgumentsContent()!) as [string, string];
  t.is(node, 'node');
  t.true(existsSync(join(root, entry)));
});

test('Every npm script and every file that a step runs is there', (t) => {
  const { scripts } = JSON.parse(readText('package.json'));
  for (const [, name] of text.matchAll(/npm run ([\w:-]+)/g)) t.true(name! in scripts, `npm run ${name}`);
  for (const [, path] of text.matchAll(/\bnode ((?:models|deploy)\/[\w/.-]+\.ts)/g))
    t.true(existsSync(join(root, path!)), path);
});
