// remove.bg's routes by HTTP over real stages: the built-in models in this process, objects in memory.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { ExecutionContext } from 'ava';
import { removebgRouter } from '../../functions/storefront/routes/removebg.ts';
import { openRegistry } from '../../models/registry.ts';
import { finish } from '../finish.ts';
import { decode, encode, resize } from '../image/codec.ts';
import { matchHelpers } from '../image/match-colours.ts';
import { createHelpers } from '../inference/open-helpers.ts';
import { closeApp, openApp } from '../serve-push.ts';
import type { BriefChanges, RealStages } from './brief-rig.ts';
import { serveBrief } from './brief-rig.ts';
import { listen } from './push-server.ts';

/** 1200×1200; stands out. */
export const robot = () => readFile(new URL('../../models/samples/toy-robot.jpg', import.meta.url));

export async function serveRemovebg(t: ExecutionContext, real: RealStages, changes: BriefChanges = {}) {
  const { ports, opened, store, log } = await serveBrief(t, real, changes);
  const helpers = createHelpers({
    ids: [...matchHelpers, 'bleed'],
    registry: openRegistry,
    threads: 1,
    runQueue: 100,
    runLimitMs: 60_000,
    onBroken() {},
  });
  t.teardown(() => helpers.close());
  const router = removebgRouter({
    ...ports,
    limits: opened.limits,
    files: opened.delivered.files,
    pixels: {
      ...{ decode, encode, resize },
      finish: (picture, box, form, background, tools) =>
        finish(picture, box, form, background, { ...tools, resize }),
      helpers: () => helpers.open(),
    },
    renders: opened.delivered.slots,
    log,
  });
  // Before whatever parses JSON: photos come in it.
  const base = `http://127.0.0.1:${await listen(t, createServer(closeApp(openApp(router), log)))}`;

  async function post(body: FormData | string, headers: Readonly<Record<string, string>> = {}) {
    return await fetch(`${base}/v1.0/removebg`, { method: 'POST', body, headers });
  }

  /** @returns status and code of an answer in remove.bg's document, which has nothing else */
  async function refusal(answer: Response): Promise<readonly [status: number, code: string]> {
    const document = (await answer.json()) as { errors: readonly { title: string; code: string }[] };
    if (
      Object.keys(document).join() !== 'errors' ||
      document.errors.length !== 1 ||
      !document.errors[0]!.title
    )
      throw new Error(`Expected an error document but received ${JSON.stringify(document)}`);
    return [answer.status, document.errors[0]!.code];
  }

  return { base, post, refusal, opened, store, log };
}

/** @param photo undefined for none */
export function formWith(
  photo: Uint8Array<ArrayBuffer> | undefined,
  fields: Readonly<Record<string, string>> = {},
): FormData {
  const form = new FormData();
  if (photo) form.append('image_file', new Blob([photo]), 'my robot.jpg');
  for (const [name, text] of Object.entries(fields)) form.append(name, text);
  return form;
}
