// What can be done with photos: taken in, sent, followed, corrected, delivered, taken away. Views call it; it changes the
// state and tells the shop.

import type { Api, UploadWishes } from './api.ts';
import { ApiError, isAbort, problemOf } from './api-error.ts';
import type { Connection } from './connection.ts';
import { choiceQuery, fileUrl, reachable, resultUrls } from './finish-query.ts';
import { followJob } from './follow-job.ts';
import type { Media } from './media.ts';
import { closeMedia, forgetLayers, layerOf, newMedia, outlineOf } from './media.ts';
import { readPhoto } from './read-photo.ts';
import { sendPhoto } from './send-photo.ts';
import type { Edits, JobKey, JobView, Photo, Problem } from './state.ts';
import { changed, edited, isOutlineNew, newPhoto, without, withPhoto } from './state.ts';
import type { Store } from './store.ts';

/** What the shop asked for; read anew for every photo. */
export interface Wishes {
  readonly looks: readonly string[] | undefined;
  readonly scale: number;
  readonly print: boolean;
  readonly model: string | undefined;
  readonly reference: string | undefined;
  readonly most: number;
}

export interface StudioPorts {
  readonly store: Store;
  readonly api: Api;
  readonly connection: Connection;
  readonly endpoint: () => string;
  readonly wishes: () => Wishes;
  /** To the shop's page. */
  announce(event: 'result' | 'change' | 'remove' | 'error', detail: Readonly<Record<string, unknown>>): void;
}

export interface Studio {
  add(files: Iterable<File>): void;
  remove(id: number): void;
  again(id: number): void;
  select(id: number): void;
  edit(id: number, edits: Partial<Edits>): void;
  /** Makes the full-size files anew with the outline on the screen. @throws ApiError */
  applyOutline(id: number): Promise<void>;
  media(id: number): Media;
  photo(id: number): Photo | undefined;
  close(): void;
}

let lastId = 0;

