// What the page knows, as data: the engine, the photos, what is chosen for each. Pixels and files live in `media.ts`.
import type { Box } from '../../../shared/image/picture.ts';

export interface Limits {
  readonly max_file_bytes: number;
  readonly min_side: number;
  readonly max_long_side: number;
  readonly max_short_side: number;
  readonly max_pixels: number;
  readonly max_output_pixels: number;
  readonly formats: readonly string[];
}

/** What GET /catalogue answers. */
export interface Catalogue {
  readonly limits: Limits;
  readonly scales: readonly number[];
  readonly looks: readonly { readonly name: string; readonly title: string }[];
  readonly backgrounds: readonly {
    readonly name: string;
    readonly picture: string;
    readonly thumbnail: string;
  }[];
}

/** What POST /warmup answers. */
export interface Warmth {
  readonly status: 'warm' | 'starting' | 'cold';
  readonly elapsed_ms?: number;
  readonly estimate_ms: number | null;
}

export interface JobFile {
  readonly url: string;
  readonly preview: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

export type StageName = 'upscale' | 'segment' | 'effects';

/** What GET /jobs/{id} and its events say. */
export interface JobView {
  readonly job: string;
  readonly status: 'queued' | 'processing' | 'completed' | 'failed';
  readonly reference?: string | null;
  readonly stage?: StageName;
  readonly stages_done?: readonly StageName[];
  /** The stages that this job goes through, where the service says it: a shop may have fixed others than were asked for. */
  readonly route?: readonly StageName[];
  /** 0–1 */
  readonly progress?: number;
  readonly estimate_ms?: number | null;
  readonly files: Readonly<Record<string, JobFile>>;
  readonly zip?: string;
  readonly width?: number;
  readonly height?: number;
  readonly subject?: Box | null;
  readonly models?: Readonly<Record<string, readonly { readonly id: string }[]>>;
  readonly preview_models?: boolean;
  readonly timings_ms?: Readonly<Record<string, number>>;
  readonly error_code?: string;
  readonly detail?: string;
}

/** With which a job is read. */
export interface JobKey {
  readonly job: string;
  readonly token: string;
  /** Opens the files and nothing else; from a shop's proxy. */
  readonly files_key?: string;
}

export interface Problem {
  readonly code: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export type Backdrop =
  | { readonly kind: 'none' }
  | { readonly kind: 'colour'; readonly colour: string }
  | { readonly kind: 'template'; readonly name: string }
  /** @property number another one for another picture */
  | { readonly kind: 'own'; readonly number: number };

/** What needs no model. */
export interface Edits {
  /** `cutout` or a look. */
  readonly file: string;
  readonly backdrop: Backdrop;
  readonly match: boolean;
  readonly shadow: boolean;
  readonly crop: boolean;
  /** Percent of the subject's longer side. */
  readonly margin: number;
  /** 0–100; of the outline. */
  readonly smoothing: number;
  /** Strokes of the brush that are not in the full-size files yet. */
  readonly strokes: number;
}

export const noEdits: Edits = {
  file: 'cutout',
  backdrop: { kind: 'none' },
  match: false,
  shadow: false,
  crop: false,
  margin: 5,
  smoothing: 0,
  strokes: 0,
};

export type Phase = 'reading' | 'refused' | 'waiting' | 'uploading' | 'working' | 'done' | 'failed';

export interface Photo {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  /** After orientation; unknown where the browser cannot decode it. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  /** Of what the browser can show. */
  readonly picture: string | undefined;
  readonly phase: Phase;
  readonly scale: number;
  readonly looks: readonly string[];
  /** Bytes that have arrived. */
  readonly sent: number;
  /** The connection broke, and the photo is sent again. */
  readonly again: boolean;
  readonly key: JobKey | undefined;
  readonly view: JobView | undefined;
  readonly problem: Problem | undefined;
  readonly edits: Edits;
  /** The full-size files are being made anew with the corrected outline. */
  readonly correcting: boolean;
}

export type Engine =
  | { readonly kind: 'unknown' | 'ready' | 'busy' | 'offline' }
  | {
      readonly kind: 'starting';
      readonly since: number;
      readonly elapsed: number;
      readonly estimate: number | null;
    };

export interface State {
  readonly engine: Engine;
  readonly catalogue: Catalogue | undefined;
  readonly photos: readonly Photo[];
  readonly selected: number | undefined;
  /** What could not be done, whatever the photo. */
  readonly problem: Problem | undefined;
}

export const initialState: State = {
  engine: { kind: 'unknown' },
  catalogue: undefined,
  photos: [],
  selected: undefined,
  problem: undefined,
};

export function newPhoto(id: number, name: string, bytes: number): Photo {
  return {
    id,
    name,
    bytes,
    size: undefined,
    picture: undefined,
    phase: 'reading',
    scale: 1,
    looks: [],
    sent: 0,
    again: false,
    key: undefined,
    view: undefined,
    problem: undefined,
    edits: noEdits,
    correcting: false,
  };
}

/** The first of several is shown; who looks at a result goes on looking at it. */
export function withPhoto(state: State, photo: Photo): State {
  const shown = state.photos.find(({ id }) => id === state.selected);
  const selected = shown && shown.phase !== 'refused' ? shown.id : photo.id;
  return { ...state, photos: [...state.photos, photo], selected };
}

export function changed(state: State, id: number, change: Partial<Photo>): State {
  return {
    ...state,
    photos: state.photos.map((photo) => (photo.id === id ? { ...photo, ...change } : photo)),
  };
}

/** Its neighbour is shown in its place. */
export function without(state: State, id: number): State {
  const at = state.photos.findIndex((photo) => photo.id === id);
  const photos = state.photos.filter((photo) => photo.id !== id);
  const selected = state.selected === id ? photos[Math.min(at, photos.length - 1)]?.id : state.selected;
  return { ...state, photos, selected };
}

export function edited(photo: Photo, edits: Partial<Edits>): Pick<Photo, 'edits'> {
  return { edits: { ...photo.edits, ...edits } };
}

/** The outline on the screen is not the one that the full-size files have. */
export function isOutlineNew({ edits }: Photo): boolean {
  return edits.strokes > 0 || edits.smoothing > 0;
}

/** There is something to look at and to change, though looks may still be on their way. */
export function hasCutout(photo: Photo): boolean {
  return photo.view?.files.cutout !== undefined && photo.phase !== 'failed';
}

/** Those that are there or will be: what the shop has fixed may be others than were asked for. */
export function looksOf({ looks, view }: Photo): readonly string[] {
  if (view?.status === 'completed') {
    const there = Object.keys(view.files).filter((name) => name !== 'upscaled' && name !== 'cutout');
    return [
      ...looks.filter((name) => there.includes(name)),
      ...there.filter((name) => !looks.includes(name)),
    ];
  }
  return view?.route?.includes('effects') === false ? [] : looks;
}

export function isWaiting({ phase }: Photo): boolean {
  return phase === 'reading' || phase === 'waiting' || phase === 'uploading' || phase === 'working';
}

/** Of the photo itself: sent again it would end in the same. */
const lasting = new Set([
  'FILE_TOO_LARGE',
  'IMAGE_BOMB',
  'IMAGE_CORRUPT',
  'IMAGE_TOO_LARGE',
  'IMAGE_TOO_SMALL',
  'INVALID_FORMAT',
  'NO_SUBJECT',
  'OUTPUT_TOO_LARGE',
]);

export function mayHelpAgain({ phase, problem }: Photo): boolean {
  return phase === 'failed' && problem !== undefined && !lasting.has(problem.code);
}
