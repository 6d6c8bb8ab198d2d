// A server that reads one multipart form and says what it found, for tests of that.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';
import { toCutlineError } from '../errors.ts';
import type { Multipart, MultipartOptions } from '../transport/read-multipart.ts';
import { readMultipart } from '../transport/read-multipart.ts';
import type { RawServer } from './raw-http.ts';
import { serveRaw } from './raw-http.ts';

export const formOptions: MultipartOptions = {
  maxFileBytes: 1000,
  maxFiles: 1,
  maxTotalBytes: 20_000,
  fields: ['scale', 'effects', 'reference'],
  files: ['image', 'file'],
  timeoutMs: 20_000,
};

export interface MultipartServer extends RawServer {
  readonly forms: Multipart[];
  /** The codes of what was not read, in order. */
  readonly refusals: string[];
  /** Requests that are still being read. */
  readonly reading: number;
}

/** @param isBuffered the whole body is there before the form is read, as under functions-framework */
export async function serveMultipart(
  t: ExecutionContext,
  changes: Partial<MultipartOptions> = {},
  isBuffered = false,
): Promise<MultipartServer> {
  const forms: Multipart[] = [];
  const refusals: string[] = [];
  let reading = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    reading++;
    try {
      const rawBody = isBuffered ? await buffer(request) : undefined;
      const form = await readMultipart(rawBody ? Object.assign(request, { rawBody }) : request, {
        ...formOptions,
        ...changes,
      });
      forms.push(form);
      response.end(`${form.files.length} files, ${Object.keys(form.fields).length} fields`);
    } catch (thrown) {
      const error = toCutlineError(thrown);
      refusals.push(error.code);
      response.statusCode = error.status;
      const body = JSON.stringify({ error_code: error.code, detail: error.detail, ...error.fields });
      response.setHeader('Content-Length', Buffer.byteLength(body));
      response.end(body);
    } finally {
      reading--;
    }
  };
  const server = await serveRaw(t, (request, response) => void answer(request, response));
  return {
    ...server,
    forms,
    refusals,
    get reading() {
      return reading;
    },
  };
}
