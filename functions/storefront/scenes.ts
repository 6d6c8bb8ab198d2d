// What stands behind a subject, from its name in a URL to its pixels: a colour, a template that ships, or the photo of
// another job of the same tenant.
import { createHash } from 'node:crypto';
import type { Colour } from '../../shared/colour.ts';
import { CutlineError } from '../../shared/errors.ts';
import type { Backdrop } from '../../shared/finish-text.ts';
import { parseUri } from '../../shared/gs-uri.ts';
import type { ImageLimits } from '../../shared/image/limits.ts';
import type { Picture } from '../../shared/image/picture.ts';
import type { ObjectStore } from '../../shared/object-store.ts';
import type { JobFiles, LocatedJob } from './job-files.ts';

export type Scene = { readonly colour: Colour } | { readonly picture: Picture };

/** The pictures that ship. */
export interface Templates {
  readonly names: readonly string[];
  read(name: string): Promise<Uint8Array>;
}

/** A background that is there, not opened yet. */
export interface PlannedScene {
  /** Tells it apart from every other, an upload's versions included. */
  readonly key: string;
  /** @throws INPUT_GONE when the photo has expired meanwhile, and what its decoding can end in */
  open(): Promise<Scene>;
}

export interface ScenePorts {
  readonly store: ObjectStore;
  readonly files: Pick<JobFiles, 'locate'>;
  readonly templates: Templates;
  readonly limits: ImageLimits;
  decode(file: Uint8Array, limits: ImageLimits): Promise<{ readonly picture: Picture }>;
}

/**
 * @param mayUse throws where the caller may not read the job whose photo it is
 * @throws JOB_NOT_FOUND for another tenant's job, INPUT_GONE
 */
export async function planScene(
  backdrop: Backdrop | undefined,
  of: LocatedJob,
  mayUse: (job: LocatedJob) => void | Promise<void>,
  ports: ScenePorts,
): Promise<PlannedScene | undefined> {
  const { store, files, templates, limits } = ports;
  if (!backdrop) return undefined;
  if ('colour' in backdrop) return { key: `colour ${backdrop.colour}`, open: async () => backdrop };
  if ('template' in backdrop) {
    const open = async (): Promise<Scene> => {
      const { picture } = await ports.decode(await templates.read(backdrop.template), limits);
      return { picture };
    };
    return { key: `template ${backdrop.template}`, open };
  }
  const other = await files.locate(backdrop.upload);
  await mayUse(other);
  if (other.tenant !== of.tenant || !other.found) throw new CutlineError('JOB_NOT_FOUND');
  const uri = other.found.record.input;
  const open = async (): Promise<Scene> => {
    const photo = await store.read(parseUri(uri)!, limits.maxFileBytes);
    if (!photo) throw new CutlineError('INPUT_GONE', { message: `${uri} is gone` });
    const { picture } = await ports.decode(photo.data, limits);
    return { picture };
  };
  return { key: `upload ${createHash('sha256').update(uri).digest('hex')}`, open };
}
