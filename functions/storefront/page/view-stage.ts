// The result, large: before and after, every pixel of it, and the outline under the brush.

import { problemOf } from './api-error.ts';
import { attribute, h, icon, show, write } from './dom.ts';
import { fileUrl } from './finish-query.ts';
import { layerOf, outlineOf } from './media.ts';
import type { View as Placing } from './paint.ts';
import { paintAfter, paintBefore } from './paint.ts';
import type { Scene } from './scene.ts';
import { createScenes } from './scene.ts';
import { createBrush } from './stage-brush.ts';
import { createCompare } from './stage-compare.ts';
import type { Look } from './stage-geometry.ts';
import { close, fitted, moved, pictureAt } from './stage-geometry.ts';
import { createWholes } from './stage-wholes.ts';
import type { Photo } from './state.ts';
import { hasCutout, isOutlineNew } from './state.ts';
import type { Context, View } from './view.ts';

export function stageView(context: Context): View & { brush(): void } {
  const { studio, texts, api, say, shop } = context;
  const scenes = createScenes(context);
  const wholes = createWholes();
  let photo: Photo | undefined;
  let scene: Scene | undefined;
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
  const canvasBox = h(
    'div',
    { class: 'canvas-box', dir: 'ltr' },
    placeholder,
    after,
    before,
    compare.root,
    busy,
  );
  const brush = createBrush(
    {
      canvas: after,
      begin: () => studio.media(photo!.id).outline?.begin(),
      end() {
        const outline = studio.media(photo!.id).outline;
        outline?.end();
        studio.edit(photo!.id, { strokes: outline?.strokes ?? 0 });
        paintSoon();
      },
      undo() {
        const outline = studio.media(photo!.id).outline;
        outline?.undo();
        studio.edit(photo!.id, { strokes: outline?.strokes ?? 0 });
        paintSoon();
      },
      done: () => void endBrush(),
      stroke(from, to, { keep, radius }) {
        const outline = studio.media(photo!.id).outline;
        if (!outline || !scene) return;
        const { frame, width } = scene.scenery;
        const factor = outline.width / width;
        const dots = devicePixelRatio;
        const [a, b] = [from, to].map(({ x, y }) => pictureAt(frame, placing, x * dots, y * dots));
        const size = Math.max(1, ((radius * dots) / placing.scale) * factor);
        outline.draw(a!.x * factor, a!.y * factor, b!.x * factor, b!.y * factor, { keep, radius: size });
        paintSoon();
      },
    },
    context,
  );
  canvasBox.append(brush.ring);

  const zoom = h('button', { type: 'button', class: 'round', part: 'zoom', onclick: () => toggleZoom() });
  const tools = h('div', { class: 'bar tools', part: 'tools' }, zoom);
  const apply = h('button', {
    type: 'button',
    class: 'primary',
    part: 'apply',
    onclick: () => void applyNow(),
  });
  const pending = h('div', { class: 'bar pending', part: 'pending' }, apply);
  const root = h(
    'section',
    { class: 'stage', part: 'stage', 'aria-label': texts('stage') },
    canvasBox,
    help,
    h('div', { class: 'bars' }, brush.bar, pending, tools),
  );

  function toggleZoom(): void {
    look = look ? undefined : { x: 0.5, y: 0.45 };
    if (look) {
      say(texts('zoom.help'));
      after.focus({ preventScroll: true });
    }
    if (look && scene) void openWhole(scene);
    tell();
    paintSoon();
  }

  async function openWhole(of: Scene): Promise<void> {
    tellBusy(false);
    try {
      await wholes.open(of);
    } catch (thrown) {
      say(texts.problem(problemOf(thrown)));
    }
    busy.hidden = true;
    paintSoon();
  }

  async function startBrush(): Promise<void> {
    if (!photo || brush.isOn) return;
    const media = studio.media(photo.id);
    await outlineOf(media, await layerOf(media, 'cutout', photo.view!.files.cutout!, photo.key!, api));
    studio.edit(photo.id, { file: 'cutout' });
    await refresh(true);
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
    attribute(zoom, 'aria-pressed', String(isIn));
    zoom.replaceChildren(icon(isIn ? 'zoomOut' : 'zoomIn'));
    attribute(root, 'data-mode', brush.isOn ? 'brush' : isIn ? 'zoom' : 'compare');
    show(compare.root, !brush.isOn && scene?.before !== undefined);
    show(before, !brush.isOn && scene?.before !== undefined);
    const isTool = brush.isOn || isIn;
    attribute(after, 'tabindex', isTool ? 0 : -1);
    attribute(after, 'role', isTool ? 'application' : 'img');
    attribute(after, 'aria-label', texts(brush.isOn ? 'brush.canvas' : 'stage'));
    attribute(after, 'aria-describedby', isTool && 'stage-help');
    write(help, isTool ? texts(brush.isOn ? 'brush.help' : 'zoom.help') : '');
    const isNew = photo !== undefined && isOutlineNew(photo);
    show(pending, !brush.isOn && (isNew || photo?.correcting === true));
    write(apply, texts(photo?.correcting ? 'edges.applying' : 'edges.apply'));
    attribute(apply, 'aria-disabled', photo?.correcting && 'true');
  }

  /** @param again though nothing that was chosen has changed */
  async function refresh(again = false): Promise<void> {
    if (!photo || !hasCutout(photo)) return;
    const { id, key, view, edits } = photo;
    const wished = JSON.stringify([id, key?.job, edits, view?.subject, edits.file in view!.files]);
    if (wished === asked && !again) return;
    asked = wished;
    const slow = setTimeout(() => tellBusy(edits.match), 150);
    try {
      const made = await scenes.make(photo);
      if (asked !== wished) return;
      scene = made;
      placeholder.hidden = true;
      paintSoon();
      if (look) void openWhole(made);
    } catch (thrown) {
      if (asked === wished) say(texts.problem(problemOf(thrown)));
    } finally {
      clearTimeout(slow);
      if (asked === wished) busy.hidden = true;
      tell();
    }
  }

  function tellBusy(isMatching: boolean): void {
    write(busy.lastElementChild!, isMatching ? texts('match.now') : '');
    busy.hidden = false;
  }

  let isPlanned = false;
  function paintSoon(): void {
    if (isPlanned) return;
    isPlanned = true;
    requestAnimationFrame(() => {
      isPlanned = false;
      paint();
    });
  }

  function paint(): void {
    if (!scene || !photo) return;
    const dots = devicePixelRatio;
    const room = {
      width: Math.round(canvasBox.clientWidth * dots),
      height: Math.round(canvasBox.clientHeight * dots),
    };
    if (room.width === 0 || room.height === 0) return;
    const { frame } = scene.scenery;
    placing = look ? close(frame, room, look) : fitted(frame, room);
    const sharp = look ? wholes.of(scene) : undefined;
    const outline = studio.media(photo.id).outline;
    const isOwnLayer = scene.scenery.layer === scene.layer.bitmap;
    const layer = isOwnLayer
      ? (sharp?.layer ?? scene.scenery.layer)
      : (outline?.picture ?? scene.scenery.layer);
    paintAfter(contextOf(after, room), { ...scene.scenery, layer }, placing);
    if (scene.before)
      paintBefore(contextOf(before, room), sharp?.before ?? scene.before.bitmap, scene.scenery, placing);
    const shown = {
      left: Math.max(0, placing.left),
      right: Math.min(room.width, placing.left + frame.width * placing.scale),
    };
    compare.place(shown.left / dots, (shown.right - shown.left) / dots);
    const isBare = scene.scenery.backdrop === undefined && scene.scenery.whole === undefined;
    attribute(canvasBox, 'data-bare', isBare);
    for (const [name, value] of [
      ['--left', Math.max(0, placing.left)],
      ['--top', Math.max(0, placing.top)],
      ['--width', shown.right - shown.left],
      ['--height', Math.min(room.height, frame.height * placing.scale)],
    ] as const)
      canvasBox.style.setProperty(name, `${value / dots}px`);
  }

  let grip: { readonly x: number; readonly y: number } | undefined;
  const pan = (dx: number, dy: number): void => {
    if (!look || !scene) return;
    look = moved(look, scene.scenery.frame, placing, dx * devicePixelRatio, dy * devicePixelRatio);
    paintSoon();
  };
  after.addEventListener('pointerdown', (event) => {
    if (!look || brush.isOn) return;
    grip = { x: event.clientX, y: event.clientY };
    after.setPointerCapture(event.pointerId);
  });
  after.addEventListener('pointermove', ({ clientX: x, clientY: y }) => {
    if (!grip || brush.isOn) return;
    pan(x - grip.x, y - grip.y);
    grip = { x, y };
  });
  after.addEventListener('pointerup', () => {
    grip = undefined;
  });
  after.addEventListener('wheel', (event) => {
    if (!look) return;
    event.preventDefault();
    pan(-event.deltaX, -event.deltaY);
  });
  after.addEventListener('keydown', ({ key }) => {
    if (brush.isOn || !look) return;
    if (key === 'Escape') return toggleZoom();
    const by = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[key];
    if (by) pan(by[0]!, by[1]!);
  });
  new ResizeObserver(paintSoon).observe(canvasBox);
  tell();

  return {
    root,
    brush: () => void startBrush(),
    update(state) {
      const next = state.photos.find(({ id }) => id === state.selected);
      const isHere = next !== undefined && hasCutout(next);
      show(root, isHere);
      if (next?.id !== photo?.id) {
        scene = undefined;
        for (const canvas of [after, before]) canvas.width = canvas.width;
        placeholder.hidden = false;
        look = undefined;
        wholes.close();
        brush.stop();
        compare.reset();
      }
      if (!isHere) {
        photo = undefined;
        return;
      }
      if (photo && next.edits !== photo.edits && !brush.isOn) compare.stepAside();
      photo = next;
      if (!scene)
        attribute(placeholder, 'src', fileUrl(shop().endpoint, next.view!.files.cutout!.preview, next.key!));
      tell();
      void refresh();
    },
  };
}

function contextOf(
  canvas: HTMLCanvasElement,
  { width, height }: { width: number; height: number },
): CanvasRenderingContext2D {
  const context = canvas.getContext('2d')!;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
