// A webhook posted by fetch.
import type { PostSigned } from '../../functions/storefront/webhooks.ts';
import { CutlineError } from '../errors.ts';

/** See `PostSigned`. The status counts as soon as it is there; the body is not waited for. */
export const postSigned: PostSigned = async (url, body, headers, timeoutMs) => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return { status: response.status };
  } catch (error) {
    // Some of fetch's own sentences repeat the URL, so that neither they nor the error itself may go to the log.
    throw new CutlineError('PUBLISH_FAILED', {
      message: `the webhook could not be reached: ${reasonOf(error)}`,
    });
  }
};

function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  return cause?.code ?? name ?? 'unknown';
}
