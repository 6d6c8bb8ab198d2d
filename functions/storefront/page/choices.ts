// One of several, as pictures or colours to choose from: radio buttons, with what these can do by keyboard.
import { attribute, h, show, write } from './dom.ts';
import { latePicture } from './late-picture.ts';

export interface Choice {
  readonly value: string;
  readonly title: string;
  /** A picture's address, or a colour as `#rrggbb`. */
  readonly picture?: string | undefined;
  /** Dimmed in its place until it is there. */
  readonly meanwhile?: string | undefined;
  readonly colour?: string;
  /** Said below the title, while it cannot be chosen. */
  readonly waiting?: string | undefined;
}

export interface Choices {
  readonly root: HTMLElement;
  update(choices: readonly Choice[], chosen: string): void;
}

let groups = 0;

export function createChoices(
  label: string,
  kind: 'pictures' | 'colours',
  part: string,
  choose: (value: string) => void,
): Choices {
  const name = `choice-${++groups}`;
  const root = h('div', {
    class: `choices ${kind}`,
    role: 'radiogroup',
    'aria-label': label,
    part: `${part}s`,
  });
  const made = new Map<
    string,
    { readonly label: HTMLElement; update(choice: Choice, isChosen: boolean): void }
  >();

  function make({ value }: Choice) {
    const input = h('input', { type: 'radio', name, value, onchange: () => choose(value) });
    const picture = latePicture();
    const meanwhile = h('img', { alt: '', class: 'meanwhile', draggable: 'false' });
    const face = h('span', { class: 'face' }, meanwhile, picture.root);
    const title = h('span', { class: 'title' });
    const waiting = h('span', { class: 'hidden' });
    const element = h('label', { part, 'data-value': value }, input, face, title, waiting);
    return {
      label: element,
      update(choice: Choice, isChosen: boolean): void {
        input.checked = isChosen;
        input.disabled = choice.waiting !== undefined;
        attribute(meanwhile, 'src', choice.meanwhile);
        show(meanwhile, choice.meanwhile !== undefined);
        picture.update(choice.picture);
        face.style.background = choice.colour ?? '';
        attribute(element, 'data-waiting', choice.waiting !== undefined);
        write(title, choice.title);
        write(waiting, choice.waiting ?? '');
      },
    };
  }

  return {
    root,
    update(choices, chosen) {
      for (const choice of choices) {
        const each = made.get(choice.value) ?? make(choice);
        if (!made.has(choice.value)) root.append(each.label);
        made.set(choice.value, each);
        each.update(choice, choice.value === chosen);
      }
      for (const [value, { label: element }] of made)
        if (!choices.some((choice) => choice.value === value)) {
          element.remove();
          made.delete(value);
        }
    },
  };
}

/** A box to tick. */
export function createTick(title: string, part: string, tick: (on: boolean) => void) {
  const input = h('input', { type: 'checkbox', part, onchange: () => tick(input.checked) });
  const root = h('label', { class: 'tick' }, input, h('span', { class: 'knob' }), h('span', {}, title));
  return {
    root,
    update(on: boolean, isDisabled = false): void {
      input.checked = on;
      input.disabled = isDisabled;
    },
  };
}
