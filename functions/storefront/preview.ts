// A small picture of a job's file, for people who wait: kept like every other form of it.
import type { Picture, Plane } from '../../shared/image/picture.ts';
import type { Derive } from './derive.ts';
import { formKey, readDerived } from './derive.ts';
import type { JobFile, JobFiles, LocatedJob } from './job-files.ts';
import type { PixelPorts } from './render-file.ts';
import { ownLimits } from './render-file.ts';

/** The longer side, in pixels, of what is larger. */
export const PREVIEW_SIDE = 512;

export interface Preview {
  /** Of the file: `cutout`. */
  readonly name: string;
  readonly contentType: 'image/webp';
  readonly width: number;
  readonly height: number;
  /** Tells this version of it from every other. */
  readonly key: string;
  readonly data: Uint8Array;
}

/** On a checkerboard where it is transparent. @throws JOB_NOT_FOUND when it was deleted meanwhile, BUSY, CANCELLED */
export type MakePreview = (located: LocatedJob, file: JobFile, signal?: AbortSignal) => Promise<Preview>;

export interface PreviewPorts extends Pick<PixelPorts, 'decode' | 'encode'> {
  readonly files: Pick<JobFiles, 'read'>;
  readonly derive: Derive;
  thumbnail(picture: Picture, side: number): Promise<Plane>;
}

export function createPreviews(ports: PreviewPorts): MakePreview {
  return async (located, file, signal) => {
    const { width, height } = file.output;
    const side = Math.min(PREVIEW_SIDE, Math.max(width, height));
    const factor = side / Math.max(width, height);
    const form = {
      key: formKey(file, { preview: side }),
      extension: 'webp',
      contentType: 'image/webp',
    } as const;
    const make = async (stored: Uint8Array): Promise<Uint8Array> => {
      const { picture } = await ports.decode(stored, ownLimits);
      return await ports.encode(await ports.thumbnail(picture, side), { format: 'webp' });
    };
    const derived = await ports.derive(located, file, form, make, signal);
    return {
      name: file.name,
      contentType: form.contentType,
      width: Math.max(1, Math.round(width * factor)),
      height: Math.max(1, Math.round(height * factor)),
      key: form.key,
      data: await readDerived(derived, ports.files),
    };
  };
}
