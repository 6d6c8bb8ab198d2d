// Opens the block's studio, and puts what the shopper made into the product's form as line-item properties. One for all
// blocks of a page; the form is written anew before it is sent, since themes draw it anew.
(() => {
  /** Of each block: what was made of each photo. */
  const made = new WeakMap();

  const picturesOf = (block) => made.get(block) ?? made.set(block, new Map()).get(block);
  const blocks = () => [...document.querySelectorAll('[data-cutline]')];
  const keyOf = ({ id, photo }) => id ?? photo;

  async function open(block, isAsked) {
    const template = block.querySelector('template');
    if (!template || block.querySelector('cutline-studio')) return;
    await import(block.dataset.module);
    block.querySelector('[data-cutline-open]')?.remove();
    template.before(template.content.cloneNode(true));
    if (isAsked) block.focus({ preventScroll: true });
  }

  /** The forms in its section that put this product into the cart; else the page's first. */
  function formsOf(block) {
    const selector = block.dataset.form || 'form[action*="/cart/add"]';
    const near = block.closest('.shopify-section')?.querySelectorAll(selector) ?? [];
    return near.length > 0 ? [...near] : [...document.querySelectorAll(selector)].slice(0, 1);
  }

  function write(block) {
    const pictures = [...picturesOf(block).values()];
    for (const form of formsOf(block)) {
      for (const input of form.querySelectorAll('[data-cutline-property]')) input.remove();
      pictures.forEach(({ job, link }, index) => {
        const number = index === 0 ? '' : index + 1;
        add(form, `_cutline_job${number && `_${number}`}`, job);
        if (!link) return;
        add(form, `_cutline_link${number && `_${number}`}`, link);
        if (block.dataset.property) add(form, `${block.dataset.property}${number && ` ${number}`}`, link);
      });
    }
  }

  function add(form, name, value) {
    const input = document.createElement('input');
    Object.assign(input, { type: 'hidden', name: `properties[${name}]`, value });
    input.dataset.cutlineProperty = '';
    form.append(input);
  }

  /** With the key that opens the job's files and nothing else, in place of the shopper's own token. */
  function linkOf({ files, files_key: key }, { file = 'cutout', query = {} } = {}) {
    if (!key || !files?.[file]) return undefined;
    const url = new URL(files[file]);
    url.search = '';
    for (const [name, value] of Object.entries({ ...query, k: key })) url.searchParams.set(name, value);
    return url.href;
  }

  function onStudio(name, change) {
    document.addEventListener(`cutline:${name}`, ({ target, detail }) => {
      const block = target instanceof Element ? target.closest('[data-cutline]') : null;
      if (!block) return;
      change(picturesOf(block), detail);
      write(block);
      if (picturesOf(block).size > 0) tellMissing(block, false);
    });
  }

  onStudio('result', (pictures, result) => {
    const choice = pictures.get(keyOf(result))?.choice;
    pictures.set(keyOf(result), { job: result.job, link: linkOf(result, choice), result, choice });
  });
  onStudio('change', (pictures, choice) => {
    const picture = pictures.get(keyOf(choice));
    if (picture) Object.assign(picture, { choice, link: linkOf(picture.result, choice) });
  });
  onStudio('remove', (pictures, removed) => pictures.delete(keyOf(removed)));

  function tellMissing(block, isMissing) {
    const text = block.querySelector('[data-cutline-missing]');
    if (text) text.hidden = !isMissing;
  }

  // Before any of the theme's own: it reads the form, or is not asked at all.
  document.addEventListener(
    'submit',
    (event) => {
      for (const block of blocks()) {
        if (!formsOf(block).includes(event.target)) continue;
        write(block);
        if (!('required' in block.dataset) || picturesOf(block).size > 0) continue;
        event.preventDefault();
        event.stopImmediatePropagation();
        tellMissing(block, true);
        block.scrollIntoView({ block: 'center' });
        block.focus({ preventScroll: true });
        return;
      }
    },
    true,
  );
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-cutline-open]') : null;
    if (button) void open(button.closest('[data-cutline]'), true);
  });

  function openThose(root) {
    for (const block of root.querySelectorAll('[data-cutline][data-start="page"]')) void open(block, false);
  }
  openThose(document);
  // In the theme editor a section is drawn anew with every setting.
  document.addEventListener('shopify:section:load', ({ target }) => openThose(target));
})();
