// A small picture that is seen as soon as it is there, and asked for again when it did not come.
import { attribute, h } from './dom.ts';
import { delayBefore } from './retry.ts';

export interface LatePicture {
  /** Has `data-there` as soon as it can be seen. */
  readonly root: HTMLImageElement;
  update(address: string | undefined): void;
}

/** A service that is busy makes small pictures last. */
const TRIES = 5;

export function latePicture(): LatePicture {
  let tries = 0;
  const root = h('img', {
    alt: '',
    draggable: 'false',
    onload: () => attribute(root, 'data-there', true),
    onerror() {
      const address = root.getAttribute('src');
      tries += 1;
      if (address === null || tries > TRIES) return;
      const retry = (): void => {
        if (root.getAttribute('src') === address) root.src = address;
      };
      setTimeout(retry, delayBefore(tries, Math.random()));
    },
  });
  return {
    root,
    update(address) {
      if (root.getAttribute('src') === (address ?? null)) return;
      tries = 0;
      attribute(root, 'data-there', false);
      attribute(root, 'src', address);
    },
  };
}
