// The finished picture drawn in the browser, as the service's `finish` would make it: framed, shadowed, on a background.
import type { Box } from '../../../shared/image/picture.ts';
import { blur } from './blur.ts';
import { canvasOf } from './outline.ts';

export interface Scenery {
  /** Of the cut-out's file; all layers are stretched to it. */
  readonly width: number;
  readonly height: number;
  /** What of it is delivered; may reach over its border. */
  readonly frame: Box;
  readonly layer: CanvasImageSource;
  /** Cuts the layer, where it is a look of an older outline. */
  readonly shape: HTMLCanvasElement | undefined;
  readonly backdrop: string | Sized | undefined;
  readonly shadow: CanvasImageSource | undefined;
  /** What the service made of all this, in the frame's proportions: takes the place of it. */
  readonly whole: CanvasImageSource | undefined;
}

type Sized = (ImageBitmap | HTMLCanvasElement) & { readonly width: number; readonly height: number };

/** Screen pixels for one of the file's, and where the frame's corner comes to lie. */
export interface View {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

export function paintAfter(context: CanvasRenderingContext2D, scenery: Scenery, view: View): void {
  const { frame, whole } = scenery;
  place(context, frame, view);
  if (whole) context.drawImage(whole, frame.left, frame.top, frame.width, frame.height);
  else paintLayers(context, scenery);
  context.restore();
}

export function paintBefore(
  context: CanvasRenderingContext2D,
  photo: CanvasImageSource,
  { width, height, frame }: Pick<Scenery, 'width' | 'height' | 'frame'>,
  view: View,
): void {
  place(context, frame, view);
  context.drawImage(photo, 0, 0, width, height);
  context.restore();
}

/** The picture as a file of its own. @param scale 1 for every pixel */
export function paintFile(scenery: Scenery, scale: number, opaque: boolean): HTMLCanvasElement {
  const { frame } = scenery;
  const [canvas, context] = canvasOf(Math.round(frame.width * scale), Math.round(frame.height * scale));
  if (opaque) {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  paintAfter(context, scenery, { scale, left: 0, top: 0 });
  return canvas;
}

function paintLayers(context: CanvasRenderingContext2D, scenery: Scenery): void {
  const { width, height, frame, layer, shape, backdrop, shadow } = scenery;
  if (typeof backdrop === 'string') {
    context.fillStyle = backdrop;
    context.fillRect(frame.left, frame.top, frame.width, frame.height);
  } else if (backdrop) drawCovering(context, backdrop, frame);
  if (shadow) context.drawImage(shadow, frame.left, frame.top, frame.width, frame.height);
  if (!shape) {
    context.drawImage(layer, 0, 0, width, height);
    return;
  }
  const [cut, cutContext] = canvasOf(shape.width, shape.height);
  cutContext.drawImage(layer, 0, 0, cut.width, cut.height);
  cutContext.globalCompositeOperation = 'destination-in';
  cutContext.drawImage(shape, 0, 0);
  context.drawImage(cut, 0, 0, width, height);
}

/** The middle of what covers the frame. */
function drawCovering(context: CanvasRenderingContext2D, picture: Sized, frame: Box): void {
  const factor = Math.max(frame.width / picture.width, frame.height / picture.height);
  const width = frame.width / factor;
  const height = frame.height / factor;
  const left = (picture.width - width) / 2;
  const top = (picture.height - height) / 2;
  context.drawImage(picture, left, top, width, height, frame.left, frame.top, frame.width, frame.height);
}

function place(context: CanvasRenderingContext2D, frame: Box, { scale, left, top }: View): void {
  context.save();
  context.imageSmoothingQuality = 'high';
  context.setTransform(scale, 0, 0, scale, left - frame.left * scale, top - frame.top * scale);
  context.beginPath();
  context.rect(frame.left, frame.top, frame.width, frame.height);
  context.clip();
}

/** As `shared/image/compose.ts` has them. */
const CONTACT = 0.5;
const AMBIENT = 0.28;
const SHADOW_SIDE = 320;

/** A soft shadow of the frame's proportions: darkest where the subject meets the ground. */
export function shadowOf(
  layer: CanvasImageSource,
  { width, height, frame, subject }: Pick<Scenery, 'width' | 'height' | 'frame'> & { readonly subject: Box },
): HTMLCanvasElement {
  const factor = Math.min(1, SHADOW_SIDE / Math.max(frame.width, frame.height));
  const [canvas, context] = canvasOf(
    Math.max(1, Math.round(frame.width * factor)),
    Math.max(1, Math.round(frame.height * factor)),
  );
  const left = (subject.left - frame.left) * factor;
  const top = (subject.top - frame.top) * factor;
  const box = { left, top, width: subject.width * factor, height: subject.height * factor };
  const reach = Math.max(box.width, box.height);
  const draw = (): void =>
    context.drawImage(layer, -frame.left * factor, -frame.top * factor, width * factor, height * factor);

  draw();
  const own = context.getImageData(0, 0, canvas.width, canvas.height);
  const [flat] = copyOf(canvas);
  const ambient = soften(
    shiftedDown(alphaOf(own), canvas.width, Math.round(reach * 0.02)),
    canvas,
    reach * 0.035,
  );
  context.clearRect(0, 0, canvas.width, canvas.height);
  const low = Math.max(2, box.height * 0.1);
  const ground = Math.max(0, Math.min(canvas.height - low, box.top + box.height - low * 0.7));
  context.drawImage(flat, box.left, box.top, box.width, box.height, box.left, ground, box.width, low);
  const pressed = context.getImageData(0, 0, canvas.width, canvas.height);
  const contact = soften(alphaOf(pressed), canvas, reach * 0.02);

  const shadow = new ImageData(canvas.width, canvas.height);
  for (let pixel = 0; pixel < contact.length; pixel++)
    shadow.data[pixel * 4 + 3] = Math.max(contact[pixel]! * CONTACT, ambient[pixel]! * AMBIENT);
  context.putImageData(shadow, 0, 0);
  return canvas;
}

function copyOf(canvas: HTMLCanvasElement): [HTMLCanvasElement] {
  const [copy, context] = canvasOf(canvas.width, canvas.height);
  context.drawImage(canvas, 0, 0);
  return [copy];
}

function alphaOf({ data }: ImageData): Uint8Array {
  return Uint8Array.from({ length: data.length / 4 }, (_, pixel) => data[pixel * 4 + 3]!);
}

function shiftedDown(alpha: Uint8Array, width: number, by: number): Uint8Array {
  const shifted = new Uint8Array(alpha.length);
  shifted.set(alpha.subarray(0, alpha.length - by * width), by * width);
  return shifted;
}

/** Three boxes of this half-width come near a Gaussian of that deviation. */
function soften(alpha: Uint8Array, { width, height }: HTMLCanvasElement, sigma: number): Uint8Array {
  return blur(alpha, width, height, Math.max(1, sigma * 0.9));
}
