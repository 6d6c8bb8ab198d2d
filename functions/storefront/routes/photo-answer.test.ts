// What becomes of answers that are too large to be one, and of stages that are services of their own.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import test from 'ava';
import { parseConfig } from '../../../shared/config/parse-config.ts';
import { decode } from '../../../shared/image/codec.ts';
import { defaultLimits } from '../../../shared/image/limits.ts';
import type { RealStages } from '../../../shared/testing/brief-rig.ts';
import { openRealStages, photoForm, serveBrief } from '../../../shared/testing/brief-rig.ts';
import { listen } from '../../../shared/testing/push-server.ts';
import { syncOverHttp } from '../../open-brief.ts';

const { PHOTOS_DIR } = process.env;
const serially = PHOTOS_DIR === undefined ? test.skip : test.serial;
if (PHOTOS_DIR === undefined)
  test('PHOTOS_DIR is not set: tests with real photos are skipped', (t) => t.pass());

let real: RealStages;
test.before(async (t) => {
  t.timeout(120_000);
  real = await openRealStages();
});
test.after.always(() => real?.stages.close());

const REMOVE = '/api/background-removal/remove';
const HEALTH = '/api/background-removal/health';
/** 600×399. */
const portrait = () => readFile(join(PHOTOS_DIR!, 'people/girl.jpg'));
const picturesIn = async (answer: Response) =>
  (await decode(new Uint8Array(await answer.arrayBuffer()), defaultLimits)).picture;
const documentIn = async (answer: Response) => (await answer.json()) as Record<string, unknown>;
const asking = (body: FormData) => ({ method: 'POST', body });

serially('A picture that is too large for an answer is fetched where it lies', async (t) => {
  const { base, store } = await serveBrief(t, real);
  // As if it were so large: the store says so, the file need not be.
  const { head } = store;
  t.teardown(() => {
    store.head = head;
  });
  store.head = async (asked) => {
    const found = await head(asked);
    const isPicture = found?.name.endsWith('/cutout.png');
    return found && isPicture ? { ...found, bytes: 25 * 1024 * 1024 } : found;
  };
  for (const fields of [{}, { return_base64: 'true' }]) {
    const answer = await fetch(base + REMOVE, asking(photoForm(await portrait(), fields)));
    t.is(answer.status, 200);
    t.regex(answer.headers.get('content-type')!, /^application\/json/);
    t.is(answer.headers.get('x-original-size'), '600x399');
    const document = await documentIn(answer);
    t.like(document, { method: 'GET', content_type: 'image/png', bytes: 25 * 1024 * 1024 });
    t.false('processed_image' in document);
    t.is((await picturesIn(await fetch(String(document.url)))).width, 600);
  }
});

serially('Stages behind HTTP are asked the same, and answer the same', async (t) => {
  const url = `http://127.0.0.1:${await listen(t, createServer(real.stages.app))}`;
  const heard: string[] = [];
  const ladder = { hear: (stage: string, load?: string) => void heard.push(`${stage} is ${load}`) };
  const config = parseConfig({ UPSCALE_URL: url, SEGMENT_URL: url, EFFECTS_URL: url });
  const { base } = await serveBrief(t, real, syncOverHttp(config, ladder));
  const cold = await documentIn(await fetch(base + HEALTH));
  t.like(cold, { status: 'healthy', model: null, device: null }, 'it is not woken to be asked');
  const answer = await fetch(`${base}/api/v2/process`, asking(photoForm(await portrait(), { scale: '1' })));
  t.is(answer.status, 200);
  t.is((await picturesIn(answer)).width, 600);
  const refused = await fetch(base + REMOVE, asking(photoForm(await portrait(), { model: 'none/such' })));
  t.is(refused.status, 400);
  t.like(await documentIn(refused), { error_code: 'MODEL_NOT_FOUND', available: ['builtin/segment'] });
  t.true(heard.length >= 2);
  t.deepEqual([...new Set(heard)], ['segment is normal']);
  t.like(await documentIn(await fetch(base + HEALTH)), { model: 'builtin/segment', device: 'cpu' });
});
