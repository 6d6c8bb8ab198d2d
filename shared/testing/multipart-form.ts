// A multipart form's bytes, part by part, so that a test can spoil any of them.

export interface Part {
  readonly name: string;
  readonly filename?: string;
  readonly type?: string;
  readonly data: string | Uint8Array;
}

export const BOUNDARY = '----cutline7MA4YWxkTrZu0gW';
export const formType = `multipart/form-data; boundary=${BOUNDARY}`;

export function form(...parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ name, filename, type, data }) => [
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`,
    filename === undefined ? '' : `; filename="${filename}"`,
    type === undefined ? '' : `\r\nContent-Type: ${type}`,
    '\r\n\r\n',
    data,
    '\r\n',
  ]);
  return Buffer.concat([...pieces, `--${BOUNDARY}--\r\n`].map((piece) => Buffer.from(piece as string)));
}

/** As a shop's page sends a photo. */
export const photoPart = (data: string | Uint8Array, name = 'image'): Part => ({
  name,
  filename: 'my dog.jpg',
  type: 'image/jpeg',
  data,
});
