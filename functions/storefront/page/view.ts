// What every part of the page stands on.
import type { Api } from './api.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';
import type { Studio } from './studio.ts';
import type { Texts } from './texts.ts';

export interface View {
  readonly root: HTMLElement;
  update(state: State): void;
}

export interface Context {
  readonly store: Store;
  readonly studio: Studio;
  readonly api: Api;
  readonly texts: Texts;
  readonly shop: () => ShopSettings;
  /** Read aloud, and shown to nobody. */
  say(text: string): void;
}

export interface ShopSettings {
  /** The service's root, without a slash at its end. */
  readonly endpoint: string;
  /** Names of templates; undefined for all. */
  readonly backgrounds: readonly string[] | undefined;
  /** Photos at the same time. */
  readonly most: number;
  /** As `20x30cm`. */
  readonly printSizes: readonly string[];
}
