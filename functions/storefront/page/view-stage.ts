// The result, large: before and after, every pixel of it, and the outline under the brush.
import { problemOf } from './api-error.ts';
import { sleep } from './connection.ts';
import { attribute, h, icon, show, write } from './dom.ts';
import { fileUrl } from './finish-query.ts';
import { layerOf, outlineOf } from './media.ts';
import type { View as Placing } from './paint.ts';
import type { Scene } from './scene.ts';
import { createScenes } from './scene.ts';
import { createBrush } from './stage-brush.ts';
import { createCompare } from './stage-compare.ts';
import type { Look } from './stage-geometry.ts';
import { moved } from './stage-geometry.ts';
import { paintStage, wipe } from './stage-painter.ts';
import { listenForPanning } from './stage-pan.ts';
import { strokesOn } from './stage-strokes.ts';
import { createWholes } from './stage-wholes.ts';
import type { Photo } from './state.ts';
import { hasCutout, isOutlineNew } from './state.ts';
import type { Context, View } from './view.ts';

/** Before that, nobody notices that something is still on its way. */
const SLOW_MS = 150;
const FIRST_LOOK: Look = { x: 0.5, y: 0.45 };

export function stageView(context: Context): View & { brush(): void } {
  const { studio, texts, api, say, shop } = context;
  const scenes = createScenes(context);
  const wholes = createWholes();
  let photo: Photo | undefined;
  let scene: Scene | undefined;
  /** The choice that `scene` shows, or will. */
  let asked = '';
  let look: Look | undefined;
  let placing: Placing = { scale: 1, left: 0, top: 0 };

  const after = h('canvas', { class: 'after', part: 'picture', tabindex: -1 });
  const before = h('canvas', { class: 'before', 'aria-hidden': 'true' });
  // Until there is what can be painted.
  const placeholder = h('img', { class: 'placeholder', alt: '' });
  const busy = h('div', { class: 'busy', hidden: true }, h('span', { class: 'spinner' }), h('span'));
  const compare = createCompare(before, texts);
  const help = h('p', { class: 'hidden', id: 'stage-help' });
  const children = [placeholder, after, before, compare.root, busy];
  const box = h('div', { class: 'canvas-box', dir: 'ltr' }, ...children);
  const surface = { box, after, before, compare };
  const outline = () => (photo ? studio.media(photo.id).outline : undefined);
  const strokes = strokesOn({
    canvas: after,
    outline,
    scenery: () => scene?.scenery,
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
  const pending = h('div', { class: 'bar pending', part: 'pending' }, apply);
  const bars = h('div', { class: 'bars' }, brush.bar, pending, tools);
  const root = h('section', { class: 'stage', part: 'stage', 'aria-label': texts('stage') }, box, help, bars);
  listenForPanning(after, {
    isOn: () => look !== undefined && !brush.isOn,
    leave: toggleZoom,
    pan(dx, dy) {
      if (!scene) return;
      const dots = devicePixelRatio;
      look = moved(look!, scene.scenery.frame, placing, dx * dots, dy * dots);
      paintSoon();
    },
  });
  new ResizeObserver(paintSoon).observe(box);
  tell();

  function toggleZoom(): void {
    look = look ? undefined : FIRST_LOOK;
    tell();
    paintSoon();
    if (!look) {
      wholes.close();
      return;
    }
    say(texts('zoom.help'));
    after.focus({ preventScroll: true });
    if (scene) void openWhole(scene);
  }

  async function openWhole(of: Scene): Promise<void> {
    await during('', () => wholes.open(of));
    paintSoon();
  }

  async function startBrush(): Promise<void> {
    if (!photo || brush.isOn) return;
    const media = studio.media(photo.id);
    const { view, key } = photo;
    await during('', async () => {
      await outlineOf(media, await layerOf(media, 'cutout', view!.files.cutout!, key!, api));
    });
    studio.edit(photo.id, { file: 'cutout' });
    photo = studio.photo(photo.id)!;
    await refresh();
    brush.start();
    say(texts('brush.help'));
    tell();
  }

  async function endBrush(): Promise<void> {
    brush.stop();
    tell();
    if (photo && photo.edits.strokes > 0) await applyNow();
  }

  async function applyNow(): Promise<void> {
    try {
      await studio.applyOutline(photo!.id);
    } catch (thrown) {
      say(texts.problem(problemOf(thrown)));
    }
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
    const canCompare = !brush.isOn && scene?.before !== undefined;
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

  async function refresh(): Promise<void> {
    if (!photo) return;
    const { id, key, view, edits } = photo;
    const wished = JSON.stringify([id, key!.job, edits, view!.subject, edits.file in view!.files]);
    if (wished === asked) return;
    asked = wished;
    const of = photo;
    await during(edits.match ? texts('match.now') : '', async () => {
      const whole = scenes.make(of);
      const isSlow = await Promise.race([
        whole.then(() => false),
        sleep(SLOW_MS, undefined, false).then(() => true),
      ]);
      // What needs nothing from the service is seen at once, on what is there already.
      if (isSlow && scene && asked === wished) {
        const atHand = { ...of, edits: { ...edits, file: scene.file, match: false } };
        const soon = await scenes.make(atHand);
        if (asked === wished) take(soon);
      }
      const made = await whole;
      if (asked !== wished) return;
      take(made);
      if (look) void openWhole(made);
    });
    tell();
  }

  function take(made: Scene): void {
    scene = made;
    placeholder.hidden = true;
    paintSoon();
  }

  let running = 0;
  /** A sign that something is on its way, if it takes long; what goes wrong is said. */
  async function during(words: string, work: () => Promise<void>): Promise<void> {
    running += 1;
    const slow = setTimeout(() => {
      write(busy.lastElementChild!, words);
      busy.hidden = false;
    }, SLOW_MS);
    try {
      await work();
    } catch (thrown) {
      say(texts.problem(problemOf(thrown)));
    } finally {
      clearTimeout(slow);
      running -= 1;
      if (running === 0) busy.hidden = true;
    }
  }

  let isPlanned = false;
  function paintSoon(): void {
    if (isPlanned) return;
    isPlanned = true;
    requestAnimationFrame(() => {
      isPlanned = false;
      if (scene) placing = paintStage(surface, scene, look, look && wholes.of(scene)) ?? placing;
    });
  }

  function forget(): void {
    scene = undefined;
    look = undefined;
    asked = '';
    wipe(surface);
    placeholder.hidden = false;
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
      const preview = photo.view!.files.cutout!.preview;
      if (!scene)
        attribute(placeholder, 'src', photo.picture ?? fileUrl(shop().endpoint, preview, photo.key!));
      tell();
      void refresh();
    },
  };
}
