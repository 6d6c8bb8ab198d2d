// npm run bench NAME [-- arguments]
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [name, ...rest] = process.argv.slice(2);
const folder = fileURLToPath(new URL('.', import.meta.url));
const known = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3));

if (!name || !existsSync(`${folder}${name}.ts`)) {
  console.error(`Expected one of ${known.join(', ')} but received '${name ?? ''}'.`);
  process.exitCode = 2;
} else {
  process.exitCode =
    spawnSync(process.execPath, [`${folder}${name}.ts`, ...rest], { stdio: 'inherit' }).status ?? 1;
}
