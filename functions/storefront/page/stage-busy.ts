// Says on the stage what is on its way, once that takes long, and what did not come.
import { problemOf } from './api-error.ts';
import { attribute, h, show, write } from './dom.ts';
import type { Context } from './view.ts';

/** What the stage waits for: of each the last one counts. */
export type Awaited = 'choice' | 'zoom' | 'brush' | 'apply';

export interface Work {
  /** Said while it takes long; nothing is where it is empty. */
  readonly words: string;
  run(): Promise<void>;
  /** Offered when it did not come. */
  again(): void;
}

export interface Busy {
  readonly sign: HTMLElement;
  readonly problem: HTMLElement;
  during(kind: Awaited, work: Work): Promise<void>;
  /** What was on its way matters no more. @param kind all where there is none */
  forget(kind?: Awaited): void;
}

/** Before that, nobody notices that something is still on its way. */
export const SLOW_MS = 150;

/**
 * @param stage marked while it waits, and as long as it does not show what was chosen
 * @param picture on it
 */
export function createBusy(
  stage: HTMLElement,
  picture: HTMLElement,
  { texts }: Pick<Context, 'texts'>,
): Busy {
  const last = new Map<Awaited, Work>();
  const slow = new Map<Awaited, string>();
  let trouble: { readonly kind: Awaited; readonly work: Work; readonly text: string } | undefined;
  const words = h('span');
  const sign = h(
    'div',
    { class: 'busy', part: 'busy', hidden: true },
    h('span', { class: 'spinner' }),
    words,
  );
  const text = h('p', { class: 'small problem-text' });
  const onAgain = (): void => {
    trouble?.work.again();
    // The button is gone.
    picture.focus({ preventScroll: true });
  };
  const again = h('button', { type: 'button', part: 'stage-again', onclick: onAgain }, texts('again'));
  const problem = h(
    'div',
    { class: 'bar below', part: 'stage-problem', role: 'alert', hidden: true },
    text,
    again,
  );

  function tell(): void {
    const said = [...slow.values()].findLast((each) => each !== '');
    show(sign, said !== undefined);
    if (said !== undefined) write(words, said);
    attribute(stage, 'aria-busy', slow.size > 0 && 'true');
    attribute(stage, 'data-stale', slow.has('choice') || trouble?.kind === 'choice');
    show(problem, trouble !== undefined);
    write(text, trouble?.text ?? '');
  }

  return {
    sign,
    problem,
    async during(kind, work) {
      const isLast = () => last.get(kind) === work;
      last.set(kind, work);
      // What follows something slow, or something that did not come, has been waited for already.
      if (slow.has(kind) || trouble?.kind === kind) slow.set(kind, work.words);
      if (trouble?.kind === kind) trouble = undefined;
      tell();
      const timer = setTimeout(() => {
        if (!isLast()) return;
        slow.set(kind, work.words);
        tell();
      }, SLOW_MS);
      try {
        await work.run();
      } catch (thrown) {
        if (isLast()) trouble = { kind, work, text: texts.problem(problemOf(thrown)) };
      } finally {
        clearTimeout(timer);
        if (isLast()) {
          slow.delete(kind);
          tell();
        }
      }
    },
    forget(kind) {
      for (const each of kind ? [kind] : [...last.keys()]) {
        last.delete(each);
        slow.delete(each);
        if (trouble?.kind === each) trouble = undefined;
      }
      tell();
    },
  };
}
