// The row of photos: which is shown, how far each is, one more.
import { attribute, h, icon, show, write } from './dom.ts';
import { fileUrl } from './finish-query.ts';
import { overall } from './progress.ts';
import type { Photo } from './state.ts';
import type { Context, View } from './view.ts';

interface Tile {
  readonly root: HTMLElement;
  update(photo: Photo, isShown: boolean): void;
}

export function photosView(context: Context, choose: () => void): View {
  const { texts } = context;
  const tiles = new Map<number, Tile>();
  const add = h(
    'li',
    {},
    h(
      'button',
      { type: 'button', class: 'thumb add', part: 'add', 'aria-label': texts('photos.add'), onclick: choose },
      icon('plus'),
    ),
  );
  const list = h('ul', { class: 'photos', part: 'photos', 'aria-label': texts('photos') }, add);
  return {
    root: list,
    update({ photos, selected }) {
      show(list, photos.length > 0);
      const { most } = context.shop();
      show(add, most === 1 || photos.length < most);
      for (const [id, { root }] of tiles) {
        if (photos.some((photo) => photo.id === id)) continue;
        root.remove();
        tiles.delete(id);
      }
      for (const photo of photos) {
        const tile = tiles.get(photo.id) ?? tileOf(photo.id, context);
        if (!tiles.has(photo.id)) add.before(tile.root);
        tiles.set(photo.id, tile);
        tile.update(photo, photo.id === selected);
      }
    },
  };
}

function tileOf(id: number, { studio, texts, shop }: Context): Tile {
  const picture = h('img', { alt: '' });
  const words = h('span', { class: 'hidden' });
  const sign = h('span', { class: 'sign' });
  const face = h(
    'button',
    { type: 'button', class: 'thumb', part: 'photo', onclick: () => studio.select(id) },
    picture,
    sign,
    words,
  );
  const remove = h(
    'button',
    { type: 'button', class: 'remove', part: 'remove', onclick: () => studio.remove(id) },
    icon('close'),
  );
  const root = h('li', { class: 'photo' }, face, remove);
  return {
    root,
    update(photo, isShown) {
      const { name, phase, key, view } = photo;
      write(words, texts('photos.show', { name, state: texts(`phase.${phase}`) }));
      attribute(remove, 'aria-label', texts('photos.remove', { name }));
      attribute(face, 'aria-current', isShown && 'true');
      attribute(face, 'data-phase', phase);
      face.style.setProperty('--share', String(overall(photo)));
      const preview =
        view?.files.cutout?.preview ?? (photo.picture ? undefined : view?.files.upscaled?.preview);
      const shown = preview && key ? fileUrl(shop().endpoint, preview, key) : photo.picture;
      attribute(picture, 'src', shown);
      show(picture, shown !== undefined);
    },
  };
}
