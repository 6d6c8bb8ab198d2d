// A running `npm run serve` as a shop's page and server use it, over HTTP alone.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, encode } from '../../../shared/image/codec.ts';
import { defaultLimits } from '../../../shared/image/limits.ts';
import { thumbnail } from '../../../shared/image/thumbnail.ts';
import type { Cleanup } from './serving.ts';
import { dataFolder, samples, serve } from './serving.ts';

export const shopKey = 'k'.repeat(40);
export const smallKey = 's'.repeat(40);
export const operatorKey = 'o'.repeat(40);
/** The shop's own. */
export const page = 'https://shop.example';
export const asShop = { 'x-api-key': shopKey };
export const asJson = { 'content-type': 'application/json' };

export interface Made {
  readonly job: string;
  readonly token: string;
  readonly check_url: string;
  readonly events_url: string;
}

export interface MadeUpload extends Made {
  readonly upload_url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
}

export interface View {
  readonly status: string;
  readonly progress?: number;
  readonly error_code?: string;
  readonly files: Readonly<Record<string, { url: string; preview: string; width: number; height: number }>>;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** @param env beside what lets many tests ask at once */
export async function openShop(cleanup: Cleanup, env: Readonly<Record<string, string>> = {}) {
  const tenants = {
    shop: { keys: [sha256(shopKey)], tier: 'pro', origins: [page] },
    small: { keys: [sha256(smallKey)], daily_photos: 20 },
  };
  const data = await dataFolder(cleanup);
  const settings = {
    TENANTS: JSON.stringify(tenants),
    OPERATOR_KEYS: sha256(operatorKey),
    RATE_LIMIT_PER_SECOND: '1000',
    RATE_LIMIT_PER_MINUTE: '1000',
    MAX_IMAGE_SIZE_MB: '4',
    ...env,
  };
  const serving = await serve(cleanup, { data, env: settings });
  const { picture } = await decode(await readFile(join(samples, 'plush-fox.jpg')), defaultLimits);
  const photo = Buffer.from(await encode(await thumbnail(picture, 360), { format: 'jpeg' }));
  await serving.logged('Serving');

  const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(serving.url + path, init);

  /** Follows the job's events to their end. */
  async function ended({ events_url, token }: Pick<Made, 'events_url' | 'token'>): Promise<View> {
    const text = await (await ask(`${events_url}?token=${token}`)).text();
    return JSON.parse([...text.matchAll(/^data: (.+)$/gm)].at(-1)![1]!) as View;
  }

  return {
    serving,
    data,
    settings,
    /** Of a fox, 360 pixels. */
    photo,
    ask,
    ended,
    async makeJob(fields: Readonly<Record<string, string>> = { scale: '1' }): Promise<Made & View> {
      const made = await jsonOf<Made>(ask('/jobs', { method: 'POST', body: formOf(fields, photo) }));
      return { ...made, ...(await ended(made)) };
    },
  };
}

export async function jsonOf<Answer>(asked: Promise<Response>): Promise<Answer> {
  return (await (await asked).json()) as Answer;
}

export function formOf(
  fields: Readonly<Record<string, string>>,
  ...files: readonly Uint8Array<ArrayBuffer>[]
): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [index, file] of files.entries()) form.append('image', new Blob([file]), `fox-${index}.jpg`);
  return form;
}
