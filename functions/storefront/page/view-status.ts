// How the engine is, in a line, as far as it is known.
import { attribute, h, show, write } from './dom.ts';
import type { Engine } from './state.ts';
import type { Context, View } from './view.ts';
import { engineText } from './warm-text.ts';

/** Seconds are counted down on the screen, and read aloud once. */
const TICK_MS = 1000;

export function statusView({ texts, store }: Context): View & { stop(): void } {
  const words = h('span', { part: 'status-text' });
  const hint = h('span', { part: 'status-hint', class: 'quiet' }, texts('engine.goOn'));
  const root = h(
    'div',
    { part: 'status', class: 'status' },
    h('span', { class: 'dot' }),
    h('span', {}, words, ' ', hint),
  );

  function tell(engine: Engine): void {
    const { key, ...more } = engineText(engine, performance.now());
    const time = 'seconds' in more ? texts.time(more.seconds * 1000) : '';
    write(words, texts(key, { time }));
    attribute(root, 'data-engine', engine.kind);
    // Of what nobody knows nothing is said.
    show(root, engine.kind !== 'unknown');
    show(hint, engine.kind === 'starting');
  }

  const timer = setInterval(() => {
    if (store.state.engine.kind === 'starting') tell(store.state.engine);
  }, TICK_MS);
  return { root, update: ({ engine }) => tell(engine), stop: () => clearInterval(timer) };
}
