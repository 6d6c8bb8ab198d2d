// Elements written as calls; built once and then changed, so that focus stays where it is.

export type Child = Node | string | undefined | false;
type Listener = (event: never) => void;
type Props = Readonly<Record<string, string | number | boolean | undefined | Listener>>;

/** @param props `onclick` and its like are listeners, true is an attribute without a value, false and undefined are none */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else attribute(element, name, value);
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

export function attribute(
  element: Element,
  name: string,
  value: string | number | boolean | undefined,
): void {
  const text = value === true ? '' : value === false || value === undefined ? undefined : String(value);
  if (text === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Only when it is another: a screen reader says again what is written again. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element: HTMLElement, isShown: boolean): void {
  if (element.hidden === isShown) element.hidden = !isShown;
}

const paths = {
  camera:
    'M4 8h3l1.5-2.5h7L17 8h3a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 20 20H4a1.5 1.5 0 0 1-1.5-1.5v-9A1.5 1.5 0 0 1 4 8Zm8 9a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z',
  picture: 'M4.5 4.5h15v15h-15zM4.5 16l4.5-4.5 4 4 2.5-2.5 4 4M15.5 9.2a.8.8 0 1 1-1.6 0 .8.8 0 0 1 1.6 0Z',
  plus: 'M12 5v14M5 12h14',
  subject:
    'M4.6 4.2 9 6.6a9.5 9.5 0 0 1 6 0l4.4-2.4c.5-.3 1.1.1 1.1.7l-.3 8c0 4-3.7 6.9-8.2 6.9s-8.2-2.9-8.2-6.9l-.3-8c0-.6.6-1 1.1-.7Z',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  zoomIn: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.3 15.3 20 20M10.5 7.8v5.4M7.8 10.5h5.4',
  zoomOut: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.3 15.3 20 20M7.8 10.5h5.4',
  brush:
    'M20 4c-5 2-9 6-10.5 9.5l1 1C14 13 18 9 20 4ZM8.5 15c-2 0-2.8 1.4-3 3-.1.9-.7 1.5-1.5 2 3.5.6 6.5-.5 6.5-3.500Z',
  undo: 'M8.5 5 4.5 9l4 4M4.5 9H14a5 5 0 0 1 0 10h-3',
  check: 'M5 12.500l4.5 4.500L19 7.5',
  download: 'M12 4v11m0 0-4.5-4.500M12 15l4.5-4.500M5 19.500h14',
  warning: 'M12 4 2.8 19.500h18.400ZM12 10v4.500m0 2.300v.2',
} as const;
export type IconName = keyof typeof paths;

export function icon(name: IconName): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'icon');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}