export function createStudio(ports: StudioPorts): Studio {
  const { store, api, connection } = ports;
  const held = new Map<number, Media>();
  /** By the photo. */
  const corrections = new Map<number, Promise<void>>();

  const photo = (id: number): Photo | undefined => store.state.photos.find((each) => each.id === id);
  const set = (id: number, change: Partial<Photo>): void =>
    store.update((state) => changed(state, id, change));

  function fail(id: number, phase: 'refused' | 'failed', problem: Problem): void {
    set(id, { phase, problem });
    ports.announce('error', { id, ...problem, photo: photo(id)?.name, job: photo(id)?.key?.job });
  }

  async function run(id: number): Promise<void> {
    const media = held.get(id)!;
    try {
      const catalogue = store.state.catalogue ?? (await api.catalogue());
      store.update((state) => ({ ...state, catalogue }));
      const wishes = ports.wishes();
      const looks = wishes.looks ?? catalogue.looks.map(({ name }) => name);
      const read = await readPhoto(media, wishes.scale, catalogue);
      set(id, { size: read.size, picture: read.picture, scale: read.scale, looks });
      if (read.problem) return fail(id, 'refused', read.problem);
      set(id, { phase: 'waiting', problem: undefined });
      const { reference, print, model } = wishes;
      const options = { scale: read.scale, effects: looks, print, ...(model !== undefined && { model }) };
      const asked = { content_type: read.type!, options, ...(reference !== undefined && { reference }) };
      const key = await deliver(id, asked, media);
      set(id, { phase: 'working', again: false });
      await follow(id, key, media);
    } catch (thrown) {
      if (!isAbort(thrown)) fail(id, 'failed', problemOf(thrown));
    }
  }

  /** @returns what opens the job @throws ApiError */
  async function deliver(id: number, asked: UploadWishes, media: Media): Promise<JobKey> {
    const { signal } = media.stop;
    const tell = {
      sent: (sent: number) => set(id, { sent }),
      again: () => set(id, { sent: 0, again: true }),
    };
    for (let attempt = 1; ; attempt++) {
      const given = await api.createUpload(asked, signal);
      const key = keyOf(given);
      set(id, { phase: 'uploading', key, sent: 0, view: undefined });
      void foresee(id, key, signal);
      const place = { url: reachable(given.upload_url, ports.endpoint()), headers: given.headers };
      try {
        await sendPhoto(media.file, place, tell, connection, signal);
        return key;
      } catch (thrown) {
        // Whoever was offline for long comes back to an address that is no longer valid.
        const isOld = thrown instanceof ApiError && (thrown.status === 400 || thrown.status === 403);
        if (!isOld || attempt > 1) throw thrown;
      }
    }
  }

  /** What the job will go through, which a shop may have fixed, is known before its photo has arrived. */
  async function foresee(id: number, key: JobKey, signal: AbortSignal): Promise<void> {
    // Who hears nothing learns it from the job's events.
    const view = await api.job(key, signal, 1).catch(() => undefined);
    const current = photo(id);
    if (view && current?.key === key && !current.view) set(id, { view });
  }

  /** To its end; the result is announced as soon as it is whole. */
  async function follow(id: number, key: JobKey, media: Media): Promise<void> {
    const see = (view: JobView): void => {
      set(id, { view, key });
      if (view.status === 'failed') fail(id, 'failed', problemIn(view));
      if (view.status !== 'completed') return;
      set(id, { phase: 'done' });
      announceResult(id, view, key);
    };
    await followJob(key, see, api, connection, media.stop.signal);
  }

  function announceResult(id: number, view: JobView, key: JobKey): void {
    const endpoint = ports.endpoint();
    const { name } = photo(id)!;
    const { job, reference, width, height, subject } = view;
    const zip = fileUrl(endpoint, `/jobs/${job}/result.zip`, key);
    const check_url = fileUrl(endpoint, `/jobs/${job}`, key);
    const files = resultUrls(endpoint, view, key);
    const detail = { id, job, token: key.token, files_key: key.files_key, reference, photo: name, check_url };
    ports.announce('result', { ...detail, files, zip, width, height, subject });
    announceChoice(id);
  }

  /** What an order needs beside the files: which of them, in which form. */
  function announceChoice(id: number): void {
    const { phase, key, edits } = photo(id)!;
    if (phase !== 'done') return;
    const detail = { id, job: key?.job, file: edits.file, query: choiceQuery(edits) };
    ports.announce('change', { ...detail, own: edits.backdrop.kind === 'own' });
  }

  function remove(id: number): void {
    const gone = photo(id);
    const media = held.get(id);
    held.delete(id);
    if (media) closeMedia(media);
    if (gone?.picture) URL.revokeObjectURL(gone.picture);
    store.update((state) => without(state, id));
    ports.announce('remove', { id, job: gone?.key?.job });
    // Nobody waits for it any more; what cannot be deleted now goes with its lifetime.
    if (gone?.key && gone.phase !== 'done') api.remove(gone.key).catch(() => {});
  }

  return {
    photo,
    media: (id) => held.get(id)!,
    remove,
    add(files) {
      const { most } = ports.wishes();
      const chosen = [...files].slice(0, most);
      // Where there is place for one, the new one takes it.
      if (most === 1 && chosen.length > 0) for (const { id } of store.state.photos) remove(id);
      for (const file of chosen.slice(0, Math.max(0, most - store.state.photos.length))) {
        const id = ++lastId;
        held.set(id, newMedia(file));
        store.update((state) => withPhoto(state, newPhoto(id, file.name || 'photo', file.size)));
        void run(id);
      }
    },
    again(id) {
      const media = held.get(id)!;
      forgetLayers(media);
      media.stop = new AbortController();
      set(id, { phase: 'reading', problem: undefined, view: undefined, key: undefined });
      void run(id);
    },
    select: (selected) => store.update((state) => ({ ...state, selected })),
    edit(id, edits) {
      set(id, edited(photo(id)!, edits));
      announceChoice(id);
    },
    async applyOutline(id) {
      // Who asks meanwhile waits for the same one.
      const running = corrections.get(id) ?? correct(id);
      corrections.set(id, running);
      await running.finally(() => corrections.delete(id));
    },
    close() {
      for (const media of held.values()) closeMedia(media);
      held.clear();
    },
  };

  /** @throws ApiError */
  async function correct(id: number): Promise<void> {
    const before = photo(id)!;
    if (!isOutlineNew(before)) return;
    const media = held.get(id)!;
    set(id, { correcting: true });
    try {
      const cutout = await layerOf(media, 'cutout', before.view!.files.cutout!, before.key!, api);
      const outline = outlineOf(media, cutout);
      outline.smooth(before.edits.smoothing);
      // What is smooth is not to follow every hair again.
      const mask = await outline.png();
      const key = keyOf(await api.putMask(before.key!, mask, before.edits.smoothing === 0));
      const view = await whole(key, media);
      forgetLayers(media);
      set(id, { key, view, ...edited(photo(id)!, { strokes: 0, smoothing: 0 }) });
      announceResult(id, view, key);
    } finally {
      set(id, { correcting: false });
    }
  }

  /** The corrected job at its end. @throws ApiError */
  async function whole(key: JobKey, media: Media): Promise<JobView> {
    let last: JobView | undefined;
    const see = (view: JobView): void => {
      last = view;
    };
    await followJob(key, see, api, connection, media.stop.signal);
    if (last?.status === 'completed') return last;
    throw new ApiError(200, problemIn(last));
  }
}

function keyOf({ job, token, files_key }: JobKey): JobKey {
  return { job, token, ...(files_key !== undefined && { files_key }) };
}

function problemIn(view: JobView | undefined): Problem {
  return { code: view?.error_code ?? 'INTERNAL', fields: { detail: view?.detail } };
}
