// A photo's background removed by one request: for a browser, or for Node 20 and later.

/**
 * @param {Blob} photo a File of an <input type="file">, or any other Blob
 * @param {{ endpoint?: string, smoothing?: boolean, token?: string, signal?: AbortSignal }} [options] `token`: of a shop's
 *   page, from POST /tokens
 * @throws {Error} with the service's own sentence, its `error_code` as `code`, and `status`
 */
export async function removeBackground(photo, { endpoint = '', smoothing = true, token, signal } = {}) {
  const form = new FormData();
  form.append('image', photo);
  form.append('smoothing', String(smoothing));
  const answer = await fetch(`${endpoint}/api/background-removal/remove`, {
    method: 'POST',
    body: form,
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    signal,
  });
  if (!answer.ok) {
    const { detail, error_code: code } = await answer.json();
    throw Object.assign(new Error(detail), { code, status: answer.status });
  }
  return {
    blob: await pictureIn(answer, signal),
    processingTimeMs: Number(answer.headers.get('X-Processing-Time-Ms')),
    originalSize: answer.headers.get('X-Original-Size'),
    modelVersion: answer.headers.get('X-Model-Version'),
  };
}

/** A picture of more than 24 MiB comes as the address where it lies. */
async function pictureIn(answer, signal) {
  if (answer.headers.get('Content-Type') === 'image/png') return await answer.blob();
  const { url } = await answer.json();
  return await (await fetch(url, { signal })).blob();
}
