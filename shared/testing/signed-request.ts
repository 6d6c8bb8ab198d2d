// Cloud Storage's check of a V4 signature, as it is documented, for tests: the emulator looks at none.
// https://docs.cloud.google.com/storage/docs/authentication/canonical-requests
import { createHash, createVerify } from 'node:crypto';

export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @returns why it is refused; nothing when the signature holds @param now milliseconds since 1970 */
export function checkSignature(request: SignedRequest, publicKey: string, now: number): string | undefined {
  const url = new URL(request.url);
  const query = [...url.searchParams].filter(([name]) => name !== 'X-Goog-Signature');
  const parameter = (name: string): string => url.searchParams.get(name) ?? '';
  const given = new Headers(request.headers);
  given.set('host', url.hostname);
  const signedNames = parameter('X-Goog-SignedHeaders').split(';');
  const unsigned = [...given.keys()].find(
    (name) => name.startsWith('x-goog-') && !signedNames.includes(name),
  );
  if (unsigned) return `${unsigned} is not signed`;
  const canonical = [
    request.method,
    url.pathname,
    query
      .map(([name, value]) => `${strict(name)}=${strict(value)}`)
      .sort()
      .join('&'),
    ...signedNames.map((name) => `${name}:${(given.get(name) ?? '').trim().replace(/\s+/g, ' ')}`),
    '',
    signedNames.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const date = parameter('X-Goog-Date');
  const scope = parameter('X-Goog-Credential').split('/').slice(1).join('/');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = [parameter('X-Goog-Algorithm'), date, scope, hash].join('\n');
  const signature = Buffer.from(parameter('X-Goog-Signature'), 'hex');
  if (!createVerify('RSA-SHA256').update(text).verify(publicKey, signature)) return 'the signature differs';
  const began = Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  const ends = began + Number(parameter('X-Goog-Expires')) * 1000;
  return now < began || now >= ends ? 'it has expired' : undefined;
}

/** RFC 3986. */
function strict(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
