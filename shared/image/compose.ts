// Layers put together by libvips: background, shadow, subject.
import type { Colour } from '../colour.ts';
import { bytesOf, resize } from './codec.ts';
import type { Box, Picture, Plane } from './picture.ts';
import { alphaPlane, emptyPlane, paste, releasePicture, rowsOf, withAlpha } from './picture.ts';
import { rawSamples, sharp } from './vips.ts';

/** A picture of one colour. */
export function plainBackground(width: number, height: number, colour: Colour): Picture {
  const background = withAlpha(emptyPlane(width, height, 3), undefined);
  background.data.set(colour);
  // Doubles what is filled until all is.
  for (let filled = 3; filled < background.data.length; filled *= 2)
    background.data.copyWithin(filled, 0, filled);
  return background;
}

/** A background scaled to cover the size, its middle kept. */
export async function coverBackground(background: Picture, width: number, height: number): Promise<Picture> {
  const factor = Math.max(width / background.width, height / background.height);
  const covering = await resize(
    background,
    Math.max(width, Math.round(background.width * factor)),
    Math.max(height, Math.round(background.height * factor)),
    'cubic',
  );
  const left = (covering.width - width) >> 1;
  const top = (covering.height - height) >> 1;
  const middle = emptyPlane(width, height, 3);
  paste(covering, { left, top, width, height }, middle, 0, 0);
  if (covering !== background) releasePicture(covering, background);
  return withAlpha(middle, undefined);
}

/** So many pixels are layered at once: interleaved, each layer of them is there twice. */
const BAND_PIXELS = 4_000_000;

/** The subject, over its shadow if it has one, over the background if there is one; all of one size. */
export async function layer(
  subject: Picture,
  shadow: Plane | undefined,
  background: Picture | undefined,
): Promise<Picture> {
  if (!shadow && !background) return subject;
  const { width, height } = subject;
  const colour = emptyPlane(width, height, 3);
  const alpha = background ? undefined : emptyPlane(width, height, 1);
  const rows = Math.max(1, Math.floor(BAND_PIXELS / width));
  for (let top = 0; top < height; top += rows) {
    const band = (plane: Plane): Plane => rowsOf(plane, top, Math.min(rows, height - top));
    const matte = alphaPlane(subject);
    const layered = await layerBand(
      withAlpha(band(subject), matte && band(matte)),
      shadow && band(shadow),
      background && band(background),
    );
    band(colour).data.set(layered.data);
    if (alpha) band(alpha).data.set(layered.alpha!);
  }
  return withAlpha(colour, alpha);
}

async function layerBand(
  subject: Picture,
  shadow: Plane | undefined,
  background: Plane | undefined,
): Promise<Picture> {
  const { width, height } = subject;
  const layers = [];
  if (shadow) layers.push(await interleave(withAlpha(emptyPlane(width, height, 3), shadow)));
  layers.push(await interleave(subject));
  const base = background
    ? sharp(background.data, { raw: { width, height, channels: 3 } })
    : sharp({ create: { width, height, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
  const channels = 4;
  const stacked = base.composite(layers.map((input) => ({ input, raw: { width, height, channels } })));
  const composed = await rawSamples(stacked.raw());
  const pixels = sharp(composed.data, { raw: { width, height, channels } });
  const colour = await toPlane(pixels.clone().removeAlpha(), width, height, 3);
  if (background) return withAlpha(colour, undefined);
  return withAlpha(
    colour,
    await toPlane(pixels.clone().extractChannel(3).toColourspace('b-w'), width, height, 1),
  );
}

/** Opacity where the subject stands, and fainter where it hides the light. */
const CONTACT = 0.5;
const AMBIENT = 0.28;
/** Shadows are soft: they are made on a copy of at most this many pixels a side. */
const SHADOW_SIDE = 512;

/**
 * A soft shadow as an alpha plane of the cut-out's size: an ellipse-like one where the subject meets the ground
 * (its own matte, squashed), and a faint one of its whole shape, a little lower.
 */
export async function softShadow(cutout: Picture, subject: Box): Promise<Plane> {
  const alpha = alphaPlane(cutout)!;
  const factor = Math.min(1, SHADOW_SIDE / Math.max(cutout.width, cutout.height));
  const width = Math.max(1, Math.round(cutout.width * factor));
  const height = Math.max(1, Math.round(cutout.height * factor));
  const small = await resize(alpha, width, height, 'linear');
  const box = shrinkBox(subject, factor, width, height);
  const reach = Math.max(box.width, box.height);
  const contact = await soften(await squashed(small, box), reach * 0.02, CONTACT);
  const ambient = await soften(lowered(small, Math.round(reach * 0.02)), reach * 0.035, AMBIENT);
  const raw = { width, height, channels: 1 } as const;
  const both = sharp(contact.data, { raw })
    .composite([{ input: bytesOf(ambient.data), raw, blend: 'lighten' }])
    .toColourspace('b-w');
  return await resize(await toPlane(both, width, height, 1), cutout.width, cutout.height, 'linear');
}

/** The matte under the subject's box pressed flat onto the box's lower edge. */
async function squashed(matte: Plane, box: Box): Promise<Plane> {
  const own = emptyPlane(box.width, box.height, 1);
  paste(matte, box, own, 0, 0);
  const flatHeight = Math.max(2, Math.round(box.height * 0.1));
  const flat = await resize(own, box.width, flatHeight, 'linear');
  const ground = emptyPlane(matte.width, matte.height, 1);
  const top = Math.max(
    0,
    Math.min(matte.height - flatHeight, box.top + box.height - Math.round(flatHeight * 0.7)),
  );
  paste(
    flat,
    { left: 0, top: 0, width: box.width, height: Math.min(flatHeight, matte.height) },
    ground,
    box.left,
    top,
  );
  return ground;
}

function lowered(matte: Plane, by: number): Plane {
  const shifted = emptyPlane(matte.width, matte.height, 1);
  paste(
    matte,
    { left: 0, top: 0, width: matte.width, height: Math.max(0, matte.height - by) },
    shifted,
    0,
    by,
  );
  return shifted;
}

async function soften({ data, width, height }: Plane, sigma: number, opacity: number): Promise<Plane> {
  const soft = sharp(data, { raw: { width, height, channels: 1 } })
    .blur(Math.max(0.5, sigma))
    .linear(opacity, 0);
  return await toPlane(soft.toColourspace('b-w'), width, height, 1);
}

function shrinkBox(box: Box, factor: number, width: number, height: number): Box {
  const left = Math.min(width - 1, Math.max(0, Math.floor(box.left * factor)));
  const top = Math.min(height - 1, Math.max(0, Math.floor(box.top * factor)));
  return {
    left,
    top,
    width: Math.max(1, Math.min(width - left, Math.round(box.width * factor))),
    height: Math.max(1, Math.min(height - top, Math.round(box.height * factor))),
  };
}

async function interleave(picture: Picture): Promise<Buffer> {
  const { width, height } = picture;
  const colour = sharp(picture.data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  const alpha = alphaPlane(picture);
  const joined = alpha
    ? colour.joinChannel(bytesOf(alpha.data), { raw: { width, height, channels: 1 } })
    : colour.ensureAlpha();
  return await joined.raw().toBuffer();
}

async function toPlane(
  image: ReturnType<typeof sharp>,
  width: number,
  height: number,
  channels: number,
): Promise<Plane> {
  return { width, height, channels, data: (await rawSamples(image.raw())).data };
}
