// Where the embedded default keeps objects: files in a folder, or a Cloud Storage emulator.
import { join } from 'node:path';
import type { Config } from '../../shared/config/parse-config.ts';
import { CutlineError } from '../../shared/errors.ts';
import type { ObjectStore } from '../../shared/object-store.ts';
import type { Buckets } from '../../shared/stage-message.ts';
import { createFileStore } from '../../shared/transport/file-store.ts';
import { expectEmulator } from './serve-emulator.ts';

export interface LocalStore {
  readonly store: ObjectStore;
  readonly buckets: Buckets;
  /** For whoever starts it: what keeps objects, and where photos and results lie. */
  readonly place: { readonly store: string; readonly uploads: string; readonly results: string };
}

/** Pub/Sub and Cloud Storage want one; an emulator takes any. */
export const LOCAL_PROJECT = 'cutline-local';

/** @throws CONFIG_INVALID when the folder cannot serve as a store, or the emulator does not answer */
export async function openStore(config: Config): Promise<LocalStore> {
  const buckets = { uploads: config.uploadsBucket ?? 'uploads', results: config.resultsBucket ?? 'results' };
  if (buckets.uploads === buckets.results && config.uploadsPrefix === '') {
    const problem = `UPLOADS_PREFIX: expected a folder, because ${buckets.uploads} holds the results too`;
    throw new CutlineError('CONFIG_INVALID', { fields: { problems: [problem] } });
  }
  const names = [...new Set(Object.values(buckets))];
  const apiEndpoint = config.storageEmulatorHost;
  if (apiEndpoint === undefined) {
    const at = (bucket: string): string => join(config.dataDir, bucket);
    return {
      store: createFileStore(config.dataDir, { buckets: names }),
      buckets,
      place: { store: 'files', uploads: at(buckets.uploads), results: at(buckets.results) },
    };
  }
  const options = { buckets: names, projectId: config.googleCloudProject ?? LOCAL_PROJECT, apiEndpoint };
  // The cloud's client takes a fifth of a second to load, which nobody without an emulator should pay.
  const { createCloudStorage } = await import('../../shared/transport/cloud-storage.ts');
  const { ensureBuckets } = await import('../../shared/transport/cloud-storage-setup.ts');
  await expectEmulator('STORAGE_EMULATOR_HOST', apiEndpoint);
  await ensureBuckets(options);
  return {
    store: createCloudStorage(options),
    buckets,
    place: {
      store: `the Cloud Storage emulator at ${apiEndpoint}`,
      uploads: `gs://${buckets.uploads}`,
      results: `gs://${buckets.results}`,
    },
  };
}
