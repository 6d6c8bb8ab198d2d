import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import type { ErrorCode } from './error-catalogue.ts';
import { CutlineError } from './errors.ts';
import { defaultLimits } from './image/limits.ts';
import type { Job } from './pipeline.ts';
import type { PipelinePorts } from './run-pipeline.ts';
import { runPipeline } from './run-pipeline.ts';
import { constantModel, constantResize, fakePicture } from './testing/constant-models.ts';

const file = Uint8Array.of(1, 2, 3);
const job: Job = {
  scale: 2,
  effects: ['look'],
  model: 'mask',
  upscaler: 'twice',
  effect_options: {},
  print: true,
  smoothing: true,
  refine: false,
};

/** Ports over fakes; a model's run takes as many milliseconds of a clock that stands still otherwise as `costs` says. */
function fakePorts(changes: Partial<PipelinePorts> = {}, costs: Readonly<Record<string, number>> = {}) {
  const clock = { ms: 1000 };
  const delivered: string[] = [];
  const progress: string[] = [];
  const ports: PipelinePorts = {
    async decode() {
      clock.ms += 5;
      return { picture: fakePicture(8, 6), format: 'PNG' };
    },
    resize: constantResize,
    model(id) {
      const model = constantModel(id);
      return {
        ...model,
        async run(inputs, signal) {
          // Deliveries begun before come first.
          await turn();
          clock.ms += costs[id] ?? 0;
          return model.run(inputs, signal);
        },
      };
    },
    tile: () => ({ maxSide: 64, fixedShapes: false }),
    now: () => clock.ms,
    async deliver({ name, picture, stage }) {
      delivered.push(`${stage}: ${name} ${picture.width}×${picture.height}`);
    },
    progress: (step, fraction) => progress.push(`${step} ${fraction}`),
    limits: defaultLimits,
    ...changes,
  };
  return { ports, clock, delivered, progress };
}

async function failureOf(work: Promise<unknown>): Promise<CutlineError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CutlineError) return error;
  throw new Error(`Expected a CutlineError but received ${error}`);
}

test('A photo goes through all stages, each picture is delivered, and the result is the cut-out’s', async (t) => {
  const { ports, delivered, progress } = fakePorts();
  const { timings, ...result } = await runPipeline(file, job, ports);
  t.deepEqual(result, {
    photo: { width: 8, height: 6, format: 'PNG' },
    width: 16,
    height: 12,
    subject: { left: 0, top: 0, width: 16, height: 12 },
    notes: [],
  });
  t.deepEqual(delivered, [
    'photo: photo 8×6',
    'upscale: upscaled 16×12',
    'segment: cutout 16×12',
    'effects: look 16×12',
  ]);
  for (const stage of ['upscale', 'segment', 'effects']) t.true(progress.includes(`${stage} 1`), stage);
});

test('The decoder gets the file and the limits', async (t) => {
  const limits = { ...defaultLimits, minSide: 1 };
  const { ports } = fakePorts({
    limits,
    async decode(...args) {
      t.deepEqual(args, [file, limits]);
      return { picture: fakePicture(8, 6), format: 'PNG' };
    },
  });
  await runPipeline(file, job, ports);
});

test('Time is kept by step', async (t) => {
  const { ports } = fakePorts({}, { twice: 100, mask: 20, box: 1, matte: 30, bleed: 2, look: 7, hide: 4 });
  const { timings } = await runPipeline(file, job, ports);
  // The box is looked for twice: in the mask, and in the refined matte.
  t.deepEqual(timings, {
    decode: 5,
    upscale: 100,
    segment: 20 + 1,
    refine: 30 + 1,
    effects: 2 + 7 + 4,
    encode: 0,
    total: 5 + 100 + 21 + 31 + 13,
  });
});

test('Encoding is waited for, and counted beside the steps and in the total', async (t) => {
  let ended = false;
  const { ports, clock } = fakePorts({
    async deliver({ name }) {
      if (name !== 'look') return;
      await turn();
      clock.ms += 40;
      ended = true;
    },
  });
  const { timings } = await runPipeline(file, job, ports);
  t.true(ended);
  t.deepEqual(timings, { decode: 5, upscale: 0, segment: 0, refine: 0, effects: 0, encode: 40, total: 45 });
});

test('A step that a job does not want takes no time and delivers nothing', async (t) => {
  const { ports, delivered } = fakePorts({}, { twice: 100, look: 7 });
  const { timings, width, height } = await runPipeline(file, { ...job, scale: 1, effects: [] }, ports);
  t.deepEqual(delivered, ['photo: photo 8×6', 'segment: cutout 8×6']);
  t.deepEqual([timings.upscale, timings.effects], [0, 0]);
  t.deepEqual([width, height], [8, 6]);
});

