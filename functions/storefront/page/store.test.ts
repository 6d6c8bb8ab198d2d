import test from 'ava';
import { initialState } from './state.ts';
import { createStore } from './store.ts';

test('All changes that happen at the same time are told once, and what is no change is not', (t) => {
  const waiting: (() => void)[] = [];
  const store = createStore(initialState, (run) => waiting.push(run));
  const seen: (number | undefined)[] = [];
  store.watch(({ selected }) => seen.push(selected));
  store.update((state) => state);
  t.is(waiting.length, 0);
  store.update((state) => ({ ...state, selected: 1 }));
  store.update((state) => ({ ...state, selected: 2 }));
  t.is(store.state.selected, 2);
  t.deepEqual(seen, []);
  for (const run of waiting.splice(0)) run();
  t.deepEqual(seen, [2]);
  store.update((state) => ({ ...state, selected: 3 }));
  for (const run of waiting.splice(0)) run();
  t.deepEqual(seen, [2, 3]);
});
