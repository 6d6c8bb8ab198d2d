// The engine, warmed as soon as somebody opens the page, and watched until it is ready.

import type { Api } from './api.ts';
import { isAbort } from './api-error.ts';
import type { Trouble } from './connection.ts';
import { sleep } from './connection.ts';
import { delayBefore } from './retry.ts';
import type { Engine, State } from './state.ts';
import { isWaiting } from './state.ts';
import type { Store } from './store.ts';
import { engineOf } from './warm-text.ts';

export interface EngineWatch {
  /** Asks for warmth, and again until it is there. */
  begin(signal: AbortSignal): Promise<void>;
  /** What the last request met. */
  hear(trouble: Trouble): void;
}

export function createEngineWatch(store: Store, api: () => Api): EngineWatch {
  /** As it is apart from the connection. */
  let engine: Engine = { kind: 'unknown' };
  let trouble: Trouble = 'none';

  function tell(): void {
    const shown: Engine =
      !navigator.onLine || trouble === 'offline'
        ? { kind: 'offline' }
        : trouble === 'busy'
          ? { kind: 'busy' }
          : engine;
    store.update((state) => (isSame(state.engine, shown) ? state : { ...state, engine: shown }));
  }

  return {
    hear(heard) {
      trouble = heard;
      tell();
    },
    async begin(signal) {
      addEventListener('online', () => this.hear('none'), { signal });
      addEventListener('offline', tell, { signal });
      // A job that gets on shows that all is warm.
      store.watch((state: State) => {
        if (engine.kind === 'starting' && state.photos.some(isAtWork)) {
          engine = { kind: 'ready' };
          tell();
        }
      });
      for (let attempt = 1; !signal.aborted; attempt++) {
        try {
          const warmth = await api().warmup(engine.kind === 'starting');
          engine = engineOf(warmth, performance.now());
          tell();
          if (engine.kind === 'ready') return;
        } catch {
          // What the engine is can be seen from the photos too.
          if (attempt > LAST_TRY && !store.state.photos.some(isWaiting)) return;
        }
        await sleep(delayBefore(attempt, Math.random()), signal, true).catch((thrown) => {
          if (!isAbort(thrown)) throw thrown;
        });
      }
    },
  };
}

const LAST_TRY = 5;

function isAtWork({ phase, view }: State['photos'][number]): boolean {
  return (
    phase === 'done' || (phase === 'working' && view?.status === 'processing' && (view.progress ?? 0) > 0)
  );
}

function isSame(a: Engine, b: Engine): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
