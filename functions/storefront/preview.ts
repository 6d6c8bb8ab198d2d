// A small picture of a job's file, for people who wait: kept like every other form of it.
import { ownLimits } from '../../shared/image/limits.ts';
import type { Picture, Plane } from '../../shared/image/picture.ts';
import type { Derive } from './derive.ts';
import { formKey, readDerived } from './derive.ts';
import type { JobFile, JobFiles, LocatedJob } from './job-files.ts';
import type { PixelPorts } from './render-file.ts';

/**
 * The longer side, in pixels, of what is larger; and what is behind it where it is transparent. A page that sets the
 * subject on backgrounds of its own needs it bare, and as large as it is shown.
 */
export const previewKinds = {
  small: { side: 512, ground: 'checkerboard' },
  screen: { side: 1440, ground: 'none' },
} as const;
export type PreviewKind = keyof typeof previewKinds;

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

/** @throws JOB_NOT_FOUND when it was deleted meanwhile, BUSY, CANCELLED */
export type MakePreview = (
  located: LocatedJob,
  file: JobFile,
  signal?: AbortSignal,
  kind?: PreviewKind,
) => Promise<Preview>;

export interface PreviewPorts extends Pick<PixelPorts, 'decode' | 'encode'> {
  readonly files: Pick<JobFiles, 'read'>;
  readonly derive: Derive;
  thumbnail(picture: Picture, side: number, ground: 'checkerboard' | 'none'): Promise<Picture | Plane>;
}

export function createPreviews(ports: PreviewPorts): MakePreview {
  return async (located, file, signal, kind = 'small') => {
    const { side: most, ground } = previewKinds[kind];
    const { width, height } = file.output;
    const side = Math.min(most, Math.max(width, height));
    const factor = side / Math.max(width, height);
    const form = {
      key: formKey(file, { preview: side, ...(ground === 'none' && { ground }) }),
      extension: 'webp',
      contentType: 'image/webp',
    } as const;
    const make = async (stored: Uint8Array): Promise<Uint8Array> => {
      const { picture } = await ports.decode(stored, ownLimits);
      return await ports.encode(await ports.thumbnail(picture, side, ground), { format: 'webp' });
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
