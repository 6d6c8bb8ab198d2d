// The script of the Shopify block: opens its studio, and puts what the shopper made into the product's form as line-item
// properties. One for all blocks of a page; the form is written anew before it is sent, since themes draw it anew.

interface Choice {
  readonly file?: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** What the studio's events tell. */
interface Told extends Choice {
  /** The photo's number on the page. */
  readonly id: number;
  readonly job: string;
  readonly files_key?: string;
  readonly files: Readonly<Record<string, string>>;
}

interface Picture {
  readonly result: Told;
  readonly choice: Choice;
}

/** Of each block: what was made of each photo. */
const made = new WeakMap<Element, Map<number, Picture>>();
const FORM = 'form[action*="/cart/add"]';

function picturesOf(block: Element): Map<number, Picture> {
  const found = made.get(block) ?? new Map<number, Picture>();
  made.set(block, found);
  return found;
}

async function open(block: HTMLElement, isAsked: boolean): Promise<void> {
  const template = block.querySelector('template');
  if (!template || block.querySelector('cutline-studio')) return;
  await import(block.dataset.module!);
  block.querySelector('[data-cutline-open]')?.remove();
  template.before(template.content.cloneNode(true));
  if (isAsked) block.focus({ preventScroll: true });
}

/** The forms in its section that put this product into the cart; else the page's first. */
function formsOf(block: HTMLElement): readonly HTMLFormElement[] {
  const selector = block.dataset.form || FORM;
  const near = block.closest('.shopify-section')?.querySelectorAll<HTMLFormElement>(selector) ?? [];
  return near.length > 0 ? [...near] : [...document.querySelectorAll<HTMLFormElement>(selector)].slice(0, 1);
}

function write(block: HTMLElement): void {
  const pictures = [...picturesOf(block).values()];
  const { property } = block.dataset;
  for (const form of formsOf(block)) {
    for (const input of form.querySelectorAll('[data-cutline-property]')) input.remove();
    pictures.forEach(({ result, choice }, index) => {
      const number = index === 0 ? '' : String(index + 1);
      const link = linkOf(result, choice);
      add(form, number ? `_cutline_job_${number}` : '_cutline_job', result.job);
      if (!link) return;
      add(form, number ? `_cutline_link_${number}` : '_cutline_link', link);
      if (property) add(form, number ? `${property} ${number}` : property, link);
    });
  }
}

function add(form: HTMLFormElement, name: string, value: string): void {
  const input = document.createElement('input');
  Object.assign(input, { type: 'hidden', name: `properties[${name}]`, value });
  input.dataset.cutlineProperty = '';
  form.append(input);
}

/** With the key that opens the job's files and nothing else, in place of the shopper's own token. */
function linkOf(
  { files, files_key: key }: Told,
  { file = 'cutout', query = {} }: Choice,
): string | undefined {
  const place = files[file];
  if (!key || !place) return undefined;
  const url = new URL(place);
  url.search = '';
  for (const [name, value] of Object.entries({ ...query, k: key })) url.searchParams.set(name, value);
  return url.href;
}

function onStudio(name: string, change: (pictures: Map<number, Picture>, told: Told) => void): void {
  document.addEventListener(`cutline:${name}`, (event) => {
    const block = event.target instanceof Element && event.target.closest<HTMLElement>('[data-cutline]');
    if (!block) return;
    change(picturesOf(block), (event as CustomEvent<Told>).detail);
    write(block);
    if (picturesOf(block).size > 0) tellMissing(block, false);
  });
}

onStudio('result', (pictures, result) => {
  pictures.set(result.id, { result, choice: pictures.get(result.id)?.choice ?? {} });
});
onStudio('change', (pictures, choice) => {
  const picture = pictures.get(choice.id);
  if (picture) pictures.set(choice.id, { ...picture, choice });
});
onStudio('remove', (pictures, { id }) => pictures.delete(id));

function tellMissing(block: HTMLElement, isMissing: boolean): void {
  const words = block.querySelector<HTMLElement>('[data-cutline-missing]');
  if (words) words.hidden = !isMissing;
}

/** Before any of the theme's own: it reads the form, or is not asked at all. */
function beforeSubmit(event: SubmitEvent): void {
  for (const block of document.querySelectorAll<HTMLElement>('[data-cutline]')) {
    if (!formsOf(block).some((form) => form === event.target)) continue;
    write(block);
    if (block.dataset.required === undefined || picturesOf(block).size > 0) continue;
    event.preventDefault();
    event.stopImmediatePropagation();
    tellMissing(block, true);
    block.scrollIntoView({ block: 'center' });
    block.focus({ preventScroll: true });
    return;
  }
}

function openThose(root: ParentNode): void {
  for (const block of root.querySelectorAll<HTMLElement>('[data-cutline][data-start="page"]'))
    void open(block, false);
}

document.addEventListener('submit', beforeSubmit, true);
document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest('[data-cutline-open]') : null;
  const block = button?.closest<HTMLElement>('[data-cutline]');
  if (block) void open(block, true);
});
// In the theme editor a section is drawn anew with every setting.
document.addEventListener('shopify:section:load', ({ target }) => openThose(target as Element));
openThose(document);

export {};
