// What happens, said in words for those who do not see it; once, and not every percent of it.
import type { Photo, State } from './state.ts';
import type { Texts } from './texts.ts';

/** @returns what is new since the last time; called with every state */
export function createReporter(texts: Texts): (state: State) => readonly string[] {
  let known = new Map<number, string>();
  return ({ photos }) => {
    const said = photos.map((photo) => [photo.id, sentenceOf(photo, texts)] as const);
    const fresh = said.filter(([id, sentence]) => sentence !== '' && known.get(id) !== sentence);
    known = new Map(said);
    return fresh.map(([, sentence]) => sentence);
  };
}

function sentenceOf({ name, phase, view, problem }: Photo, texts: Texts): string {
  if (problem && (phase === 'failed' || phase === 'refused'))
    return texts('live.problem', { name, problem: texts.problem(problem) });
  if (phase === 'uploading') return texts('live.uploading', { name });
  if (phase === 'working' && view?.stage)
    return texts('live.step', { name, step: texts(`step.${view.stage}`) });
  return phase === 'done' ? texts('live.done', { name }) : '';
}
