// A job's file in the form that a URL asks for: planned first, so that an ETag needs no pixel; made once; its bytes, or
// where they can be fetched.
import { CutlineError } from '../../shared/errors.ts';
import type { ObjectInfo } from '../../shared/object-store.ts';
import { createStepClock } from '../../shared/step-clock.ts';
import type { Derive, Derived } from './derive.ts';
import { readDerived } from './derive.ts';
import type { LocatedJob } from './job-files.ts';
import type { FilePlan, FileRequest, PlanPorts } from './plan-file.ts';
import { planFile } from './plan-file.ts';
import type { PixelPorts } from './render-file.ts';
import { renderFile } from './render-file.ts';

export interface DeliveredFile {
  readonly object: ObjectInfo;
  /** The form was there already, or the stage's own file is what was asked for. */
  readonly cached: boolean;
  /** Milliseconds by step, where it was made now. */
  readonly timings: Readonly<Record<string, number>>;
  /** @throws JOB_NOT_FOUND when it was deleted meanwhile */
  read(): Promise<Uint8Array>;
}

export interface FileDelivery {
  /** Reads records alone. @throws OPTIONS_INVALID, FILE_NOT_FOUND, JOB_NOT_READY, OUTPUT_TOO_LARGE, JOB_NOT_FOUND */
  plan(located: LocatedJob, request: FileRequest): Promise<FilePlan>;
  /** Makes it where it is not there. @throws BUSY, TOO_MANY_FORMS, INPUT_GONE, JOB_NOT_FOUND, CANCELLED */
  deliver(plan: FilePlan, signal?: AbortSignal): Promise<DeliveredFile>;
}

export interface DeliveryPorts extends PlanPorts, PixelPorts {
  readonly derive: Derive;
  /** Milliseconds from any beginning. */
  now(): number;
}

export function createFileDelivery(ports: DeliveryPorts): FileDelivery {
  return {
    plan: (located, request) => planFile(located, request, ports),
    async deliver(plan, signal) {
      const clock = createStepClock(ports.now);
      const made = plan.isOriginal ? await original(plan) : await derived(plan, signal);
      const { object, data } = made;
      return {
        object,
        cached: data === undefined,
        timings: data === undefined ? {} : clock.end(),
        read: () => readDerived(made, ports.files),
      };

      async function derived(
        { located, file, options, scene, subject, ...form }: FilePlan,
        signal: AbortSignal | undefined,
      ): Promise<Derived> {
        clock.begin('wait');
        return await ports.derive(
          located,
          file,
          form,
          async (stored, signal) => {
            clock.begin('background');
            const background = await scene?.open();
            signal.throwIfAborted();
            const work = { options, subject, background, signal, clock };
            const data = await renderFile(stored, work, ports);
            clock.begin('write');
            return data;
          },
          signal,
        );
      }
    },
  };

  async function original({ file }: FilePlan): Promise<Derived> {
    const object = await ports.files.head(file.output.uri);
    if (!object) throw new CutlineError('JOB_NOT_FOUND', { message: `${file.output.uri} is gone` });
    return { object };
  }
}