test('Upscaling that would lose pixels is skipped with a note, and the stages after it get the photo', async (t) => {
  const { ports, delivered } = fakePorts();
  const { notes, width } = await runPipeline(file, { ...job, max_dimension: 3 }, ports);
  t.is(notes.length, 1);
  t.regex(notes[0]!, /skipped.*8×6/);
  t.is(width, 8);
  t.false(delivered.some((line) => line.includes('upscaled')));
});

const refusals: readonly { name: string; pixels: number; scale: 1 | 2 | 4; fits: number | null }[] = [
  { name: 'scale 2 fits', pixels: 8 * 6 * 4, scale: 4, fits: 2 },
  { name: 'scale 1 fits', pixels: 8 * 6, scale: 2, fits: 1 },
  { name: 'none fits', pixels: 8 * 6 - 1, scale: 1, fits: null },
];

for (const { name, pixels, scale, fits } of refusals) {
  test(`A result over the limit is OUTPUT_TOO_LARGE before any work, and ${name}`, async (t) => {
    const { ports, delivered } = fakePorts({ limits: { ...defaultLimits, maxOutputPixels: pixels } });
    const error = await failureOf(runPipeline(file, { ...job, scale }, ports));
    t.is(error.code, 'OUTPUT_TOO_LARGE');
    t.is(error.fields.fitting_scale, fits);
    t.true(error.detail.includes(fits === null ? 'no scale fits' : `scale ${fits} fits`), error.detail);
    t.deepEqual(delivered, []);
  });
}

test('A delivery that fails, fails the photo, after the others have ended', async (t) => {
  let ended = 0;
  const { ports } = fakePorts({
    async deliver({ name }) {
      if (name === 'upscaled') throw new CutlineError('INTERNAL', { message: 'disk full' });
      await turn();
      ended++;
    },
  });
  t.is((await failureOf(runPipeline(file, job, ports))).message, 'disk full');
  t.is(ended, 3);
});

test('A stage that fails, fails the photo, after the deliveries under way have ended', async (t) => {
  let ended = false;
  const { ports } = fakePorts({
    model(id) {
      if (id === 'mask') throw new CutlineError('NO_SUBJECT');
      return constantModel(id);
    },
    async deliver() {
      await turn();
      await turn();
      ended = true;
    },
  });
  t.is((await failureOf(runPipeline(file, job, ports))).code, 'NO_SUBJECT');
  t.true(ended);
});

test('A picture is released when both the stage after it and its delivery are done', async (t) => {
  const events: string[] = [];
  const size = ({ width, height }: { width: number; height: number }): string => `${width}×${height}`;
  const { ports } = fakePorts({
    progress: (step, fraction) => events.push(`${step} ${fraction}`),
    async deliver({ name }) {
      // The enlarged picture is delivered longer than the cut-out takes.
      for (let turns = name === 'upscaled' ? 200 : 1; turns > 0; turns--) await turn();
      events.push(`${name} delivered`);
    },
    release: (picture, next) => events.push(`${size(picture)} gives way to ${size(next)}`),
  });
  await runPipeline(file, job, ports);
  const at = (event: string): number => events.indexOf(event);
  t.true(at('8×6 gives way to 16×12') > Math.max(at('photo delivered'), at('upscale 1')), `${events}`);
  t.true(at('16×12 gives way to 16×12') > Math.max(at('upscaled delivered'), at('segment 1')), `${events}`);
  t.is(events.filter((event) => event.includes('gives way')).length, 2);
});

test('A picture whose delivery failed is not released', async (t) => {
  const released: number[] = [];
  const { ports } = fakePorts({
    async deliver({ name }) {
      if (name === 'upscaled') throw new CutlineError('INTERNAL', { message: 'disk full' });
    },
    release: ({ width }) => released.push(width),
  });
  await failureOf(runPipeline(file, job, ports));
  t.deepEqual(released, [8]);
});

test('An abort between stages ends the work with its reason', async (t) => {
  const controller = new AbortController();
  const begun: string[] = [];
  const { ports } = fakePorts({
    signal: controller.signal,
    progress(step) {
      begun.push(step);
      if (step === 'upscale') controller.abort(new CutlineError('CANCELLED'));
    },
  });
  t.is((await failureOf(runPipeline(file, job, ports))).code, 'CANCELLED');
  t.deepEqual([...new Set(begun)], ['upscale']);
});

test('What the decoder throws comes through, and nothing is delivered', async (t) => {
  for (const code of ['IMAGE_CORRUPT', 'INVALID_FORMAT'] satisfies ErrorCode[]) {
    const { ports, delivered } = fakePorts({ decode: () => Promise.reject(new CutlineError(code)) });
    t.is((await failureOf(runPipeline(file, job, ports))).code, code);
    t.deepEqual(delivered, []);
  }
});
