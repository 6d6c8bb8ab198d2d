// All stages over one photo in one process: decode → stages → deliver. The pictures stay in memory from one
// stage to the next; encoding one goes on while the next stage works.
import type { StageName } from './card.ts';
import { CutlineError } from './errors.ts';
import type { ImageLimits } from './image/limits.ts';
import type { Box, Picture } from './image/picture.ts';
import type { Job } from './pipeline.ts';
import { checkResult, pipeline } from './pipeline.ts';
import { createPixelRoom, PIXELS_AT_ONCE } from './pixel-room.ts';
import type { Resize, TileBudget, Tools } from './stage.ts';
import { createStepClock } from './step-clock.ts';

/** A picture on its way out. */
export interface Delivery {
  readonly name: string;
  readonly picture: Picture;
  readonly stage: StageName | 'photo';
  /** Absent for what has not been cut out: the photo itself and the enlarged one. */
  readonly subject: Subject | undefined;
}

/** Where the subject is, in a picture of this size; looks may be smaller than the cut-out. */
export interface Subject {
  readonly box: Box;
  readonly in: { readonly width: number; readonly height: number };
}

export interface PipelinePorts {
  decode(
    file: Uint8Array,
    limits: ImageLimits,
  ): Promise<{ readonly picture: Picture; readonly format: string }>;
  readonly resize: Resize;
  model: Tools['model'];
  tile(): TileBudget;
  /** Milliseconds from any beginning. */
  now(): number;
  /** Takes a picture: finishes, encodes and keeps it. */
  deliver(delivery: Delivery): Promise<void>;
  progress(step: string, fraction: number): void;
  readonly limits: ImageLimits;
  readonly signal?: AbortSignal;
  /**
   * Told of a picture that neither a stage nor its delivery needs any more, and of the one that took its place; where
   * pictures are kept by whoever gave or took them it is absent.
   */
  release?(picture: Picture, next: Picture): void;
}

export interface PipelineResult {
  readonly photo: { readonly width: number; readonly height: number; readonly format: string };
  /** Of the cut-out. */
  readonly width: number;
  readonly height: number;
  readonly subject: Box;
  readonly notes: readonly string[];
  readonly timings: Readonly<Record<string, number>>;
}

/** @throws every error of the catalogue that a photo, a model or a limit can cause */
export async function runPipeline(file: Uint8Array, job: Job, ports: PipelinePorts): Promise<PipelineResult> {
  const clock = createStepClock(ports.now, ['decode', 'upscale', 'segment', 'refine', 'effects', 'encode']);
  clock.begin('decode');
  const { picture: photo, format } = await ports.decode(file, ports.limits);
  checkResult(photo, job, ports.limits);
  const { width, height } = photo;
  const deliveries: Promise<void>[] = [];
  const deliveryOf = new WeakMap<Picture, Promise<void>>();
  const room = createPixelRoom(PIXELS_AT_ONCE);
  const deliver = (delivery: Delivery): void => {
    const { picture } = delivery;
    const work = () => clock.aside('encode', () => ports.deliver(delivery));
    const done = room.run(picture.width * picture.height, work);
    done.catch(() => {}); // Looked at when all stages are through.
    deliveries.push(done);
    deliveryOf.set(picture, done);
  };
  deliver({ name: 'photo', picture: photo, stage: 'photo', subject: undefined });
  const notes: string[] = [];
  let subject: Subject | undefined;
  let current = photo;
  try {
    for (const stage of pipeline.filter(({ wanted }) => wanted(job))) {
      ports.signal?.throwIfAborted();
      const result = await stage.run(current, job, tools(stage.name));
      const before = current;
      current = (stage.handsOn && result.pictures[stage.handsOn]) || current;
      if (result.subject) subject = { box: result.subject, in: current };
      if (current !== before) void letGo(before, current);
      for (const [name, picture] of Object.entries(result.pictures)) {
        deliver({ name, picture, stage: stage.name, subject });
      }
      notes.push(...(result.notes ?? []));
    }
    clock.begin('wait');
    await Promise.all(deliveries);
  } finally {
    await Promise.allSettled(deliveries);
  }
  if (!subject) throw new CutlineError('INTERNAL', { message: 'Expected a stage that finds the subject' });
  const { wait: _, ...timings } = clock.end();
  return {
    photo: { width, height, format },
    width: current.width,
    height: current.height,
    subject: subject.box,
    notes,
    timings,
  };

  async function letGo(picture: Picture, next: Picture): Promise<void> {
    // One that failed to be delivered is left to the collector: who knows who still reads it.
    await deliveryOf.get(picture)?.then(
      () => ports.release?.(picture, next),
      () => {},
    );
  }

  function tools(stage: StageName): Tools {
    return {
      model: ports.model,
      resize: ports.resize,
      tile: ports.tile(),
      signal: ports.signal,
      progress(step, fraction) {
        clock.begin(step);
        ports.progress(stage, fraction);
      },
    };
  }
}
