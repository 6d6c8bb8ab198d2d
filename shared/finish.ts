// From a cut-out or a look to the picture that is delivered: framed, shadowed, set on a background. It changes
// only the form, so it is applied at delivery and needs no model but small helper graphs.
import type { Colour } from './colour.ts';
import type { FinishOptions } from './finish-options.ts';
import { coverBackground, layer, plainBackground, softShadow } from './image/compose.ts';
import { applyFrame, frameOf } from './image/frame.ts';
import type { MatchTools } from './image/match-colours.ts';
import { matchColours } from './image/match-colours.ts';
import type { Box, Picture } from './image/picture.ts';

/** What stands behind the subject. */
export type Background = { readonly colour: Colour } | { readonly picture: Picture };

export type Form = Pick<FinishOptions, 'crop' | 'margin' | 'shadow' | 'match_colors'>;

/** @param subject in the picture's pixels @param background absent for transparent */
export async function finish(
  picture: Picture,
  subject: Box,
  form: Form,
  background: Background | undefined,
  tools: MatchTools,
): Promise<Picture> {
  const frame = frameOf(picture, subject, form);
  const framed = applyFrame(picture, frame);
  if (!framed.alpha) return framed;
  const scene = background && (await sceneOf(background, framed));
  const matched = scene && form.match_colors ? await matchColours(framed, scene, tools) : framed;
  const standing = { ...subject, left: subject.left - frame.left, top: subject.top - frame.top };
  const shadow = form.shadow ? await softShadow(framed, standing) : undefined;
  return await layer(matched, shadow, scene);
}

async function sceneOf(background: Background, { width, height }: Picture): Promise<Picture> {
  if ('colour' in background) return plainBackground(width, height, background.colour);
  return await coverBackground(background.picture, width, height);
}
