// What delivers a job's files, wired: records under jobs/ and kept/, pixels, helper graphs, downloads.

import { bakedFolder, openRegistry } from '../models/registry.ts';
import type { Config } from '../shared/config/parse-config.ts';
import type { CutlineError } from '../shared/errors.ts';
import { finish } from '../shared/finish.ts';
import { decode, encode, resize } from '../shared/image/codec.ts';
import { matchHelpers } from '../shared/image/match-colours.ts';
import { thumbnail } from '../shared/image/thumbnail.ts';
import { createHelpers } from '../shared/inference/open-helpers.ts';
import { createJobRecords } from '../shared/job-records.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import type { Slots } from '../shared/slots.ts';
import { createSlots } from '../shared/slots.ts';
import type { Resize } from '../shared/stage.ts';
import { openTemplates } from './open-templates.ts';
import type { AskedJobs } from './storefront/asked-jobs.ts';
import { createFileDelivery } from './storefront/deliver-file.ts';
import { createDerive } from './storefront/derive.ts';
import { createJobFiles } from './storefront/job-files.ts';
import { createJobZips } from './storefront/job-zip.ts';
import { createKeepJob } from './storefront/keep-job.ts';
import type { MakePreview } from './storefront/preview.ts';
import { createPreviews } from './storefront/preview.ts';
import type { PixelPorts } from './storefront/render-file.ts';
import type { FileServices } from './storefront/routes/files.ts';

export interface FileServicesOptions {
  readonly store: ObjectStore;
  readonly resultsBucket: string;
  /** Jobs of which there is no record yet. */
  readonly asked: Pick<AskedJobs, 'find'>;
  readonly config: Pick<
    Config,
    'limits' | 'modelsDir' | 'threads' | 'runQueue' | 'runLimitMs' | 'workSlots' | 'queueLimit'
  >;
  /** The process can no longer work. */
  onBroken(error: CutlineError): void;
}

export type OpenedFileServices = Omit<FileServices, 'downloads' | 'authorize' | 'log' | 'members'> & {
  readonly preview: MakePreview;
  /** What works on pictures. */
  readonly slots: Slots;
  /** The same work without a job's files. */
  readonly pixels: PixelPorts & { readonly resize: Resize };
  close(): Promise<void>;
};

/** As at the stages. */
const CALLER_WAITS_MS = 30_000;

export async function openFileServices(options: FileServicesOptions): Promise<OpenedFileServices> {
  const { store, resultsBucket: bucket, config } = options;
  const now = Date.now;
  const records = {
    jobs: createJobRecords({ store, bucket, now }),
    kept: createJobRecords({ store, bucket, now, root: 'kept' }),
  };
  const helpers = createHelpers({
    ids: [...matchHelpers, 'bleed'],
    registry: async () => await openRegistry(await bakedFolder(config.modelsDir)),
    threads: config.threads,
    runQueue: config.runQueue,
    runLimitMs: config.runLimitMs,
    onBroken: options.onBroken,
  });
  const files = createJobFiles({ store, records, asked: options.asked });
  const slots = createSlots(config.workSlots, config.queueLimit);
  const derive = createDerive({ store, files, slots, waitMs: CALLER_WAITS_MS });
  const pixels: OpenedFileServices['pixels'] = {
    decode,
    encode,
    resize,
    finish: (picture, subject, form, background, tools) =>
      finish(picture, subject, form, background, { ...tools, resize }),
    helpers: () => helpers.open(),
  };
  const delivery = createFileDelivery({
    ...pixels,
    store,
    files,
    derive,
    templates: await openTemplates(),
    limits: config.limits,
    now: () => performance.now(),
  });
  return {
    files,
    delivery,
    zips: createJobZips({ files, now }),
    keep: createKeepJob({ store, kept: records.kept }),
    slots,
    pixels,
    preview: createPreviews({ files, derive, decode, encode, thumbnail }),
    now,
    close: () => helpers.close(),
  };
}
