// The outline while it is corrected: the brush's strokes and the smoothing, seen at once on a copy of the cut-out.
import { smoothOutline } from './blur.ts';
import { greyPng } from './grey-png.ts';
import type { Brush, Rect } from './mask.ts';
import { createMask } from './mask.ts';

export interface Outline {
  readonly width: number;
  readonly height: number;
  /** The cut-out with the corrected outline. */
  readonly picture: HTMLCanvasElement;
  /** Opaque where the subject is, for pictures that are to be cut by it. */
  readonly shape: HTMLCanvasElement;
  readonly strokes: number;
  /** Counts changes. */
  readonly version: number;
  begin(): void;
  draw(x0: number, y0: number, x1: number, y1: number, brush: Brush): void;
  end(): void;
  undo(): void;
  /** @param strength 0–100 */
  smooth(strength: number): void;
  png(): Promise<Blob>;
}

/** @param photo of the same proportions: what the brush brings back is taken from it */
export function createOutline(cutout: ImageBitmap, photo: ImageBitmap): Outline {
  const { width, height } = cutout;
  const cut = pixelsOf(cutout, width, height);
  const whole = pixelsOf(photo, width, height);
  const base = alphaOf(cut);
  const mask = createMask(width, height, base);
  const [picture, pictureContext] = canvasOf(width, height);
  const [shape, shapeContext] = canvasOf(width, height);
  const shown = new ImageData(width, height);
  const shade = new ImageData(width, height);
  let strength = 0;
  let version = 0;

  function show(rect: Rect, alpha: Uint8Array): void {
    for (let y = rect.top; y < rect.top + rect.height; y++)
      for (let x = rect.left; x < rect.left + rect.width; x++) {
        const pixel = y * width + x;
        const at = pixel * 4;
        // The cut-out's own colour has no background in it; where it has none, the photo's does.
        const from = alpha[pixel]! <= base[pixel]! ? cut.data : whole.data;
        shown.data[at] = from[at]!;
        shown.data[at + 1] = from[at + 1]!;
        shown.data[at + 2] = from[at + 2]!;
        shown.data[at + 3] = alpha[pixel]!;
        shade.data[at + 3] = alpha[pixel]!;
      }
    const { left, top } = rect;
    pictureContext.putImageData(shown, 0, 0, left, top, rect.width, rect.height);
    shapeContext.putImageData(shade, 0, 0, left, top, rect.width, rect.height);
    version += 1;
  }

  const everywhere: Rect = { left: 0, top: 0, width, height };
  const showAll = (): void => show(everywhere, final());
  const final = (): Uint8Array =>
    strength > 0 ? smoothOutline(mask.data, width, height, strength) : mask.data;
  showAll();

  return {
    width,
    height,
    picture,
    shape,
    get strokes() {
      return mask.strokes;
    },
    get version() {
      return version;
    },
    begin: mask.begin,
    draw(x0, y0, x1, y1, brush) {
      const rect = mask.draw(x0, y0, x1, y1, brush);
      // What is smoothed is smoothed when the stroke has ended.
      if (rect) show(rect, mask.data);
    },
    end() {
      mask.end();
      if (strength > 0) showAll();
    },
    undo() {
      const rect = mask.undo();
      if (rect && strength > 0) showAll();
      else if (rect) show(rect, mask.data);
    },
    smooth(wished) {
      if (wished === strength) return;
      strength = wished;
      showAll();
    },
    png: () => greyPng(final(), width, height),
  };
}

function pixelsOf(source: ImageBitmap, width: number, height: number): ImageData {
  const [, context] = canvasOf(width, height);
  context.drawImage(source, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

function alphaOf({ data }: ImageData): Uint8Array {
  const alpha = new Uint8Array(data.length / 4);
  for (let pixel = 0; pixel < alpha.length; pixel++) alpha[pixel] = data[pixel * 4 + 3]!;
  return alpha;
}

export function canvasOf(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return [canvas, canvas.getContext('2d', { willReadFrequently: true })!];
}
