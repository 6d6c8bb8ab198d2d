import test from 'ava';
import { CutlineError } from '../errors.ts';
import { createReadiness } from '../readiness.ts';
import { contractMessage, contractRecord, stageRunnerContract } from '../testing/stage-runner-contract.ts';
import { createLocalStageRunner } from './local-stage-runner.ts';

stageRunnerContract(test, 'in the process', (_, { run, readiness, state }) =>
  createLocalStageRunner({ handler: { run }, readiness, state: async () => state }),
);

test('who leaves is answered at once, though the work has not noticed', async (t) => {
  const { promise: worked, resolve: end } = Promise.withResolvers<typeof contractRecord>();
  const runner = createLocalStageRunner({
    handler: { run: () => worked },
    readiness: createReadiness(() => 0),
    state: () => t.fail() as never,
  });
  const leaving = new AbortController();
  const answer = runner.run(contractMessage, leaving.signal);
  leaving.abort(new CutlineError('CANCELLED'));
  await t.throwsAsync(answer, { code: 'CANCELLED' });
  end(contractRecord);
});
