import test from 'ava';
import type { ErrorCode } from './error-catalogue.ts';
import { CutlineError } from './errors.ts';
import { createChainRig, ids } from './testing/chain-rig.ts';
import { constantModel, fakePicture } from './testing/constant-models.ts';
import { until } from './testing/until.ts';

const job = ids[0]!;

/** Models whose segment stage throws as often as is wished. */
function failing(code: ErrorCode, times: number) {
  let left = times;
  return (id: string) => {
    const model = constantModel(id);
    if (id !== 'mask') return model;
    return {
      ...model,
      run: async (...args: Parameters<typeof model.run>) => {
        if (left-- > 0) throw new CutlineError(code);
        return await model.run(...args);
      },
    };
  };
}

const withModel = (model: ReturnType<typeof failing>) => createChainRig({}, model);

test('a passing fault is tried again, and five of them do no harm', async (t) => {
  const rig = withModel(failing('INFERENCE_ERROR', 5));
  await rig.pump(rig.delivery(await rig.upload(job, { scale: 1, effects: [] })));
  t.is(rig.completed().length, 1);
  t.is(rig.failed().length, 0);
  t.like(await rig.quiet.readTry(job, 'segment', 5), { code: 'INFERENCE_ERROR' });
  t.is((await rig.quiet.readTry(job, 'segment', 6))?.code, undefined);
});

test('the sixth try fails the job with its code', async (t) => {
  const rig = withModel(failing('INFERENCE_ERROR', 6));
  await rig.pump(rig.delivery(await rig.upload(job, { scale: 1, effects: [] })));
  t.deepEqual(rig.completed(), []);
  t.is(rig.failed().length, 1);
  t.like(rig.failed()[0], {
    job,
    stage: 'segment',
    tries: 6,
    retryable: true,
    error: { code: 'INFERENCE_ERROR' },
  });
});

test('a bad photo is not tried again', async (t) => {
  const rig = createChainRig({ decode: () => Promise.reject(new CutlineError('IMAGE_CORRUPT')) });
  const message = rig.delivery(await rig.upload(job));
  t.is((await rig.push(message)).status, 204);
  t.like(rig.failed()[0], { stage: 'upscale', tries: 1, retryable: false, error: { code: 'IMAGE_CORRUPT' } });
  t.is((await rig.push(message)).status, 204);
  t.is(rig.failed().length, 1, 'the same message again tells nothing new');
});

test('a photo that kills the process six times is given up', async (t) => {
  const rig = createChainRig();
  const message = rig.delivery(await rig.upload(job, { scale: 1, effects: [] }));
  for (let death = 1; death <= 6; death++) {
    let dying = false;
    rig.restart({
      decode() {
        dying = true;
        return new Promise(() => {});
      },
    });
    void rig.push(message);
    await until('the photo to be worked on', () => dying);
  }
  rig.restart();
  t.is((await rig.push(message)).status, 204);
  t.like(rig.failed()[0], { stage: 'segment', tries: 6, error: { code: 'PROCESS_DIED' } });
});

test('completion beats failure: a redrive of a failed job completes it', async (t) => {
  const rig = withModel(failing('INFERENCE_ERROR', 6));
  const message = await rig.upload(job, { scale: 1, effects: ['color'] });
  await rig.pump(rig.delivery(message, 'original'));
  t.is(rig.failed().length, 1);
  t.is((await rig.push(rig.delivery(message, 'original'))).status, 204);
  t.is(rig.runs.segment, 6, 'the original delivered once more is not tried');
  await rig.pump(await rig.redrive(message, job));
  t.is(rig.completed().length, 1);
  t.is(rig.failed().length, 1);
});

test('a stage that was told twice, in messages of their own, fails the job once', async (t) => {
  const rig = withModel(failing('INFERENCE_ERROR', 12));
  const message = await rig.upload(job, { scale: 1, effects: [] });
  await rig.pump(rig.delivery(message, 'first'));
  const before = await rig.names(job);
  t.is((await rig.push(rig.delivery(message, 'second'))).status, 204);
  t.is(rig.runs.segment, 6);
  t.is(rig.failed().length, 1);
  t.deepEqual(await rig.names(job), before);
});

test('a redrive that fails again has six tries of its own and tells of it', async (t) => {
  const rig = withModel(failing('INFERENCE_ERROR', 12));
  const message = await rig.upload(job, { scale: 1, effects: [] });
  await rig.pump(rig.delivery(message, 'original'));
  const redriven = await rig.redrive(message, job);
  await rig.pump(redriven);
  t.is((await rig.push(redriven)).status, 204, 'delivered once more it is done with');
  t.deepEqual(
    rig.failed().map(({ tries }) => tries),
    [6, 12],
  );
});

test('a stage that takes too long is tried again', async (t) => {
  const rig = createChainRig({
    workMs: 10,
    decode: async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return { picture: fakePicture(8, 8) };
    },
  });
  const { status, body } = await rig.push(rig.delivery(await rig.upload(job)));
  t.is(status, 504);
  t.like(body, { error_code: 'PROCESSING_TIMEOUT' });
  t.like(await rig.quiet.readTry(job, 'upscale', 1), { code: 'PROCESSING_TIMEOUT' });
});

test('a failure names the photo as it was uploaded, whatever the stage worked on', async (t) => {
  const rig = withModel(failing('NO_SUBJECT', 1));
  const message = await rig.upload(job, { scale: 2, effects: [] });
  await rig.pump(rig.delivery(message));
  t.like(rig.failed()[0], { stage: 'segment', input: message.input, error: { code: 'NO_SUBJECT' } });
  t.like((await rig.quiet.failed(job))?.record, { input: message.input });
});
