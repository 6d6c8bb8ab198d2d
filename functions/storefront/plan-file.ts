// What a URL asks of a job's file, known from the records alone: its size, its type, and a key that tells this version
// in this form from every other.
import { CutlineError } from '../../shared/errors.ts';
import type { FinishOptions } from '../../shared/finish-options.ts';
import type { FinishWishes } from '../../shared/finish-text.ts';
import { parseFinishText } from '../../shared/finish-text.ts';
import { frameOf, scaleBox } from '../../shared/image/frame.ts';
import { checkFrame } from '../../shared/image/limits.ts';
import type { Box, Plane } from '../../shared/image/picture.ts';
import type { PrintCheck } from '../../shared/print-size.ts';
import { checkPrint } from '../../shared/print-size.ts';
import { formKey } from './derive.ts';
import type { JobFile, JobFiles, LocatedJob } from './job-files.ts';
import type { PlannedScene, ScenePorts } from './scenes.ts';
import { planScene } from './scenes.ts';

export interface FileRequest {
  /** `cutout`, or `cutout.webp`, which says its format too. */
  readonly name: string;
  /** Options by their names in `finishOptionsSchema`. */
  readonly query: Readonly<Record<string, unknown>>;
  /** Throws where the caller may not read the job whose photo is to be the background. */
  mayUse(job: LocatedJob): void | Promise<void>;
}

export interface FilePlan {
  readonly located: LocatedJob;
  readonly file: JobFile;
  /** With what has no effect here left out. */
  readonly options: Omit<FinishOptions, 'background'>;
  readonly scene: PlannedScene | undefined;
  /** The stored picture's, in its pixels; absent for what is not cut out. */
  readonly subject: Box | undefined;
  readonly key: string;
  readonly contentType: string;
  readonly extension: string;
  readonly delivered: {
    readonly width: number;
    readonly height: number;
    /** May reach over the border where the photo's own does. */
    readonly subject: Box | undefined;
  };
  readonly print: PrintCheck | undefined;
  /** The stage's own file, as it is, is what was asked for. */
  readonly isOriginal: boolean;
}

export interface PlanPorts extends ScenePorts {
  readonly files: JobFiles;
}

const formats = {
  png: { extension: 'png', contentType: 'image/png' },
  webp: { extension: 'webp', contentType: 'image/webp' },
  jpeg: { extension: 'jpg', contentType: 'image/jpeg' },
  zip: { extension: 'zip', contentType: 'application/zip' },
} as const;

/** @throws OPTIONS_INVALID, FILE_NOT_FOUND, JOB_NOT_READY, OUTPUT_TOO_LARGE, JOB_NOT_FOUND for a background's */
export async function planFile(
  located: LocatedJob,
  request: FileRequest,
  ports: PlanPorts,
): Promise<FilePlan> {
  const { name, query } = readName(request);
  const wishes = parseFinishText(query, ports.templates.names);
  const file = await ports.files.file(located, name);
  if (!file.subject) refuseCutting(file.name, wishes);
  const options = effective(wishes);
  // Colour and matte apart go onto a background of somebody else's.
  const backdrop = isApart(options) ? undefined : wishes.background;
  const scene = await planScene(backdrop, located, request.mayUse, ports);
  const { output } = file;
  const subject = file.subject && scaleBox(file.subject.box, file.subject.in, output);
  const frame = subject ? frameOf(planeOf(output), subject, options) : { ...output, left: 0, top: 0 };
  const { width, height } = frame;
  checkFrame(frame, ports.limits);
  const parts = partsOf(options, scene);
  const standing = subject && { ...subject, left: subject.left - frame.left, top: subject.top - frame.top };
  return {
    located,
    file,
    options,
    scene,
    subject,
    key: formKey(file, parts),
    ...formats[options.format],
    delivered: { width, height, subject: standing },
    print: options.size === undefined ? undefined : checkPrint(frame, options.size),
    isOriginal: Object.keys(parts).length === 0,
  };
}

/** The name without its extension, which counts as the format. @throws OPTIONS_INVALID where the query names another */
function readName({ name, query }: FileRequest): Pick<FileRequest, 'name' | 'query'> {
  const [, stem, extension] = /^(.+)\.(png|webp|jpg|jpeg|zip)$/.exec(name) ?? [];
  if (!stem || !extension) return { name, query };
  const format = extension === 'jpg' ? 'jpeg' : extension;
  if (query.format === undefined || query.format === format)
    return { name: stem, query: { ...query, format } };
  const problems = [`format: expected ${format} as in ${stem}.${extension}, or a name without its extension`];
  throw new CutlineError('OPTIONS_INVALID', { fields: { problems } });
}

/** Whoever asks for the enlarged photo on red shall not get it as it is. @throws OPTIONS_INVALID */
function refuseCutting(name: string, { options, background }: FinishWishes): void {
  const { crop, shadow, match_colors, channels, format } = options;
  const asked = {
    background,
    crop,
    shadow,
    match_colors,
    channels: channels === 'alpha',
    format: format === 'zip',
  };
  const problems = Object.entries(asked)
    .filter(([, wanted]) => wanted)
    .map(([key]) => `${key}: expected a file that is cut out but received ${name}`);
  if (problems.length > 0) throw new CutlineError('OPTIONS_INVALID', { fields: { problems } });
}

function effective({ options, background }: FinishWishes): Omit<FinishOptions, 'background'> {
  const apart = isApart(options);
  const { dpi, ...others } = options;
  return {
    ...others,
    shadow: options.shadow && !apart,
    match_colors: options.match_colors && !apart && background !== undefined,
    // A zip has them all; WebP has no place for it.
    channels: options.format === 'zip' ? 'rgba' : options.channels,
    ...(dpi !== undefined && options.format !== 'webp' && { dpi }),
  };
}

function isApart({ format, channels }: Pick<FinishOptions, 'format' | 'channels'>): boolean {
  return format === 'zip' || channels === 'alpha';
}

/** What makes the file another than the stage's own. `size` only asks what that is good for. */
function partsOf(
  { format, channels, crop, margin, shadow, match_colors, dpi }: Omit<FinishOptions, 'background'>,
  scene: PlannedScene | undefined,
): Record<string, unknown> {
  return {
    ...(format !== 'png' && { format }),
    ...(channels !== 'rgba' && { channels }),
    ...(crop && { crop: margin }),
    ...(shadow && { shadow }),
    ...(match_colors && { match_colors }),
    ...(dpi !== undefined && { dpi }),
    ...(scene && { scene: scene.key }),
  };
}

function planeOf({ width, height }: { readonly width: number; readonly height: number }): Plane {
  return { width, height, channels: 3, data: new Uint8Array() };
}
