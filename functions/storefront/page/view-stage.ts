// The result, large: before and after, every pixel of it, and the outline under the brush.
import { attribute, h, icon, show, write } from './dom.ts';
import { fileUrl } from './finish-query.ts';
import { latePicture } from './late-picture.ts';
import { layerOf, outlineOf } from './media.ts';
import type { View as Placing } from './paint.ts';
import { lookTitle } from './panel-look.ts';
import type { Scene } from './scene.ts';
import { createScenes } from './scene.ts';
import { createBrush } from './stage-brush.ts';
import { createBusy } from './stage-busy.ts';
import { createChoice } from './stage-choice.ts';
import { createCompare } from './stage-compare.ts';
import type { Look } from './stage-geometry.ts';
import { hairOf, moved } from './stage-geometry.ts';
import { paintStage, roomOf, wipe } from './stage-painter.ts';
import { listenForPanning } from './stage-pan.ts';
import { strokesOn } from './stage-strokes.ts';
import { createWholes } from './stage-wholes.ts';
import type { Photo } from './state.ts';
import { hasCutout, isOutlineNew } from './state.ts';
import type { Context, View } from './view.ts';

const MIDDLE: Look = { x: 0.5, y: 0.45 };

export function stageView(context: Context): View & { brush(): void } {
  const { studio, texts, api, say, shop } = context;
  const wholes = createWholes();
  let photo: Photo | undefined;
  let look: Look | undefined;
  let placing: Placing = { scale: 1, left: 0, top: 0 };

  const after = h('canvas', { class: 'after', part: 'picture', tabindex: -1 });
  const before = h('canvas', { class: 'before', 'aria-hidden': 'true' });
  // Until there is what can be painted.
  const placeholder = h('img', { alt: '' });
  const first = latePicture();
  const meanwhile = h('div', { class: 'placeholder' }, placeholder, first.root);
  const root = h('section', { class: 'stage', part: 'stage', 'aria-label': texts('stage') });
  const busy = createBusy(root, after, context);
  const choice = createChoice({
    scenes: createScenes(context),
    busy,
    texts,
    say,
    titleOf: (file) => lookTitle(file, context),
    shown: take,
  });
  const compare = createCompare(before, texts);
  const help = h('p', { class: 'hidden', id: 'stage-help' });
  const children = [meanwhile, after, before, compare.root, busy.sign];
  const box = h('div', { class: 'canvas-box', dir: 'ltr' }, ...children);
  const surface = { box, after, before, compare };
  const outline = () => (photo ? studio.media(photo.id).outline : undefined);
  const strokes = strokesOn({
    canvas: after,
    outline,
    scenery: () => choice.scene?.scenery,
    placing: () => placing,
    changed: (count) => studio.edit(photo!.id, { strokes: count }),
    paint: paintSoon,
    done: () => void endBrush(),
  });
  const brush = createBrush(strokes, context);
  box.append(brush.ring);

  const zoom = h('button', { type: 'button', class: 'round', part: 'zoom', onclick: toggleZoom });
  const tools = h('div', { class: 'bar tools', part: 'tools' }, zoom);
  const onApply = (): void => void applyNow();
  const apply = h('button', { type: 'button', class: 'primary', part: 'apply', onclick: onApply });
  const pending = h('div', { class: 'bar below', part: 'pending' }, apply);
  const bars = h('div', { class: 'bars' }, brush.bar, busy.problem, pending, tools);
  root.append(box, help, bars);
  listenForPanning(after, {
    isOn: () => look !== undefined && !brush.isOn,
    leave: toggleZoom,
    pan(dx, dy) {
      const dots = devicePixelRatio;
      if (choice.scene) look = moved(look!, choice.scene.scenery.frame, roomOf(box), dx * dots, dy * dots);
      paintSoon();
    },
  });
  new ResizeObserver(paintSoon).observe(box);
  tell();

  function toggleZoom(): void {
    look = look ? undefined : firstLook();
    tell();
    paintSoon();
    if (!look) {
      wholes.close();
      busy.forget('zoom');
      return;
    }
    say(texts('zoom.help'));
    after.focus({ preventScroll: true });
    if (choice.scene) openWhole(choice.scene);
  }

  function firstLook(): Look {
    const { subject, scenery } = choice.scene ?? {};
    return subject && scenery
      ? moved(hairOf(scenery.frame, subject), scenery.frame, roomOf(box), 0, 0)
      : MIDDLE;
  }

  function openWhole(of: Scene): void {
    const run = (): Promise<void> => wholes.open(of).then(paintSoon);
    void busy.during('zoom', { words: texts('zoom.now'), run, again: () => openWhole(of) });
  }

  async function startBrush(): Promise<void> {
    if (!photo || brush.isOn) return;
    const { id, view, key } = photo;
    const media = studio.media(id);
    const run = async (): Promise<void> => {
      outlineOf(media, await layerOf(media, 'cutout', view!.files.cutout!, key!, api));
      if (photo?.id !== id || brush.isOn) return;
      studio.edit(id, { file: 'cutout' });
      photo = studio.photo(id)!;
      await choice.follow(photo);
      await new Promise(requestAnimationFrame);
      if (photo?.id !== id || brush.isOn || !choice.scene) return;
      // Its room is smaller from now on.
      attribute(root, 'data-mode', 'brush');
      brush.start();
      root.scrollIntoView({ block: 'nearest' });
      say(texts('brush.help'));
      tell();
    };
    await busy.during('brush', { words: texts('stage.now'), run, again: () => void startBrush() });
  }

  async function endBrush(): Promise<void> {
    brush.stop();
    tell();
    if (photo && photo.edits.strokes > 0) await applyNow();
  }

  async function applyNow(): Promise<void> {
    const { id } = photo!;
    // The button says what is happening.
    await busy.during('apply', {
      words: '',
      run: () => studio.applyOutline(id),
      again: () => void applyNow(),
    });
  }

  function tell(): void {
    const isIn = look !== undefined;
    attribute(zoom, 'aria-label', texts(isIn ? 'zoom.out' : 'zoom.in'));
    if (zoom.dataset.shown !== String(isIn)) zoom.replaceChildren(icon(isIn ? 'zoomOut' : 'zoomIn'));
    zoom.dataset.shown = String(isIn);
    // Beside the brush, so that nothing lies over what is painted.
    if (brush.isOn && zoom.parentElement === tools) brush.bar.lastElementChild!.before(zoom);
    else if (!brush.isOn && zoom.parentElement !== tools) tools.append(zoom);
    show(tools, !brush.isOn);
    attribute(root, 'data-mode', brush.isOn ? 'brush' : isIn ? 'zoom' : 'compare');
    const canCompare = !brush.isOn && choice.scene?.before !== undefined;
    show(compare.root, canCompare);
    show(before, canCompare);
    const isTool = brush.isOn || isIn;
    attribute(after, 'tabindex', isTool ? 0 : -1);
    attribute(after, 'role', isTool ? 'application' : 'img');
    attribute(after, 'aria-label', texts(brush.isOn ? 'brush.canvas' : 'stage'));
    attribute(after, 'aria-describedby', isTool && 'stage-help');
    write(help, isTool ? texts(brush.isOn ? 'brush.help' : 'zoom.help') : '');
    const isCorrecting = photo?.correcting === true;
    show(pending, !brush.isOn && (isCorrecting || (photo !== undefined && isOutlineNew(photo))));
    write(apply, texts(isCorrecting ? 'edges.applying' : 'edges.apply'));
    attribute(apply, 'aria-disabled', isCorrecting && 'true');
  }

  function take(made: Scene): void {
    meanwhile.hidden = true;
    paintSoon();
    if (look) openWhole(made);
  }

  let isPlanned = false;
  function paintSoon(): void {
    if (isPlanned) return;
    isPlanned = true;
    requestAnimationFrame(() => {
      isPlanned = false;
      const { scene } = choice;
      if (scene) placing = paintStage(surface, scene, look, look && wholes.of(scene)) ?? placing;
    });
  }

  function forget(): void {
    choice.forget();
    busy.forget();
    look = undefined;
    wipe(surface);
    meanwhile.hidden = false;
    wholes.close();
    brush.stop();
    compare.reset();
  }

  return {
    root,
    brush: () => void startBrush(),
    update(state) {
      const next = state.photos.find(({ id }) => id === state.selected);
      const isHere = next !== undefined && hasCutout(next);
      show(root, isHere);
      if (next?.id !== photo?.id) forget();
      const last = photo;
      photo = isHere ? next : undefined;
      if (!photo) return;
      if (last && photo.edits !== last.edits && !brush.isOn) compare.stepAside();
      if (!choice.scene) {
        attribute(placeholder, 'src', photo.picture);
        show(placeholder, photo.picture !== undefined);
        first.update(fileUrl(shop().endpoint, photo.view!.files.cutout!.preview, photo.key!));
      }
      tell();
      void choice.follow(photo).then(tell);
    },
  };
}
