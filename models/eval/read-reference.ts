// A reference file as the truth for a photo.
import { readFile } from 'node:fs/promises';
import { decode } from '../../shared/image/codec.ts';
import type { ImageLimits } from '../../shared/image/limits.ts';
import type { Picture, Plane } from '../../shared/image/picture.ts';
import { alphaPlane, emptyPlane } from '../../shared/image/picture.ts';
import type { ReferenceFile } from './find-pairs.ts';
import { referenceFrom } from './metrics/reference.ts';
import type { PreparedReference } from './metrics/score.ts';
import { prepareReference } from './metrics/score.ts';

/** A reference that does not fit its photo; a row of results, like the errors of the product's catalogue. */
export class ReferenceMismatch extends Error {
  override readonly name = 'ReferenceMismatch';
  readonly code = 'REFERENCE_MISMATCH';
}

/** Alpha where the file has any, else its grey. @throws ReferenceMismatch; what decoding throws */
export async function readReference(
  file: ReferenceFile,
  photo: Picture,
  limits: ImageLimits,
): Promise<PreparedReference> {
  const { picture } = await decode(await readFile(file.path), limits);
  if (picture.width !== photo.width || picture.height !== photo.height) {
    const expected = `${photo.width}×${photo.height}`;
    throw new ReferenceMismatch(
      `Expected ${expected} as the photo for the reference but received ${picture.width}×${picture.height}`,
    );
  }
  return prepareReference(referenceFrom(alphaPlane(picture) ?? greyOf(picture), file.labelled));
}

function greyOf({ width, height, data }: Picture): Plane {
  const grey = emptyPlane(width, height, 1);
  for (let i = 0; i < grey.data.length; i++) grey.data[i] = data[i * 3]!;
  return grey;
}
