// A photo in a form, worked on while its caller waits: admitted, read in turn, counted, run, and given up when he leaves.
import type { Request, Response } from 'express';
import type { StageName } from '../../../shared/card.ts';
import { goneSignal } from '../../../shared/serve-push.ts';
import type { RandomBytes } from '../../../shared/trace.ts';
import { traceOfRequest } from '../../../shared/trace.ts';
import type { Caller } from '../access.ts';
import { allowedOptions } from '../access.ts';
import type { Given } from '../read-wishes.ts';
import type { Begun, DoneNow, RunNow } from '../run-now.ts';
import type { CreateRoutesPorts } from './create.ts';
import { counted, inTurn } from './create.ts';
import type { PhotoForm, PhotoFormOptions } from './photo-form.ts';
import { readPhotoForm } from './photo-form.ts';

export interface PhotoNowPorts extends CreateRoutesPorts {
  readonly runNow: RunNow;
  readonly random: RandomBytes;
}

export interface NowWish {
  /** Job options, in the caller's words. */
  readonly options: Given;
  /** What the endpoint is for, whatever a token fixes. */
  readonly always?: Given;
  /** The stages that the endpoint is for; what the options ask for, where it is not given. */
  readonly route?: readonly StageName[];
}

export interface NowForm<Wish extends NowWish> extends Pick<PhotoFormOptions, 'fields' | 'files'> {
  /** @throws OPTIONS_INVALID, before any work */
  read(form: PhotoForm): Wish;
}

export interface PhotoDone<Wish extends NowWish> {
  readonly caller: Caller;
  readonly wish: Wish;
  /** What the photo was called, on one line; may be empty. */
  readonly filename: string;
  readonly done: DoneNow;
}

/** @throws what admission, form, photo and stages can end in */
export async function photoNow<Wish extends NowWish>(
  request: Request,
  response: Response,
  form: NowForm<Wish>,
  ports: PhotoNowPorts,
): Promise<PhotoDone<Wish>> {
  const caller = await ports.admit(request, response, 'work');
  const gone = goneSignal(response);
  return await counted(caller, 1, ports, async () => {
    const { begun, ...read } = await inTurn(request, response, ports, () =>
      beginFrom(request, caller, form, ports),
    );
    return { caller, ...read, done: await ports.runNow.run(begun, gone) };
  });
}

/** Of the photo nothing is held after it. */
async function beginFrom<Wish extends NowWish>(
  request: Request,
  { tenant, ...caller }: Caller,
  form: NowForm<Wish>,
  { create, runNow, random }: PhotoNowPorts,
): Promise<{ begun: Begun; wish: Wish; filename: string }> {
  const read = await readPhotoForm(request, { ...form, limits: create.limits });
  const wish = form.read(read);
  const { data, filename } = read.file;
  const options = { ...allowedOptions(wish.options, caller), ...wish.always };
  const trace = traceOfRequest(request.headers, random);
  const route = wish.route && { route: wish.route };
  return { begun: await runNow.begin({ tenant, data, options, trace, ...route }), wish, filename };
}
