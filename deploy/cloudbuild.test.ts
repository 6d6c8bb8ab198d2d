import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { readManifest } from '../models/registry.ts';
import { problemsOf, readText, readYaml, root } from './testdata/read-deployment.ts';

interface Step {
  readonly id: string;
  readonly name: string;
  readonly entrypoint?: string;
  readonly args: readonly string[];
  readonly waitFor: readonly string[];
}

const text = readText('cloudbuild.yaml');
const build = readYaml('cloudbuild.yaml') as {
  readonly steps: readonly Step[];
  readonly substitutions: Readonly<Record<string, string>>;
  readonly options: {
    readonly env: readonly string[];
    readonly machineType: string;
    readonly diskSizeGb: number;
  };
  readonly timeout: string;
};
const images = build.steps.filter(({ args }) => args[0] === 'deploy/build-image.sh');

test('cloudbuild.yaml is as Cloud Build’s schema says', (t) => {
  t.deepEqual(problemsOf(build, 'cloudbuild'), []);
  t.not(problemsOf({ ...build, options: { diskSizeGb: true } }, 'cloudbuild').length, 0);
});

test('Every substitution is used, and none is used that is not there', (t) => {
  const written = text.replace(/^\s*#.*$/gm, '');
  const used = [...written.matchAll(/\$\{?(_?[A-Z][A-Z_]*)/g)].map(([, name]) => name!);
  const own = new Set(used.filter((name) => name.startsWith('_')));
  t.deepEqual([...own].sort(), Object.keys(build.substitutions).sort());
  // Cloud Build refuses a dollar that is neither its own nor doubled.
  const builtIn = new Set(['PROJECT_ID', 'BUILD_ID']);
  t.deepEqual(
    used.filter((name) => !name.startsWith('_') && !builtIn.has(name)),
    [],
  );
});

test('Steps have what they wait for before them, and scripts that are there', (t) => {
  const before = new Set(['-']);
  for (const { id, args, waitFor } of build.steps) {
    t.deepEqual(
      waitFor.filter((other) => !before.has(other)),
      [],
      id,
    );
    before.add(id);
    for (const script of args.filter((arg) => arg.startsWith('deploy/')))
      t.true(existsSync(join(root, script)), script);
  }
});

test('Images are built beside each other and beside the tests; the deployment waits for all', (t) => {
  for (const { id, waitFor } of images) t.deepEqual(waitFor, ['builder'], id);
  const others = build.steps.map(({ id }) => id).filter((id) => id !== 'builder' && id !== 'deploy');
  t.deepEqual([...build.steps.at(-1)!.waitFor].sort(), others.sort());
  t.is(build.steps.at(-1)!.id, 'deploy');
});

test('What Terraform wants an image for is built, by its name, for its topology', (t) => {
  const wanted = /concat\(\["functions"\], var\.topology == "fused" \? (\[.*?\]) : (\[.*?\])\)/.exec(
    readText('terraform/variables.tf')
      .replaceAll(/\s+/g, ' ')
      .replaceAll(',)', ')')
      .replaceAll(', )', ')')
      .replaceAll('( ', '('),
  );
  for (const [topology, list] of [
    ['fused', wanted![1]!],
    ['split', wanted![2]!],
  ] as const) {
    const built = images
      .filter(({ args }) => args[3]!.split(' ').includes(topology))
      .map(({ args }) => args[1]!);
    t.deepEqual(built.sort(), ['functions', ...(JSON.parse(list) as string[])].sort(), topology);
  }
});

test('Each image is named after its step and holds a function that is there', (t) => {
  for (const { id, args } of images) {
    t.is(args[1], id);
    t.true(existsSync(join(root, 'functions', args[2]!, 'index.ts')), id);
  }
});

test('The models that are baked are known, with the checksums of their files', async (t) => {
  const rows = await readManifest();
  const named = `${build.substitutions._UPSCALE_MODELS} ${build.substitutions._SEGMENT_MODELS}`.split(' ');
  const known = JSON.parse(readText('models/manifest.json')) as unknown;
  for (const id of named) {
    t.true(
      rows.some((row) => row.id === id),
      id,
    );
    const sources = sourcesIn(known, id);
    t.true(sources.length > 0 && sources.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256 ?? '')), id);
  }
});

interface Source {
  readonly sha256?: string | null;
}

function sourcesIn(manifest: unknown, id: string): readonly Source[] {
  const rows = Object.values(manifest as object).flat() as { id?: string; bake?: { sources: Source[] } }[];
  return rows.find((row) => row.id === id)?.bake?.sources ?? [];
}

test('What bootstrap tells one to run sets substitutions that are there', (t) => {
  const told = /--substitutions (\S+)/.exec(readText('terraform/bootstrap/outputs.tf'))![1]!;
  const names = [...told.matchAll(/(?:^|,)(_[A-Z_]+)=/g)].map(([, name]) => name!);
  t.true(names.length > 0);
  t.deepEqual(
    names.filter((name) => !(name in build.substitutions)),
    [],
  );
});
