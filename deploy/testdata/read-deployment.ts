// The deployment's files as the tests look at them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorObject } from 'ajv';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { configVariables } from '../../shared/config/variables.ts';

export const root = join(import.meta.dirname, '../..');

export const readText = (path: string): string => readFileSync(join(root, path), 'utf8');

export const readYaml = (path: string): unknown => parse(readText(path), { merge: true });

/** What of a document is not as the schema beside this file says. */
export function problemsOf(document: unknown, schema: 'compose-spec' | 'cloudbuild'): string[] {
  const text = JSON.parse(readText(`deploy/testdata/${schema}.schema.json`));
  // Both schemas describe formats that nothing here depends on.
  const options = { strict: false, validateFormats: false, allErrors: true };
  const validate = (schema === 'compose-spec' ? new Ajv2020(options) : new Ajv(options)).compile(text);
  validate(document);
  return (validate.errors ?? []).map(
    ({ instancePath, message }: ErrorObject) => `${instancePath || '/'} ${message}`,
  );
}

/** Read by others than parseConfig: the framework, Node, the loader, NVIDIA's toolkit. */
const foreign = new Set([
  'FUNCTION_SOURCE',
  'FUNCTION_TARGET',
  'NODE_ENV',
  'NODE_COMPILE_CACHE',
  'MALLOC_ARENA_MAX',
  'PATH',
  'LD_LIBRARY_PATH',
  'NVIDIA_VISIBLE_DEVICES',
  'NVIDIA_DRIVER_CAPABILITIES',
]);

export const unknownVariables = (names: Iterable<string>): string[] =>
  [...names].filter((name) => !(name in configVariables || foreign.has(name)));
