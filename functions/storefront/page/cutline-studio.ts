// <cutline-studio>: the element that a shop puts into its page. What it reads of its attributes, tells by events and lets be
// styled is in the README.
import locales from 'cutline:locales';
import { createApi } from './api.ts';
import { createConnection } from './connection.ts';
import { createEngineWatch } from './engine-watch.ts';
import { attributeNames, readSettings } from './settings.ts';
import { initialState } from './state.ts';
import { createStore } from './store.ts';
import type { Studio } from './studio.ts';
import { createStudio } from './studio.ts';
import { createTexts } from './texts.ts';
import { mountViews } from './views.ts';

class CutlineStudio extends HTMLElement {
  static observedAttributes = [...attributeNames];
  #studio: Studio | undefined;
  #mounted: { close(): void } | undefined;
  #alive = new AbortController();
  readonly #store = createStore(initialState);

  connectedCallback(): void {
    this.#alive = new AbortController();
    const { signal } = this.#alive;
    const settings = () => readSettings(this);
    const announce = (name: string, detail: Readonly<Record<string, unknown>>): void =>
      void this.dispatchEvent(new CustomEvent(`cutline:${name}`, { detail, bubbles: true, composed: true }));
    const connection = createConnection((trouble) => engine.hear(trouble));
    const api = createApi(settings, connection);
    const engine = createEngineWatch(this.#store, () => api);
    this.#studio = createStudio({
      store: this.#store,
      api,
      connection,
      endpoint: () => settings().endpoint,
      wishes: settings,
      announce,
    });
    this.#mount = () => {
      this.#mounted?.close();
      const { languages } = settings();
      const texts = createTexts(languages, locales);
      const context = { store: this.#store, studio: this.#studio!, api, texts, shop: settings };
      this.#mounted = mountViews(this, context, settings().theme);
    };
    this.#mount();
    void engine.begin(signal);
    api
      .catalogue()
      .then((catalogue) => {
        this.#store.update((state) => ({ ...state, catalogue }));
        announce('ready', {
          formats: catalogue.limits.formats,
          looks: catalogue.looks.map(({ name }) => name),
        });
      })
      // It is asked for again with the first photo.
      .catch(() => {});
  }

  disconnectedCallback(): void {
    this.#alive.abort(new DOMException('The element was taken away', 'AbortError'));
    this.#mounted?.close();
    this.#mounted = undefined;
    this.#studio?.close();
    this.#store.update(() => initialState);
  }

  attributeChangedCallback(name: string): void {
    // All else is read when it is needed.
    if (this.#mounted && (name === 'lang' || name === 'theme')) this.#mount();
  }

  /** Takes photos as if they were chosen. */
  add(files: Iterable<File>): void {
    this.#studio?.add(files);
  }

  #mount: () => void = () => {};
}

if (!customElements.get('cutline-studio')) customElements.define('cutline-studio', CutlineStudio);
