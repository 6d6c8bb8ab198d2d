// The two scripts of cloudbuild.yaml, run as it runs them, with commands in the place of docker and terraform that write down
// how they were called.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { commandLimit } from '../shared/testing/until.ts';
import { readText, readYaml, root } from './testdata/read-deployment.ts';

const build = readYaml('cloudbuild.yaml') as { readonly options: { readonly env: readonly string[] } };
const environment = {
  PROJECT: 'a-project',
  REGION: 'us-east4',
  PREFIX: 'cutline-',
  TOPOLOGY: 'split',
  PRECISION: 'fp16',
  GPU_IMAGES: 'upscale segment fused',
  STATE_BUCKET: 'a-state',
  APPLY: 'true',
  REGISTRY: 'us-east4-docker.pkg.dev/a-project/cutline',
  TAG: 'build-1',
};

test('The steps’ variables are those that the scripts ask for', (t) => {
  t.deepEqual(build.options.env.map((line) => line.split('=')[0]!).sort(), Object.keys(environment).sort());
  const asked = ['deploy/build-image.sh', 'deploy/apply.sh'].flatMap((script) =>
    [...readText(script).matchAll(/\$\{?([A-Z][A-Z_]+)/g)].map(([, name]) => name!),
  );
  t.deepEqual([...new Set(asked)].sort(), Object.keys(environment).sort());
});

/** A folder with the two scripts, and commands that write down how they were called. */
function workspace(t: ExecutionContext, command: string, script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'cutline-build-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'terraform'));
  const file = join(folder, 'bin', command);
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$@" >>"$OUT/called"\n${script}\n`);
  chmodSync(file, 0o755);
  return {
    folder,
    called: () => (existsSync(join(folder, 'called')) ? readFileSync(join(folder, 'called'), 'utf8') : ''),
    run(path: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
      const PATH = `${join(folder, 'bin')}:${process.env.PATH}`;
      return spawnSync(
        'sh',
        ['-c', '"$@"', 'sh', path.endsWith('build-image.sh') ? 'bash' : 'sh', join(root, path), ...args],
        {
          cwd: folder,
          encoding: 'utf8',
          env: { ...environment, ...env, PATH, OUT: folder },
          ...commandLimit,
        },
      );
    },
  };
}

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
/** As buildx writes it: its last argument is the file. */
const buildx = `for file in "$@"; do :; done\nprintf '{\\n  "buildx.build.ref": "x",\\n  "containerimage.digest": "${DIGEST}",\\n  "image.name": "x"\\n}\\n' >"$file"`;

test('An image is built for its target, with its cache, and its digest is written down', (t) => {
  const { run, called, folder } = workspace(t, 'docker', buildx);
  const { status, stderr } = run('deploy/build-image.sh', [
    'segment',
    'segment',
    'split',
    'birefnet-general birefnet-lite',
  ]);
  t.is(status, 0, stderr);
  const registry = environment.REGISTRY;
  t.deepEqual(called().trim().split('\n'), [
    ...['buildx', 'build', '.', '--target', 'gpu', '--build-arg', 'FUNCTION=segment'],
    ...['--build-arg', 'MODELS=birefnet-general birefnet-lite', '--build-arg', 'PRECISION=fp16'],
    ...['--cache-from', `type=registry,ref=${registry}/cache:segment`],
    ...[
      '--cache-to',
      `type=registry,ref=${registry}/cache:segment,mode=max,image-manifest=true,oci-mediatypes=true`,
    ],
    ...['--tag', `${registry}/segment:build-1`, '--provenance=false', '--push'],
    ...['--metadata-file', 'digests/segment.metadata'],
  ]);
  t.is(readFileSync(join(folder, 'digests', 'segment'), 'utf8'), `${registry}/segment@${DIGEST}\n`);
});

test('An image without a GPU is the cpu target; one of the other topology is passed over', (t) => {
  const { run, called } = workspace(t, 'docker', buildx);
  t.is(run('deploy/build-image.sh', ['fused', 'segment', 'fused']).status, 0);
  t.is(called(), '');
  t.is(run('deploy/build-image.sh', ['functions', 'storefront', 'split fused']).status, 0);
  t.true(called().includes('--target\ncpu\n'));
  t.true(called().includes('MODELS=\n'));
});

test('A build that fails, or that says no digest, ends the step', (t) => {
  t.not(
    workspace(t, 'docker', 'exit 3').run('deploy/build-image.sh', ['effects', 'effects', 'split']).status,
    0,
  );
  const silent = workspace(t, 'docker', 'for file in "$@"; do :; done; echo "{}" >"$file"');
  const { status, stderr } = silent.run('deploy/build-image.sh', ['effects', 'effects', 'split']);
  t.is(status, 1);
  t.regex(stderr, /Expected a digest of effects from buildx but received none/);
});

test('Terraform is given the digests, and the names of the deployment', (t) => {
  const { run, called, folder } = workspace(t, 'terraform', 'test -f images.auto.tfvars.json');
  mkdirSync(join(folder, 'digests'));
  for (const name of ['functions', 'segment']) {
    writeFileSync(join(folder, 'digests', name), `registry/${name}@${DIGEST}\n`);
    writeFileSync(join(folder, 'digests', `${name}.metadata`), '{}');
  }
  const { status, stderr } = run('deploy/apply.sh', []);
  t.is(status, 0, stderr);
  t.deepEqual(JSON.parse(readFileSync(join(folder, 'terraform/images.auto.tfvars.json'), 'utf8')), {
    images: { functions: `registry/functions@${DIGEST}`, segment: `registry/segment@${DIGEST}` },
  });
  t.deepEqual(called().trim().split('\n'), [
    ...['init', '-input=false', '-backend-config=bucket=a-state'],
    ...['apply', '-input=false', '-auto-approve', '-var', 'project=a-project', '-var', 'region=us-east4'],
    ...['-var', 'prefix=cutline-', '-var', 'topology=split'],
  ]);
});

test('Without _APPLY the digests are written down and nothing is deployed', (t) => {
  const { run, called, folder } = workspace(t, 'terraform', 'true');
  mkdirSync(join(folder, 'digests'));
  writeFileSync(join(folder, 'digests', 'functions'), `registry/functions@${DIGEST}\n`);
  t.is(run('deploy/apply.sh', [], { APPLY: 'false' }).status, 0);
  t.is(called(), '');
  t.true(existsSync(join(folder, 'terraform/images.auto.tfvars.json')));
});
