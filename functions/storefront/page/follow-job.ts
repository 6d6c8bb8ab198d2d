// A job watched to its end: by server-sent events, or by asking again and again where they do not get through.

import type { Api } from './api.ts';
import { ApiError } from './api-error.ts';
import type { Connection } from './connection.ts';
import { sleep } from './connection.ts';
import { delayBefore } from './retry.ts';
import type { JobKey, JobView } from './state.ts';

type Way = 'ended' | 'blocked';

/** Proxies that hold events back, or end them at once, show by the third time. */
const BROKEN = 3;
const kinds = ['queued', 'processing', 'completed', 'failed'];

/** @param look told of every state, the last one too @throws ApiError, or the signal's reason */
export async function followJob(
  key: JobKey,
  look: (view: JobView) => void,
  api: Api,
  connection: Connection,
  signal: AbortSignal,
): Promise<void> {
  if ('EventSource' in window && (await listen(key, look, api, connection, signal)) === 'ended') return;
  for (let attempt = 1; ; attempt++) {
    const view = await api.job(key, signal);
    look(view);
    if (isEnd(view)) return;
    // Slower and slower, up to what the service itself looks at.
    await sleep(delayBefore(Math.min(attempt, 4), Math.random()), signal, false);
  }
}

function listen(
  key: JobKey,
  look: (view: JobView) => void,
  api: Api,
  connection: Connection,
  signal: AbortSignal,
): Promise<Way> {
  return new Promise((resolve, reject) => {
    const source = new EventSource(api.eventsUrl(key));
    let broken = 0;
    const end = (settle: () => void): void => {
      source.close();
      signal.removeEventListener('abort', stop);
      settle();
    };
    const stop = (): void => end(() => reject(signal.reason));
    signal.addEventListener('abort', stop);
    for (const kind of kinds)
      source.addEventListener(kind, ({ data }: MessageEvent<string>) => {
        broken = 0;
        connection.tell('none');
        const view = JSON.parse(data) as JobView;
        look(view);
        if (isEnd(view)) end(() => resolve('ended'));
      });
    source.addEventListener('gone', () => end(() => reject(new ApiError(404, { code: 'JOB_NOT_FOUND' }))));
    source.onerror = () => {
      if (!navigator.onLine) connection.tell('offline');
      else broken += 1;
      if (source.readyState === EventSource.CLOSED || broken >= BROKEN) end(() => resolve('blocked'));
    };
  });
}

function isEnd({ status }: JobView): boolean {
  return status === 'completed' || status === 'failed';
}
