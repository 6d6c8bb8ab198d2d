import test from 'ava';
import { identity } from '../../shared/testing/fake-models.ts';
import { recorder } from './recorder.ts';

test('A run is remembered with its bytes, though the model takes them along', async (t) => {
  const model = identity();
  const recorded = recorder({ model: () => model });
  const image = { dims: [1, 1, 2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  const { image_out } = await recorded.model('identity').run({ image });
  t.deepEqual([...image_out!.data], [1, 2, 3, 4, 5, 6]);
  t.is(image.data.length, 0);
  t.is(recorded.runs.length, 1);
  t.is(recorded.runs[0]!.model, 'identity');
  t.deepEqual([...recorded.runs[0]!.inputs.image!.data], [1, 2, 3, 4, 5, 6]);
});
