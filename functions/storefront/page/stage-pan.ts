// Looking around in a picture that is larger than its room: dragged, scrolled, or by arrow keys.

const STEP = 60;
const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [STEP, 0],
  ArrowRight: [-STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
};

export interface PanTarget {
  /** Whether there is anything to look around in, and nobody paints. */
  isOn(): boolean;
  /** CSS pixels by which the picture moves. */
  pan(dx: number, dy: number): void;
  leave(): void;
}

export function listenForPanning(canvas: HTMLElement, target: PanTarget): void {
  let grip: { readonly x: number; readonly y: number } | undefined;
  canvas.addEventListener('pointerdown', ({ clientX: x, clientY: y, pointerId }) => {
    if (!target.isOn()) return;
    grip = { x, y };
    canvas.setPointerCapture(pointerId);
  });
  canvas.addEventListener('pointermove', ({ clientX: x, clientY: y }) => {
    if (!grip || !target.isOn()) return;
    target.pan(x - grip.x, y - grip.y);
    grip = { x, y };
  });
  for (const name of ['pointerup', 'pointercancel'] as const)
    canvas.addEventListener(name, () => {
      grip = undefined;
    });
  canvas.addEventListener('wheel', (event) => {
    if (!target.isOn()) return;
    event.preventDefault();
    target.pan(-event.deltaX, -event.deltaY);
  });
  canvas.addEventListener('keydown', (event) => {
    if (!target.isOn()) return;
    const by = arrows[event.key];
    if (by) target.pan(...by);
    else if (event.key === 'Escape') target.leave();
    else return;
    event.preventDefault();
  });
}
