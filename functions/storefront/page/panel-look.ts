// The looks, as a gallery of the photo itself in each.
import { createChoices } from './choices.ts';
import { h } from './dom.ts';
import { fileUrl } from './finish-query.ts';
import { layerOf } from './media.ts';
import type { Photo } from './state.ts';
import { looksOf } from './state.ts';
import type { Context } from './view.ts';

export interface Panel {
  readonly root: HTMLElement;
  update(photo: Photo): void;
}

/** In the shopper's words, else in the service's. */
export function lookTitle(name: string, { texts, store }: Pick<Context, 'texts' | 'store'>): string {
  if (texts.has(`look.${name}`)) return texts(`look.${name}`);
  return store.state.catalogue?.looks.find((look) => look.name === name)?.title ?? name;
}

export function lookPanel(context: Context): Panel {
  const { texts, studio, shop, api } = context;
  let id = 0;
  const choices = createChoices(texts('tab.look'), 'pictures', 'look', (file) => studio.edit(id, { file }));
  // Whoever points at a look is likely to choose it.
  choices.root.addEventListener('pointerover', ({ target }) => {
    const name = (target as Element).closest('label')?.dataset.value;
    const photo = studio.photo(id);
    const file = name === undefined ? undefined : photo?.view?.files[name];
    if (file) layerOf(studio.media(id), name!, file, photo!.key!, api).catch(() => {});
  });
  return {
    root: h('div', {}, choices.root),
    update(photo) {
      id = photo.id;
      const { view, key, edits } = photo;
      const pictureOf = (name: string): string | undefined => {
        const file = view!.files[name];
        return file && fileUrl(shop().endpoint, file.preview, key!);
      };
      const shown = ['cutout', ...looksOf(photo)].map((name) => ({
        value: name,
        title: lookTitle(name, context),
        picture: pictureOf(name),
        meanwhile: name === 'cutout' ? photo.picture : pictureOf('cutout'),
        waiting: view!.files[name] ? undefined : texts('look.coming'),
      }));
      choices.update(shown, edits.file);
    },
  };
}
