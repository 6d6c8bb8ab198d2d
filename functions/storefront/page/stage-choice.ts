// From what is chosen to what the stage shows: the last choice wins, in whatever order the answers come.
import { sleep } from './connection.ts';
import type { Scene, SceneMaker } from './scene.ts';
import type { Busy } from './stage-busy.ts';
import { SLOW_MS } from './stage-busy.ts';
import type { Photo } from './state.ts';
import { isOutlineNew } from './state.ts';
import type { Context } from './view.ts';

export interface Choice {
  /** Of the photo that `follow` was told of last; undefined until there is one. */
  readonly scene: Scene | undefined;
  /** Resolves when it is shown, or another one is wanted. */
  follow(photo: Photo): Promise<void>;
  forget(): void;
}

export interface ChoicePorts extends Pick<Context, 'texts' | 'say'> {
  readonly scenes: SceneMaker;
  readonly busy: Pick<Busy, 'during'>;
  /** What a look is called. */
  titleOf(file: string): string;
  /** There is another scene. */
  shown(scene: Scene): void;
}

export function createChoice({ scenes, busy, texts, say, titleOf, shown }: ChoicePorts): Choice {
  let scene: Scene | undefined;
  let asked = '';
  let running: Promise<void> = Promise.resolve();
  let said = '';

  function take(made: Scene): void {
    scene = made;
    shown(made);
  }

  function wordsFor({ edits, ...photo }: Photo): string {
    const { kind } = edits.backdrop;
    if (!scene) return texts('stage.first');
    if (scene.file !== edits.file) return texts('stage.look', { look: titleOf(edits.file) });
    const isMatched = edits.match && (kind === 'colour' || kind === 'template');
    return texts(isMatched && !isOutlineNew({ edits, ...photo }) ? 'match.now' : 'stage.now');
  }

  async function load(photo: Photo, words: string, isWanted: () => boolean): Promise<void> {
    let isWhole = false;
    const loading = scenes.load(photo);
    // Its failure is met below.
    loading.catch(() => {});
    const slowly = sleep(SLOW_MS, undefined, false).then(() => true);
    const isSlow = await Promise.race([loading.then(() => false), slowly]);
    const isNews = isSlow && scene !== undefined && isWanted();
    if (isNews) {
      if (said !== words) say(words);
      said = words;
      // What needs nothing from the service is seen at once, on what is there already.
      const atHand = { ...photo, edits: { ...photo.edits, file: scene!.file, match: false } };
      scenes.load(atHand).then(
        (compose) => isWanted() && !isWhole && take(compose()),
        () => {},
      );
    }
    const compose = await loading;
    isWhole = true;
    if (!isWanted()) return;
    take(compose());
    if (said !== '') say(texts('stage.done'));
    said = '';
  }

  return {
    get scene() {
      return scene;
    },
    follow(photo) {
      const { id, key, view, edits } = photo;
      const wished = JSON.stringify([id, key!.job, edits, view!.subject, edits.file in view!.files]);
      if (wished === asked) return running;
      asked = wished;
      const words = wordsFor(photo);
      const run = (): Promise<void> => load(photo, words, () => asked === wished);
      const work = { words, run, again: () => void busy.during('choice', work) };
      running = busy.during('choice', work);
      return running;
    },
    forget() {
      scene = undefined;
      asked = '';
      said = '';
    },
  };
}
