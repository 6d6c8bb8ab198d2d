import test from 'ava';
import type { Picture } from './image/picture.ts';
import type { Job } from './pipeline.ts';
import { pipeline } from './pipeline.ts';
import type { Tools } from './stage.ts';
import { constantModel, constantResize, fakePicture } from './testing/constant-models.ts';

const job: Job = {
  scale: 2,
  effects: ['look'],
  model: 'mask',
  upscaler: 'twice',
  effect_options: {},
  print: false,
  smoothing: true,
  refine: true,
};

test('Photos are enlarged, then cut out, then get their looks', (t) => {
  t.deepEqual(
    pipeline.map(({ name }) => name),
    ['upscale', 'segment', 'effects'],
  );
});

const wishes: readonly { name: string; changes: Partial<Job>; stages: string[] }[] = [
  { name: 'everything', changes: {}, stages: ['upscale', 'segment', 'effects'] },
  { name: 'scale 1', changes: { scale: 1 }, stages: ['segment', 'effects'] },
  { name: 'no effects', changes: { effects: [] }, stages: ['upscale', 'segment'] },
  { name: 'a cut-out alone', changes: { scale: 1, effects: [] }, stages: ['segment'] },
];

for (const { name, changes, stages } of wishes) {
  test(`The stages of a job that wants ${name}`, (t) => {
    const wanted = pipeline.filter((stage) => stage.wanted({ ...job, ...changes }));
    t.deepEqual(
      wanted.map((stage) => stage.name),
      stages,
    );
  });
}

test('A stage names the models of the job that it needs', (t) => {
  const models = pipeline.map((stage) => stage.models({ ...job, effects: ['look', 'other'] }));
  t.deepEqual(models, [['twice'], ['mask'], ['look', 'other']]);
});

const notes: readonly { name: string; max: number; said: RegExp }[] = [
  { name: 'is enlarged, what the upscaler cannot do is said', max: 8, said: /^half of it$/ },
  { name: 'is not enlarged after all, only that', max: 3, said: /^upscaling was skipped/ },
];

for (const { name, max, said } of notes) {
  test(`Of a photo that ${name}`, async (t) => {
    const tools: Tools = {
      model: constantModel,
      resize: constantResize,
      tile: { maxSide: 64, fixedShapes: false },
      progress() {},
    };
    const asked = { ...job, upscaler_note: 'half of it', max_dimension: max };
    const result = await pipeline[0]!.run(fakePicture(8, 8), asked, tools);
    t.is(result.notes?.length, 1);
    t.regex(result.notes?.[0] ?? '', said);
  });
}

const photos: readonly { name: string; photo: Picture; changes?: Partial<Job> }[] = [
  { name: 'an opaque photo', photo: fakePicture(8, 8) },
  { name: 'a transparent photo', photo: fakePicture(8, 8, { alpha: new Uint8Array(64).fill(9) }) },
  { name: 'a grey photo', photo: fakePicture(8, 8, { grey: true }) },
  { name: 'the mask alone', photo: fakePicture(8, 8), changes: { refine: false } },
  { name: 'two passes', photo: fakePicture(8, 8), changes: { scale: 4 } },
  { name: 'half of four times', photo: fakePicture(8, 8), changes: { upscaler: 'four-times' } },
];

for (const { name, photo, changes } of photos) {
  test(`Every graph that a stage asks for is among its models and helpers: ${name}`, async (t) => {
    let current = photo;
    for (const stage of pipeline) {
      const full = { ...job, ...changes };
      const declared = [...stage.models(full), ...stage.helpers];
      const tools: Tools = {
        model(id) {
          t.true(declared.includes(id), `${stage.name} asks for ${id}`);
          return constantModel(id);
        },
        resize: constantResize,
        tile: { maxSide: 64, fixedShapes: false },
        progress() {},
      };
      const { pictures } = await stage.run(current, full, tools);
      t.false(stage.handsOn !== undefined && pictures[stage.handsOn] === undefined);
      current = (stage.handsOn && pictures[stage.handsOn]) || current;
    }
    const side = 8 * (changes?.scale ?? 2);
    t.deepEqual([current.width, current.height], [side, side]);
  });
}
