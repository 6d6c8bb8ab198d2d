// The looks, as a gallery of the photo itself in each.
import { createChoices } from './choices.ts';
import { h } from './dom.ts';
import { fileUrl } from './finish-query.ts';
import { layerOf } from './media.ts';
import type { Photo } from './state.ts';
import type { Context } from './view.ts';

export interface Panel {
  readonly root: HTMLElement;
  update(photo: Photo): void;
}

export function lookPanel({ texts, studio, store, shop, api }: Context): Panel {
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
      const { view, key, looks, edits } = photo;
      const titles = new Map(store.state.catalogue?.looks.map(({ name, title }) => [name, title]));
      const shown = ['cutout', ...looks].map((name) => {
        const file = view!.files[name];
        return {
          value: name,
          title: texts.has(`look.${name}`) ? texts(`look.${name}`) : (titles.get(name) ?? name),
          picture: file && fileUrl(shop().endpoint, file.preview, key!),
          waiting: file ? undefined : texts('look.coming'),
        };
      });
      choices.update(shown, edits.file);
    },
  };
}
