// The two canvases of the stage: the result below, the photo above it as far as the slider lets it be seen.
import { attribute } from './dom.ts';
import type { View as Placing } from './paint.ts';
import { paintAfter, paintBefore } from './paint.ts';
import type { Scene } from './scene.ts';
import type { Compare } from './stage-compare.ts';
import type { Look, Room } from './stage-geometry.ts';
import { close, fitted } from './stage-geometry.ts';
import type { Opened } from './stage-wholes.ts';

export interface Surface {
  readonly box: HTMLElement;
  readonly after: HTMLCanvasElement;
  readonly before: HTMLCanvasElement;
  readonly compare: Compare;
}

/**
 * @param look what is in the middle, where somebody looks closely
 * @param sharp all pixels, where they are there
 * @returns where the picture has come to lie; undefined while there is no room
 */
export function paintStage(
  { box, after, before, compare }: Surface,
  { scenery, layer, before: photo }: Scene,
  look: Look | undefined,
  sharp: Opened | undefined,
): Placing | undefined {
  const dots = devicePixelRatio;
  const room = roomOf(box);
  if (room.width === 0 || room.height === 0) return undefined;
  const { frame } = scenery;
  const placing = look ? close(frame, room, look) : fitted(frame, room);
  // A corrected outline has no more pixels than it shows.
  const isUncorrected = scenery.layer === layer.bitmap;
  const finest = isUncorrected && sharp ? sharp.layer : scenery.layer;
  paintAfter(contextOf(after, room), { ...scenery, layer: finest }, placing);
  if (photo) paintBefore(contextOf(before, room), sharp?.before ?? photo.bitmap, scenery, placing);

  const left = Math.max(0, placing.left);
  const top = Math.max(0, placing.top);
  const width = Math.min(room.width, placing.left + frame.width * placing.scale) - left;
  const height = Math.min(room.height, placing.top + frame.height * placing.scale) - top;
  compare.place(left / dots, width / dots);
  attribute(box, 'data-bare', scenery.backdrop === undefined && scenery.whole === undefined);
  for (const [name, value] of Object.entries({ left, top, width, height }))
    box.style.setProperty(`--${name}`, `${value / dots}px`);
  return placing;
}

/** In device pixels. */
export function roomOf({ clientWidth, clientHeight }: HTMLElement): Room {
  const dots = devicePixelRatio;
  return { width: Math.round(clientWidth * dots), height: Math.round(clientHeight * dots) };
}

export function wipe({ after, before }: Surface): void {
  for (const canvas of [after, before]) contextOf(canvas, canvas);
}

function contextOf(canvas: HTMLCanvasElement, { width, height }: Room): CanvasRenderingContext2D {
  const context = canvas.getContext('2d')!;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
