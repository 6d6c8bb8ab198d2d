import test from 'ava';
import { parseConfig } from '../shared/config/parse-config.ts';
import { problemsOf, readText, readYaml, unknownVariables } from './testdata/read-deployment.ts';

interface Service {
  readonly profiles: readonly string[];
  readonly command: readonly string[];
  readonly build: { readonly context: string; readonly target: string };
  readonly environment: Readonly<Record<string, string>>;
  readonly env_file: unknown;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly restart: string;
  readonly logging: unknown;
  readonly healthcheck: { readonly test: readonly string[] };
  readonly deploy?: unknown;
  readonly stop_grace_period: string;
}

const compose = readYaml('compose.yaml') as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const { cutline, 'cutline-cpu': cpu } = compose.services as Record<'cutline' | 'cutline-cpu', Service>;
const example = Object.fromEntries(
  [...readText('.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]),
);

test('compose.yaml is as the Compose Specification says', (t) => {
  t.deepEqual(problemsOf(compose, 'compose-spec'), []);
  t.not(problemsOf({ services: { a: { restart: 7 } } }, 'compose-spec').length, 0);
});

test('The service with a GPU is what the brief’s was', (t) => {
  const devices = [{ driver: 'nvidia', count: 1, capabilities: ['gpu'] }];
  t.deepEqual(cutline.deploy, { resources: { reservations: { devices } } });
  t.is(cutline.build.target, 'gpu');
  for (const service of [cutline, cpu]) {
    t.is(service.ports.length, 1);
    t.regex(service.ports[0]!, /^\$\{BIND_ADDRESS:-127\.0\.0\.1\}:55433:55433$/);
    t.is(service.restart, 'unless-stopped');
    t.deepEqual(service.logging, { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } });
    t.regex(service.volumes[0]!, /^\$\{MODELS_FOLDER:-\.\/models\/baked\}:\/app\/models\/baked:ro$/);
    const { test: command, ...times } = service.healthcheck;
    t.deepEqual(times as unknown, { interval: '30s', timeout: '10s', start_period: '60s', retries: 3 });
    t.deepEqual(command.slice(0, 3), ['CMD', 'node', '-e']);
    t.true(command[3]!.includes("fetch('http://127.0.0.1:55433/api/background-removal/health')"));
  }
});

test('The one without a GPU differs in that alone', (t) => {
  const own = { profiles: null, image: null, build: null, environment: null, deploy: null };
  t.deepEqual({ ...cpu, ...own }, { ...cutline, ...own });
  t.deepEqual([cutline.profiles, cpu.profiles], [['gpu'], ['cpu']]);
  t.deepEqual(cpu.build, { ...cutline.build, target: 'cpu' });
  t.deepEqual(cpu.environment, { ...cutline.environment, DEVICE: 'cpu' });
});

test('The process has time to finish before it is killed', (t) => {
  const { drainSec } = parseConfig(resolved(cutline, {}));
  t.true(Number.parseInt(cutline.stop_grace_period, 10) > drainSec);
});

for (const [name, service] of Object.entries(compose.services)) {
  test(`${name}: every variable is known, and its settings are valid with .env.example and without it`, (t) => {
    t.deepEqual(unknownVariables(Object.keys(service.environment)), []);
    for (const env of [example, {}]) {
      const config = parseConfig(resolved(service, env));
      t.deepEqual(config.notices, []);
      t.like(config, { host: '0.0.0.0', port: 55433, dataDir: '/data', modelsDir: '/app/models/baked' });
      t.deepEqual(config.device.devices, [name === 'cutline' ? 'cuda' : 'cpu']);
    }
  });
}

test('.env.example has settings, and what compose.yaml itself asks for with the same default', (t) => {
  const asked = new Map([
    ...[...readText('compose.yaml').matchAll(/\$\{([A-Z_]+):-([^}]*)\}/g)].map(
      ([, name, fallback]) => [name!, fallback!] as const,
    ),
    ['COMPOSE_PROFILES', 'gpu'],
  ]);
  for (const [name, fallback] of asked) t.is(example[name], fallback, name);
  t.deepEqual(
    unknownVariables(Object.keys(example)).filter((name) => !asked.has(name)),
    [],
  );
});

/** As Compose fills in what .env has, and hands it on. */
function resolved({ environment }: Service, env: Readonly<Record<string, string>>): Record<string, string> {
  const written = Object.entries(environment).map(([name, value]) => [
    name,
    value.replace(/\$\{([A-Z_]+):-([^}]*)\}/g, (_, asked, fallback) => env[asked] || fallback),
  ]);
  return { ...env, ...Object.fromEntries(written) };
}
