// All parts of the page in their places, in the element's shadow.
import { attribute, h } from './dom.ts';
import { createReporter } from './live.ts';
import panelStyle from './panel.css';
import type { State } from './state.ts';
import { hasCutout } from './state.ts';
import style from './studio.css';
import type { Context } from './view.ts';
import { dropView, takeDrops } from './view-drop.ts';
import { panelView } from './view-panel.ts';
import { photosView } from './view-photos.ts';
import { progressView } from './view-progress.ts';
import { stageView } from './view-stage.ts';
import { statusView } from './view-status.ts';

/** @param theme the reader's own where there is none */
export function mountViews(
  host: HTMLElement,
  given: Omit<Context, 'say'>,
  theme: 'light' | 'dark' | undefined,
): { close(): void } {
  const shadow = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style + panelStyle);
  shadow.adoptedStyleSheets = [sheet];

  const live = h('div', { class: 'hidden', role: 'status', 'aria-live': 'polite', part: 'live' });
  const say = (text: string): void => {
    live.replaceChildren(h('p', {}, text));
  };
  const context: Context = { ...given, say };
  const { texts, store, studio } = context;
  const status = statusView(context);
  const drop = dropView(context);
  const photos = photosView(context, drop.choose);
  const progress = progressView(context, drop.choose);
  const stage = stageView(context);
  const panel = panelView(context, stage.brush);
  const veil = h('div', { class: 'veil', 'aria-hidden': 'true' }, h('p', {}, texts('drop.now')));
  const root = h(
    'div',
    { class: 'studio', part: 'studio', lang: texts.lang, dir: texts.dir, 'data-theme': theme },
    h('div', { class: 'top' }, photos.root, status.root),
    drop.root,
    progress.root,
    h('div', { class: 'result', part: 'result' }, stage.root, panel.root),
    veil,
    live,
  );
  shadow.replaceChildren(root);

  const report = createReporter(texts);
  let isOpen = true;
  const update = (state: State): void => {
    if (!isOpen) return;
    const photo = state.photos.find(({ id }) => id === state.selected);
    const kind = !photo ? 'empty' : hasCutout(photo) ? 'result' : photo.problem ? 'problem' : 'working';
    const focused = shadow.activeElement;
    attribute(root, 'data-state', kind);
    for (const view of [status, drop, photos, progress, stage, panel]) view.update(state);
    // What had the focus is gone: it goes on where the photo does, not at the page's beginning.
    if (focused?.checkVisibility?.() === false) focusOn(root, kind);
    const news = report(state);
    if (news.length > 0) say(news.join(' '));
  };
  store.watch(update);
  update(store.state);
  const stopDrops = takeDrops(host, { studio }, (isOver) => attribute(root, 'data-over', isOver));
  return {
    close() {
      isOpen = false;
      status.stop();
      stopDrops();
    },
  };
}

const continuations = {
  empty: '[part=choose]',
  working: '[part=waiting]',
  problem: '[part=waiting]',
  result: '[role=tab][aria-selected=true]',
} as const;

function focusOn(root: HTMLElement, kind: keyof typeof continuations): void {
  root.querySelector<HTMLElement>(continuations[kind])?.focus({ preventScroll: true });
}
