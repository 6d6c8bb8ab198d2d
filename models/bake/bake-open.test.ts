// What a bake is for: a model of BiRefNet's size opens fast.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cardSchema } from '../../shared/card.ts';
import { commandLimit } from '../../shared/testing/until.ts';
import { bake, makeWeights, scratch, whereOnnx } from './testdata/baking.ts';

const MEGABYTES = 900;
const ROUNDS = 3;
const id = 'birefnet-general';

/** Seconds of processor time that opening costs in a process of its own: a clock would measure the other tests too. */
function opening(graph: string, level: string): number {
  const script = `
    import * as ort from 'onnxruntime-node';
    const before = process.cpuUsage();
    const options = { graphOptimizationLevel: '${level}', intraOpNumThreads: 1, enableCpuMemArena: false, logSeverityLevel: 4 };
    await ort.InferenceSession.create(${JSON.stringify(graph)}, options);
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1e6);`;
  const runs = Array.from({ length: ROUNDS }, () =>
    Number(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: import.meta.dirname,
        encoding: 'utf8',
        ...commandLimit,
      }),
    ),
  );
  return Math.min(...runs);
}

whereOnnx(`A model of ${MEGABYTES} MB opens at least twice as fast baked as raw`, async (t) => {
  t.timeout(600_000);
  const folder = scratch(t);
  const [source, out] = [join(folder, 'source.onnx'), join(folder, 'out')];
  await makeWeights('birefnet', source, '1024', '', `${MEGABYTES}`);
  t.true(statSync(source).size > MEGABYTES * 1e6);
  const { code, stderr } = await bake(out, [id, '--weights', source]);
  t.is(code, 0, stderr);
  const card = cardSchema.parse(JSON.parse(readFileSync(join(out, `${id}.json`), 'utf8')));
  const [raw, baked] = [opening(source, 'all'), opening(join(out, `${id}.onnx`), card.optimization)];
  t.log(`raw ${raw.toFixed(2)} s, baked ${baked.toFixed(2)} s of processor time`);
  t.true(raw >= 2 * baked);
});
