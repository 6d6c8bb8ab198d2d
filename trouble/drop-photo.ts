// Puts a photo where npm run serve looks for photos, whole at once, under a job's id of its own.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newJob } from '../shared/testing/cloud-jobs.ts';
import { until } from '../shared/testing/until.ts';
import type { PhotoCase } from './photos.ts';

/** @param data the folder of .cutline @returns the job's id */
export async function dropPhoto(data: string, photo: PhotoCase, tenant: string): Promise<string> {
  const job = newJob();
  const [incoming, folder] = [join(data, 'incoming'), join(data, 'uploads', tenant)];
  // Whoever brings a photo while the disk is full brings it again.
  await until('room for a photo', async () => {
    try {
      for (const each of [incoming, folder]) await mkdir(each, { recursive: true });
      await writeFile(join(incoming, job), photo.file);
      await rename(join(incoming, job), join(folder, `${job}.${photo.extension}`));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      return await sleep(100, false);
    }
  });
  return job;
}
