// The page's state, and those who look at it.
import type { State } from './state.ts';

export interface Store {
  readonly state: State;
  update(change: (state: State) => State): void;
  /** Told after every change, once for all that happen at the same time. */
  watch(look: (state: State) => void): void;
}

/** @param later calls back once, soon */
export function createStore(first: State, later: (run: () => void) => void = queueMicrotask): Store {
  const watchers: ((state: State) => void)[] = [];
  let state = first;
  let isTold = true;
  return {
    get state() {
      return state;
    },
    update(change) {
      const next = change(state);
      if (next === state) return;
      state = next;
      if (!isTold) return;
      isTold = false;
      later(() => {
        isTold = true;
        for (const look of watchers) look(state);
      });
    },
    watch(look) {
      watchers.push(look);
    },
  };
}
