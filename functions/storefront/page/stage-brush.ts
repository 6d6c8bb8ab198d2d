// The keep/erase brush over the picture: pointer, touch and keyboard alike.
import { attribute, h, icon } from './dom.ts';
import type { Context } from './view.ts';

export interface BrushTarget {
  readonly canvas: HTMLElement;
  /** From a point in the canvas, in CSS pixels. @param size of the brush's radius, likewise */
  stroke(from: Point, to: Point, brush: { readonly keep: boolean; readonly radius: number }): void;
  begin(): void;
  end(): void;
  undo(): void;
  done(): void;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface BrushTool {
  readonly bar: HTMLElement;
  readonly ring: HTMLElement;
  start(): void;
  stop(): void;
  readonly isOn: boolean;
}

const SMALLEST = 4;
const LARGEST = 80;
/** CSS pixels at one press of an arrow; with Shift a few times that. */
const STEP = 6;
const LEAP = 5;

/** With the Shift key, or the capitals on, it is the same letter. */
function letterOf({ key }: KeyboardEvent): string {
  return key.length === 1 ? key.toLowerCase() : key;
}

export function createBrush(target: BrushTarget, { texts }: Pick<Context, 'texts'>): BrushTool {
  const { canvas } = target;
  let isOn = false;
  let keep = false;
  let radius = 22;
  let at: Point = { x: 0, y: 0 };
  let drawn: Point | undefined;

  const choice = (name: 'keep' | 'erase') =>
    h(
      'button',
      { type: 'button', part: `brush-${name}`, onclick: () => choose(name === 'keep') },
      texts(`brush.${name}`),
    );
  const [keeper, eraser] = [choice('keep'), choice('erase')];
  const slider = h('input', {
    type: 'range',
    min: SMALLEST,
    max: LARGEST,
    part: 'brush-size',
    'aria-label': texts('brush.size'),
    oninput: () => resize(Number(slider.value)),
  });
  const undo = h(
    'button',
    {
      type: 'button',
      class: 'round',
      part: 'brush-undo',
      'aria-label': texts('brush.undo'),
      onclick: () => target.undo(),
    },
    icon('undo'),
  );
  const done = h(
    'button',
    { type: 'button', class: 'primary', part: 'brush-done', onclick: () => target.done() },
    texts('brush.done'),
  );
  const bar = h(
    'div',
    { class: 'bar', part: 'brush', role: 'group', 'aria-label': texts('brush'), hidden: true },
    h('div', { class: 'switch' }, keeper, eraser),
    slider,
    undo,
    done,
  );
  const ring = h('div', { class: 'ring', hidden: true });

  function choose(isKeep: boolean): void {
    keep = isKeep;
    attribute(keeper, 'aria-pressed', String(keep));
    attribute(eraser, 'aria-pressed', String(!keep));
    attribute(ring, 'data-keep', keep);
  }

  function resize(wished: number): void {
    radius = Math.min(LARGEST, Math.max(SMALLEST, wished));
    slider.value = String(radius);
    ring.style.width = `${radius * 2}px`;
    ring.style.height = `${radius * 2}px`;
    moveTo(at);
  }

  function moveTo(point: Point): void {
    const { clientWidth, clientHeight } = canvas;
    at = { x: Math.min(clientWidth, Math.max(0, point.x)), y: Math.min(clientHeight, Math.max(0, point.y)) };
    ring.style.transform = `translate(${at.x - radius}px, ${at.y - radius}px)`;
  }

  function paint(to: Point): void {
    target.stroke(drawn ?? to, to, { keep, radius });
    drawn = to;
  }

  const pointOf = ({ clientX, clientY }: PointerEvent): Point => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const end = (): void => {
    if (drawn) target.end();
    drawn = undefined;
  };
  const down = (event: PointerEvent): void => {
    if (!isOn || !event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    moveTo(pointOf(event));
    target.begin();
    paint(at);
  };
  const move = (event: PointerEvent): void => {
    if (!isOn || !event.isPrimary) return;
    // Safari before 18.2 has them not.
    const between = drawn && 'getCoalescedEvents' in event ? event.getCoalescedEvents() : [];
    for (const each of between) paint(pointOf(each));
    moveTo(pointOf(event));
    if (drawn) paint(at);
  };
  const arrows: Readonly<Record<string, Point>> = {
    ArrowLeft: { x: -1, y: 0 },
    ArrowRight: { x: 1, y: 0 },
    ArrowUp: { x: 0, y: -1 },
    ArrowDown: { x: 0, y: 1 },
  };
  const commands: Readonly<Record<string, () => void>> = {
    k: () => choose(true),
    e: () => choose(false),
    '+': () => resize(radius + 4),
    '-': () => resize(radius - 4),
    u: () => target.undo(),
    Escape: () => target.done(),
  };
  const key = (event: KeyboardEvent): void => {
    if (!isOn) return;
    const arrow = arrows[event.key];
    const isUndo = event.key === 'z' && (event.ctrlKey || event.metaKey);
    const command = isUndo
      ? commands.u
      : event.ctrlKey || event.metaKey
        ? undefined
        : commands[letterOf(event)];
    if (arrow) {
      const step = STEP * (event.shiftKey ? LEAP : 1);
      moveTo({ x: at.x + arrow.x * step, y: at.y + arrow.y * step });
      if (drawn) paint(at);
    } else if (event.key === ' ') {
      if (!drawn) target.begin();
      paint(at);
    } else if (command) command();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  canvas.addEventListener('pointerdown', down);
  canvas.addEventListener('pointermove', move);
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);
  canvas.addEventListener('keydown', key);
  canvas.addEventListener('keyup', (event) => event.key === ' ' && end());
  canvas.addEventListener('blur', end);
  choose(false);

  const toggle = (on: boolean): void => {
    isOn = on;
    bar.hidden = !on;
    ring.hidden = !on;
  };
  return {
    bar,
    ring,
    get isOn() {
      return isOn;
    },
    start() {
      toggle(true);
      at = { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 };
      resize(radius);
      canvas.focus({ preventScroll: true });
    },
    stop: () => toggle(false),
  };
}
