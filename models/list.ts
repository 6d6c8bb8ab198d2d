// npm run models [-- verify] [--models DIR] [--json]: the known models as a table, or whether their files are sound.
import { parseArgs } from 'node:util';
import { UsageError } from '../functions/local/arguments.ts';
import { parseConfig } from '../shared/config/parse-config.ts';
import { toCutlineError } from '../shared/errors.ts';
import { takeInventory, verify } from './inventory.ts';
import { inventoryTable, verdictLine } from './inventory-table.ts';
import { bakedFolder, readManifest } from './registry.ts';

const help = `Which models are known, and which of them are here.

Usage: npm run models                  a table of the models that a caller can choose
       npm run models -- verify        reads every file that is here, of helpers and looks too, and compares checksums

  --models DIR   folder of baked models (default: MODELS_DIR, else models/baked)
  --json         one line of JSON for each model
  --help         this text

The size is that on disk where a model is here, else that of the download; agreement is what its bake measured against
its source. Previews ship with the repository and are made to fit; to get another: npm run bake -- ID
Exit: 0, 1 when a model is damaged, 2 wrong usage.`;

const EXIT = { ok: 0, damaged: 1, usage: 2 } as const;

// Who reads the first lines alone, as `| head` does, has what he wants.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.ok);
});

process.exitCode = await main(process.argv.slice(2)).catch(explain);

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    console.log(help);
    return EXIT.ok;
  }
  const folder = await bakedFolder(values.models ?? parseConfig(process.env).modelsDir);
  return await (positionals.length > 0 ? verifyAll : list)(folder, values.json === true);
}

function parse(args: string[]) {
  const options = {
    models: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true });
    const wrong = parsed.positionals.find((word, index) => word !== 'verify' || index > 0);
    if (wrong === undefined) return parsed;
    throw new Error(`Expected verify or nothing but received '${wrong}'`);
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. To specify')[0]}. See --help.`);
  }
}

async function list(folder: string | undefined, json: boolean): Promise<number> {
  const rows = (await readManifest()).filter(({ stage }) => stage === 'upscale' || stage === 'segment');
  const lines = await takeInventory(rows, folder);
  console.log(json ? lines.map((line) => JSON.stringify(line)).join('\n') : inventoryTable(lines));
  return lines.some(({ state }) => state === 'damaged') ? EXIT.damaged : EXIT.ok;
}

async function verifyAll(folder: string | undefined, json: boolean): Promise<number> {
  let damaged = 0;
  for await (const verdict of verify(await readManifest(), folder)) {
    if (!verdict.ok) damaged++;
    console.log(json ? JSON.stringify(verdict) : verdictLine(verdict));
  }
  return damaged > 0 ? EXIT.damaged : EXIT.ok;
}

function explain(thrown: unknown): number {
  if (thrown instanceof UsageError) {
    console.error(thrown.message);
    return EXIT.usage;
  }
  const error = toCutlineError(thrown);
  console.error(`${error.code}: ${error.message}`);
  return error.code === 'CONFIG_INVALID' ? EXIT.usage : EXIT.damaged;
}
