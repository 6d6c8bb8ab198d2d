// The evaluation: photos in; results.jsonl, summary.json and the sheet of the worst cases out.
import { join } from 'node:path';
import { UsageError } from '../../functions/local/arguments.ts';
import { createProgressBar } from '../../functions/local/progress-bar.ts';
import { createResultFiles } from '../../functions/local/result-files.ts';
import type { RunPorts } from '../../functions/local/run.ts';
import { EXIT } from '../../functions/local/run.ts';
import { CutlineError } from '../../shared/errors.ts';
import { encode } from '../../shared/image/codec.ts';
import { bakedFolder, openRegistry } from '../registry.ts';
import type { EvalArguments } from './arguments.ts';
import { chooseContenders } from './contenders.ts';
import { evaluatePhoto, keysOf } from './evaluate-photo.ts';
import { findPairs } from './find-pairs.ts';
import { openContenders } from './open-contenders.ts';
import { openResults } from './results.ts';
import { summarise } from './summary.ts';
import { evalTable } from './table.ts';
import { drawWorst, worstCases } from './worst-sheet.ts';

/** @returns the exit code. @throws UsageError, and CutlineErrors that concern no single photo */
export async function runEval(args: EvalArguments, ports: Omit<RunPorts, 'samples'>): Promise<number> {
  const registry = await openRegistry(await bakedFolder(args.baked ?? ports.config.modelsDir));
  const contenders = chooseContenders(args, registry);
  if (contenders.cuts.length + contenders.upscales.length === 0)
    throw new UsageError('Expected something to measure, by --models or --upscalers, but received none.');
  const pairs = await findPairs(args.photos, args.out, args);
  if (pairs.length === 0)
    throw new UsageError(`Expected at least one photo but found none in ${args.photos}.`);
  const wanted = new Set(pairs.flatMap((pair) => keysOf(pair, contenders)));
  const results = await openResults(args.out, wanted).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `Expected a folder to write to for --out but received '${args.out}' (${error.code ?? error.message}).`,
    );
  });
  const open = await openContenders(contenders, registry, ports.config, {
    onFallback: (reason) => ports.stderr(`Warning: a wanted device cannot be used: ${reason}`),
    onStuck: ports.onStuck,
  });
  const bar = createProgressBar(pairs.length, process.stderr.isTTY === true && !args.json);
  const measure = { open, limits: ports.config.limits, signal: ports.signal };
  try {
    await untilCancelled(measureAll);
    bar.stop();
    const table = evalTable(await writeSummary());
    if (!args.json) ports.stdout(`${table}\n`);
    await untilCancelled(async () => {
      const sheet = await drawSheet();
      if (!args.json) ports.stdout(`${count()}${sheet ? `; look at ${sheet}` : ''}`);
    });
  } finally {
    bar.stop();
    await open.close();
  }
  if (ports.signal.aborted) {
    ports.stderr(`Interrupted after ${count()}; the same command goes on.`);
    return EXIT.interrupted;
  }
  const failed = [...results.rows.values()].some(({ error }) => error && error.code !== 'NO_SUBJECT');
  return failed ? EXIT.someFailed : EXIT.ok;

  async function measureAll(): Promise<void> {
    for (const [index, pair] of pairs.entries()) {
      ports.signal.throwIfAborted();
      const step = (name: string): void => bar.update(index, pair.name, name, 0);
      for await (const row of evaluatePhoto(pair, contenders, { ...measure, results, step })) {
        await results.add(row);
        if (args.json) ports.stdout(JSON.stringify(row));
      }
    }
  }

  function count(): string {
    return `${results.rows.size} measurements of ${pairs.length} photos, in ${args.out}`;
  }

  async function writeSummary() {
    const summary = summarise(results.rows.values(), contenders);
    await writeFile(args.out, 'summary.json', Buffer.from(`${JSON.stringify(summary, null, 2)}\n`));
    return summary;
  }

  /** @returns its path; undefined where there is no case to show */
  async function drawSheet(): Promise<string | undefined> {
    ports.signal.throwIfAborted();
    const cases = worstCases([...results.rows.values()], contenders);
    if (cases.length === 0) return undefined;
    const { width, height, data } = await drawWorst(cases, pairs, measure);
    const sheet = await encode({ width, height, channels: 3, data }, { format: 'png' });
    return await writeFile(args.out, 'worst.png', sheet);
  }
}

/** What was done before an interruption is still to be summarised. */
async function untilCancelled(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof CutlineError) || error.code !== 'CANCELLED') throw error;
  }
}

async function writeFile(folder: string, name: string, bytes: Uint8Array): Promise<string> {
  const files = await createResultFiles(folder);
  await files.write(name, bytes);
  await files.commit();
  return join(folder, name);
}
