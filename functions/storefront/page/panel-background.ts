// What stands behind the subject: nothing, a colour, a scene, a picture of one's own; and its shadow.
import type { Choice } from './choices.ts';
import { createChoices, createTick } from './choices.ts';
import { h, icon, show } from './dom.ts';
import type { Panel } from './panel-look.ts';
import type { Backdrop, Photo } from './state.ts';
import type { Context } from './view.ts';

const plain = ['ffffff', '111111', 'f3ead9', 'd9e4dc', 'cfe0ee', 'f2d7d5'];
const NONE = 'none';
const OWN = 'own';

export function backgroundPanel(context: Context): Panel {
  const { texts, studio, store, shop } = context;
  let photo: Photo | undefined;
  const put = (backdrop: Backdrop): void => studio.edit(photo!.id, { backdrop });
  const colours = createChoices(texts('background.plain'), 'colours', 'colour', (value) =>
    put(value === NONE ? { kind: 'none' } : { kind: 'colour', colour: `#${value}` }),
  );
  const scenes = createChoices(texts('background.scenes'), 'pictures', 'background', (value) =>
    put(value === OWN ? { kind: 'own' } : { kind: 'template', name: value }),
  );
  const any = h('input', {
    type: 'color',
    part: 'any-colour',
    'aria-label': texts('background.colour'),
    value: '#e8b04b',
    oninput: () => put({ kind: 'colour', colour: any.value }),
  });
  const file = h('input', {
    type: 'file',
    accept: 'image/*',
    hidden: true,
    part: 'own-input',
    onchange: () => void takeOwn(),
  });
  const own = h(
    'button',
    { type: 'button', part: 'own', onclick: () => file.click() },
    icon('picture'),
    texts('background.own'),
  );
  const match = createTick(texts('match'), 'match', (on) => studio.edit(photo!.id, { match: on }));
  const shadow = createTick(texts('shadow'), 'shadow', (on) => studio.edit(photo!.id, { shadow: on }));

  async function takeOwn(): Promise<void> {
    const [chosen] = file.files ?? [];
    file.value = '';
    if (!chosen || !photo) return;
    try {
      studio.media(photo.id).own = await createImageBitmap(chosen);
    } catch {
      return context.say(texts.problem({ code: 'IMAGE_CORRUPT' }));
    }
    // Another one in its place is a change too.
    put({ kind: 'none' });
    put({ kind: 'own' });
  }

  return {
    root: h(
      'div',
      {},
      h(
        'div',
        { class: 'swatches' },
        colours.root,
        h('label', { class: 'any', title: texts('background.colour') }, any),
      ),
      scenes.root,
      h('div', { class: 'row' }, own, file),
      shadow.root,
      match.root,
    ),
    update(next) {
      photo = next;
      const { backdrop } = next.edits;
      const endpoint = shop().endpoint;
      const wished = shop().backgrounds;
      const offered = (store.state.catalogue?.backgrounds ?? []).filter(
        ({ name }) => !wished || wished.includes(name),
      );
      const chosen =
        backdrop.kind === 'colour' ? backdrop.colour.slice(1) : backdrop.kind === 'none' ? NONE : '';
      colours.update(
        [
          { value: NONE, title: texts('background.none') },
          ...plain.map((value) => ({ value, title: texts(`colour.${value}`), colour: `#${value}` })),
        ],
        chosen,
      );
      const templates: Choice[] = offered.map(({ name, thumbnail }) => ({
        value: name,
        title: texts.has(`background.${name}`) ? texts(`background.${name}`) : name.replaceAll('-', ' '),
        picture: `${endpoint}${thumbnail}`,
      }));
      scenes.update(templates, backdrop.kind === 'template' ? backdrop.name : '');
      show(scenes.root, templates.length > 0);
      own.setAttribute('aria-pressed', String(backdrop.kind === 'own'));
      shadow.update(next.edits.shadow);
      match.update(next.edits.match, backdrop.kind === 'none' || backdrop.kind === 'own');
    },
  };
}
