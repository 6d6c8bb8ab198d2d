// The command: photos in, folders of results and a contact sheet out.
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseModels } from '../../models/choose.ts';
import { bakeCommand } from '../../models/manifest.ts';
import { bakedFolder, openRegistry } from '../../models/registry.ts';
import type { StageName } from '../../shared/card.ts';
import type { Config } from '../../shared/config/parse-config.ts';
import type { CutlineError } from '../../shared/errors.ts';
import { encode } from '../../shared/image/codec.ts';
import { matchHelpers } from '../../shared/image/match-colours.ts';
import type { Job } from '../../shared/pipeline.ts';
import type { Arguments } from './arguments.ts';
import { UsageError, unexpected } from './arguments.ts';
import type { ContactSheet } from './contact-sheet.ts';
import { createContactSheet } from './contact-sheet.ts';
import type { Photo } from './find-photos.ts';
import { findPhotos } from './find-photos.ts';
import { openBackground } from './open-background.ts';
import type { OpenModels } from './open-models.ts';
import { openModels } from './open-models.ts';
import type { PhotoReport } from './process-photo.ts';
import { processPhoto } from './process-photo.ts';
import { createProgressBar } from './progress-bar.ts';
import { createResultFiles } from './result-files.ts';
import { closingLines, reportTable } from './table.ts';

export interface RunPorts {
  readonly config: Config;
  readonly signal: AbortSignal;
  /** Folder that is searched when nothing is named. */
  readonly samples: string;
  stdout(text: string): void;
  stderr(text: string): void;
  onStuck(error: CutlineError): void;
}

/** @returns the exit code. @throws UsageError, and CutlineErrors that concern no single photo */
export async function run(args: Arguments, ports: RunPorts): Promise<number> {
  await checkFolders(args);
  const registry = await openRegistry(await bakedFolder(args.models ?? ports.config.modelsDir));
  const job = chooseModels(args.job, registry);
  const background = await openBackground(args.finish.background, ports.config.limits);
  const photos = await findPhotos(args.inputs.length > 0 ? args.inputs : [ports.samples], args.out);
  if (photos.length === 0)
    throw new UsageError(`Expected at least one photo but found none in ${args.inputs.join(', ')}.`);
  const bar = createProgressBar(photos.length, process.stderr.isTTY === true && !args.quiet && !args.json);
  const sheet = createContactSheet(photos.length, columns(job));
  let models: OpenModels | undefined;
  const reports: PhotoReport[] = [];
  try {
    models = await openModels(registry, job, deliveryHelpers(args), ports.config, {
      onFallback: (reason) => ports.stderr(`Warning: a wanted device cannot be used: ${reason}`),
      onStuck: ports.onStuck,
    });
    for (const [index, photo] of photos.entries()) {
      if (ports.signal.aborted) break;
      const report = await processPhoto(photo, job, photoPorts(index, photo));
      reports.push(report);
      await sheet.caption(index, caption(report));
      if (args.json) ports.stdout(JSON.stringify(report));
      // Quiet about what went well; a failure has no table to stand in.
      else if (args.quiet && report.error) {
        ports.stderr(`${report.input}: ${report.error.code}: ${report.error.message}`);
      }
    }
  } finally {
    bar.stop();
    await models?.close();
  }
  if (ports.signal.aborted) return EXIT.interrupted;
  const sheetPath = await writeSheet(sheet, args.out);
  if (!args.json && !args.quiet)
    ports.stdout([reportTable(reports), ...closingLines(reports, args.out, sheetPath)].join('\n'));
  return reports.every(({ ok }) => ok) ? EXIT.ok : EXIT.someFailed;

  function photoPorts(index: number, photo: Photo) {
    return {
      models: models!,
      fullModels: (stages: readonly StageName[]) => bakeCommand(registry.rows, stages),
      limits: ports.config.limits,
      finish: args.finish,
      background,
      out: args.out,
      signal: ports.signal,
      progress: (step: string, fraction: number) => bar.update(index, photo.name, step, fraction),
      show: (name: string, picture: Parameters<ContactSheet['show']>[2]) => sheet.show(index, name, picture),
      log: ports.stderr,
    };
  }
}

export const EXIT = { ok: 0, someFailed: 1, usage: 2, interrupted: 130 } as const;

/** Wrong folders are found before the work, not after it. @throws UsageError */
async function checkFolders({ out, models }: Arguments): Promise<void> {
  const isFolder = models === undefined || (await stat(models).catch(() => undefined))?.isDirectory();
  if (!isFolder) throw unexpected('models', 'a folder of baked models', models);
  await mkdir(out, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw unexpected('out', 'a folder that can be written to', `${out}: ${error.code}`);
  });
}

/** Helper graphs that the delivery needs beyond those of the stages. */
function deliveryHelpers({ finish }: Arguments): readonly string[] {
  return [...(finish.format === 'zip' ? ['bleed'] : []), ...(finish.match_colors ? matchHelpers : [])];
}

function columns(job: Job): Map<string, string> {
  return new Map([
    ['photo', 'photo'],
    ['cutout', 'cut-out'],
    ...job.effects.map((id): [string, string] => [id, id]),
  ]);
}

function caption(report: PhotoReport): string {
  const name = report.input.split(/[\\/]/).at(-1)!;
  return report.ok ? `${name}  ${report.width}×${report.height}` : `${name}  ${report.error!.code}`;
}

async function writeSheet(sheet: ContactSheet, out: string): Promise<string> {
  const files = await createResultFiles(out);
  const { width, height, data } = sheet.plane;
  await files.write(
    'contact-sheet.png',
    await encode({ width, height, channels: 3, data }, { format: 'png' }),
  );
  await files.commit();
  return join(out, 'contact-sheet.png');
}
