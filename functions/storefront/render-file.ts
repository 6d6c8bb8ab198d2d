// A stored picture in the form that was asked for: one decode, one encode, and between them what finish does.
import { CutlineError } from '../../shared/errors.ts';
import type { FinishOptions } from '../../shared/finish-options.ts';
import type { ImageLimits } from '../../shared/image/limits.ts';
import { ownLimits } from '../../shared/image/limits.ts';
import type { Box, Picture, Plane } from '../../shared/image/picture.ts';
import { alphaPlane, emptyPlane, withAlpha } from '../../shared/image/picture.ts';
import { runTiled } from '../../shared/image/run-tiled.ts';
import type { Tools } from '../../shared/stage.ts';
import type { StepClock } from '../../shared/step-clock.ts';
import type { Scene } from './scenes.ts';
import { zipWhole } from './zip-stream.ts';

export type HelperTools = Pick<Tools, 'model' | 'tile'>;

/** What knows pixels. */
export interface PixelPorts {
  decode(file: Uint8Array, limits: ImageLimits): Promise<{ readonly picture: Picture }>;
  encode(
    picture: Picture | Plane,
    options: { readonly format: 'png' | 'webp' | 'jpeg'; readonly dpi?: number | undefined },
  ): Promise<Uint8Array>;
  finish(
    picture: Picture,
    subject: Box,
    form: Pick<FinishOptions, 'crop' | 'margin' | 'shadow' | 'match_colors'>,
    background: Scene | undefined,
    tools: HelperTools & Pick<Tools, 'signal'>,
  ): Promise<Picture>;
  /** Helper graphs: opened when they are first needed. @throws MODEL_NOT_FOUND, MODEL_INVALID */
  helpers(): Promise<HelperTools>;
}

export interface RenderWork {
  /** Those that go together: what is apart has no shadow, and nothing is matched to no background. */
  readonly options: Omit<FinishOptions, 'background'>;
  /** In the stored picture's pixels; absent for what is not cut out. */
  readonly subject: Box | undefined;
  readonly background: Scene | undefined;
  readonly signal: AbortSignal;
  readonly clock: StepClock;
}

/** @throws OUTPUT_TOO_LARGE for a format that cannot hold it, and what a helper graph can end in */
export async function renderFile(file: Uint8Array, work: RenderWork, ports: PixelPorts): Promise<Uint8Array> {
  const { options, subject, background, signal, clock } = work;
  clock.begin('decode');
  const { picture } = await ports.decode(file, ownLimits);
  signal.throwIfAborted();
  const { format, dpi } = options;
  clock.begin('finish');
  const needsGraphs = format === 'zip' || options.match_colors;
  const tools = { ...(needsGraphs ? await ports.helpers() : noHelpers), signal };
  const finished = subject ? await ports.finish(picture, subject, options, background, tools) : picture;
  signal.throwIfAborted();
  if (format === 'zip') return await renderZip(finished, work, tools, ports);
  clock.begin('encode');
  return await ports.encode(options.channels === 'alpha' ? matteOf(finished) : finished, { format, dpi });
}

/** Colour and matte apart. Colour runs on under the edge, so that JPEG draws no rim around the subject. */
export async function renderZip(
  picture: Picture,
  { options, clock }: Pick<RenderWork, 'clock'> & { readonly options: Pick<FinishOptions, 'dpi'> },
  tools: HelperTools & Pick<Tools, 'signal'>,
  { encode }: Pick<PixelPorts, 'encode'>,
): Promise<Uint8Array> {
  const { dpi } = options;
  const alpha = matteOf(picture);
  const inputs = { image: withAlpha(picture, undefined), alpha };
  const { image_out } = await runTiled(tools.model('bleed'), { inputs }, tools);
  clock.begin('encode');
  const color = await encode(withAlpha(image_out!, undefined), { format: 'jpeg', dpi });
  return await zipWhole([
    { name: 'color.jpg', data: color },
    { name: 'alpha.png', data: await encode(alpha, { format: 'png', dpi }) },
  ]);
}

/** Of what is not cut out, all of it. */
export function matteOf(picture: Picture): Plane {
  const plane = alphaPlane(picture);
  if (plane) return plane;
  const opaque = emptyPlane(picture.width, picture.height, 1);
  opaque.data.fill(255);
  return opaque;
}

/** For work that needs no graph. */
export const noHelpers: HelperTools = {
  model(id) {
    throw new CutlineError('INTERNAL', { message: `Expected no need of ${id}` });
  },
  tile: { maxSide: 512, fixedShapes: false },
};
