// A finished job in a store in memory, with small real pictures, and what delivers its files: for tests of delivery.
import { openTemplates } from '../../functions/open-templates.ts';
import { createFileDelivery } from '../../functions/storefront/deliver-file.ts';
import { createDerive } from '../../functions/storefront/derive.ts';
import { createJobFiles } from '../../functions/storefront/job-files.ts';
import type { PixelPorts } from '../../functions/storefront/render-file.ts';
import { openRegistry } from '../../models/registry.ts';
import type { StageName } from '../card.ts';
import { finish } from '../finish.ts';
import { formatUri } from '../gs-uri.ts';
import { decode, encode, resize } from '../image/codec.ts';
import { defaultLimits } from '../image/limits.ts';
import { matchHelpers } from '../image/match-colours.ts';
import type { Picture } from '../image/picture.ts';
import { createHelpers } from '../inference/open-helpers.ts';
import { jobOptionsSchema } from '../job.ts';
import { createJobRecords } from '../job-records.ts';
import { createSlots } from '../slots.ts';
import { fakeStore } from './fake-store.ts';
import { noisy, pictureOf, plain, withAlphaOf } from './pictures.ts';

/** Of the cut-out, in pixels; the subject is a box in it. */
export const WIDTH = 120;
export const HEIGHT = 160;
export const subject = { left: 30, top: 40, width: 60, height: 80 };
const isSubject = (x: number, y: number): boolean =>
  x >= subject.left &&
  x < subject.left + subject.width &&
  y >= subject.top &&
  y < subject.top + subject.height;

/** Orange where the subject is, transparent elsewhere. */
export const cutout: Picture = withAlphaOf(plain(WIDTH, HEIGHT, 220, 120, 40), (x, y) =>
  isSubject(x, y) ? 255 : 0,
);
/** Half as large, as looks are without `print`. */
const look: Picture = withAlphaOf(plain(WIDTH / 2, HEIGHT / 2, 40, 200, 80), (x, y) =>
  isSubject(2 * x, 2 * y) ? 255 : 0,
);
export const photo: Picture = pictureOf(WIDTH, HEIGHT, (x, y, c) => (x + 2 * y + 50 * c) & 255);

export interface JobSketch {
  readonly tenant?: string;
  readonly reference?: string | null;
  /** Those that are done; all of the route when not given. */
  readonly done?: readonly StageName[];
  readonly cutout?: Picture;
}

export function createDeliveryRig(changes: Partial<PixelPorts> = {}) {
  const store = fakeStore();
  const bucket = 'results';
  const records = {
    jobs: createJobRecords({ store, bucket, now: Date.now }),
    kept: createJobRecords({ store, bucket, now: Date.now, root: 'kept' }),
  };
  const quiet = createJobRecords({ store: store.quiet, bucket, now: Date.now });
  const counts = { decoded: 0, encoded: 0 };
  const helpers = createHelpers({
    ids: [...matchHelpers, 'bleed'],
    registry: openRegistry,
    threads: 1,
    runQueue: 100,
    runLimitMs: 60_000,
    onBroken() {},
  });
  const files = createJobFiles({ store, records, asked: { find: async () => undefined } });
  const slots = createSlots(2, 20);
  const derive = createDerive({ store, files, slots, waitMs: 60_000 });
  const pixels: PixelPorts = {
    async decode(file, limits) {
      counts.decoded++;
      return await decode(file, limits);
    },
    async encode(picture, options) {
      counts.encoded++;
      return await encode(picture, options);
    },
    finish: (picture, box, form, background, tools) =>
      finish(picture, box, form, background, { ...tools, resize }),
    helpers: () => helpers.open(),
    ...changes,
  };

  async function addStage(job: string, stage: StageName, pictures: Readonly<Record<string, Picture>>) {
    const outputs = await Promise.all(
      Object.entries(pictures).map(async ([name, picture]) => {
        const data = await encode(picture, { format: 'png', travels: true });
        const info = await store.put({ bucket, name: `jobs/${job}/${stage}/${name}.png` }, data, {
          contentType: 'image/png',
        });
        const { width, height } = picture;
        const output = { uri: formatUri(info), width, height, bytes: info.bytes, content_type: 'image/png' };
        return [name, output] as const;
      }),
    );
    const [, first] = outputs[0]!;
    await quiet.createStage({
      schema: 1,
      job,
      stage,
      input: first.uri,
      hands_on: first.uri,
      outputs: Object.fromEntries(outputs),
      width: first.width,
      height: first.height,
      subject: stage === 'segment' ? subject : null,
      notes: [],
      models: [],
      device: 'cpu',
      timings_ms: {},
      cached: false,
      cache_key: `${stage}-${job}`,
      finished: new Date().toISOString(),
    });
  }

  return {
    store,
    records,
    quiet,
    counts,
    files,
    slots,
    derive,
    pixels,
    close: () => helpers.close(),
    /** Opens the templates that ship. */
    async delivery() {
      const templates = await openTemplates();
      const now = Date.now;
      return createFileDelivery({ store, files, derive, templates, limits: defaultLimits, now, ...pixels });
    },
    async addJob(job: string, sketch: JobSketch = {}): Promise<void> {
      const { tenant = 'shop', reference = null, done = ['upscale', 'segment', 'effects'] } = sketch;
      const name = `uploads/${tenant}/${job}.png`;
      const upload = await store.put(
        { bucket: 'uploads', name },
        await encode(noisy(80, 80), { format: 'png' }),
      );
      await quiet.createJob({
        schema: 1,
        job,
        tenant,
        reference,
        input: formatUri(upload),
        options: jobOptionsSchema.parse({ effects: ['color'] }),
        route: ['upscale', 'segment', 'effects'],
        created: new Date().toISOString(),
      });
      if (done.includes('upscale')) await addStage(job, 'upscale', { upscaled: photo });
      if (done.includes('segment')) await addStage(job, 'segment', { cutout: sketch.cutout ?? cutout });
      if (done.includes('effects')) await addStage(job, 'effects', { color: look });
    },
  };
}
