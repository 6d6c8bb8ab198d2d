// What is delivered of the picture, how large that may be printed, and, for who asks, how it was made.
import { createTick } from './choices.ts';
import { attribute, h, show, write } from './dom.ts';
import type { Panel } from './panel-look.ts';
import { sharpUpTo, sizeTitle, verdictOf } from './print-text.ts';
import { frameIn } from './scene.ts';
import type { Photo } from './state.ts';
import type { Context } from './view.ts';

export function sizePanel(context: Context): Panel {
  const { texts, studio, shop } = context;
  let photo: Photo | undefined;
  const crop = createTick(texts('crop'), 'crop', (on) => studio.edit(photo!.id, { crop: on }));
  const margin = h('input', {
    type: 'range',
    min: 0,
    max: 30,
    part: 'margin',
    'aria-label': texts('crop.margin'),
    oninput: () => studio.edit(photo!.id, { margin: Number(margin.value) }),
  });
  const margins = h(
    'div',
    { class: 'indent' },
    h('span', { class: 'field', 'aria-hidden': 'true' }, texts('crop.margin')),
    margin,
  );
  const upTo = h('p', { part: 'print-size', class: 'up-to' });
  const sizes = h('select', { part: 'print-sizes', id: 'print-sizes', onchange: () => photo && tell(photo) });
  const verdict = h('output', { part: 'print-verdict', class: 'verdict', for: 'print-sizes' });
  const facts = h('dl', { class: 'facts', part: 'facts' });

  function tell(of: Photo): void {
    const file = of.view!.files[of.edits.file] ?? of.view!.files.cutout!;
    const { frame } = frameIn(of, file);
    const offered = shop().printSizes;
    if (sizes.options.length === 0)
      sizes.append(...offered.map((size) => h('option', { value: size }, sizeTitle(size))));
    const largest = sharpUpTo(frame, offered);
    const wished = sizeTitle(largest ?? offered[0] ?? '');
    write(upTo, texts(largest ? 'size.upTo' : 'size.tooSmall', { size: wished }));
    if (sizes.dataset.chosen !== 'true' && largest) sizes.value = largest;
    const { key, dpi, verdict: word } = verdictOf(frame, sizes.value);
    write(verdict, texts(key, { dpi }));
    attribute(verdict, 'data-verdict', word.replaceAll(' ', '-'));
    writeFacts(facts, of, frame, context);
  }
  sizes.addEventListener('change', () => {
    sizes.dataset.chosen = 'true';
  });

  return {
    root: h(
      'div',
      {},
      upTo,
      h(
        'div',
        { class: 'field-row' },
        h('label', { class: 'field', for: 'print-sizes' }, texts('size.check')),
        sizes,
        verdict,
      ),
      crop.root,
      margins,
      h('details', { part: 'details' }, h('summary', {}, texts('details')), facts),
    ),
    update(next) {
      photo = next;
      const canCrop = next.view?.subject != null;
      crop.update(next.edits.crop, !canCrop);
      show(margins, next.edits.crop);
      if (Number(margin.value) !== next.edits.margin) margin.value = String(next.edits.margin);
      tell(next);
    },
  };
}

function writeFacts(
  list: HTMLElement,
  { view }: Photo,
  frame: { readonly width: number; readonly height: number },
  { texts }: Context,
): void {
  const { width, height } = frame;
  // A look is named after itself.
  const used = [view?.models?.upscale, view?.models?.segment].flatMap((models) => models ?? []);
  const ids = [...new Set(used.map(({ id }) => id))];
  const models = ids.length > 0 ? ids.join(', ') : undefined;
  const note = view?.preview_models ? ` (${texts('details.preview')})` : '';
  const total = view?.timings_ms?.total;
  const facts = [
    [
      texts('details.size'),
      texts('details.pixels', { width: texts.number(width), height: texts.number(height) }),
    ],
    [texts('details.models'), models && `${models}${note}`],
    [texts('details.time'), total !== undefined ? texts.time(total) : undefined],
  ].filter((fact): fact is [string, string] => fact[1] !== undefined);
  const text = JSON.stringify(facts);
  if (list.dataset.facts === text) return;
  list.dataset.facts = text;
  list.replaceChildren(...facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}
