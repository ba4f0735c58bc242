import { splitControls } from './controls';
import { t } from './strings';

type Child = Node | string | undefined | false;

export interface Attributes {
  readonly class?: string;
  readonly title?: string;
  readonly role?: string;
  readonly type?: string;
  readonly id?: string;
  readonly tabIndex?: number;
  readonly dir?: 'auto' | 'ltr';
  readonly aria?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly on?: { readonly [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void };
}

/**
 * Makes an element. Strings become text nodes, never HTML, and attributes are the few above: nothing that a file says can
 * become a handler, a style or a reference.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  const {
    class: className,
    title,
    role,
    type,
    id,
    tabIndex,
    dir,
    aria = {},
    data = {},
    on = {},
  } = attributes;
  if (className !== undefined) element.className = className;
  if (title !== undefined) element.title = title;
  if (role !== undefined) element.setAttribute('role', role);
  if (type !== undefined) element.setAttribute('type', type);
  if (id !== undefined) element.id = id;
  if (tabIndex !== undefined) element.tabIndex = tabIndex;
  if (dir !== undefined) element.dir = dir;
  for (const [name, value] of Object.entries(aria)) {
    if (value !== undefined) element.setAttribute(`aria-${name}`, String(value));
  }
  for (const [name, value] of Object.entries(data)) element.dataset[name] = value;
  for (const [name, listener] of Object.entries(on)) {
    element.addEventListener(name, listener as (event: Event) => void);
  }
  append(element, ...children);
  return element;
}

export function append(parent: Node, ...children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined || child === false) continue;
    parent.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
  }
}

/**
 * Text that others wrote. Characters that would turn the direction of what follows, or that nobody can see, are shown by their
 * number; the rest is text, whatever it looks like.
 */
export function foreign(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const piece of splitControls(text)) {
    if (typeof piece === 'string') append(fragment, piece);
    else append(fragment, h('span', { class: 'control', title: t('hiddenCharacter') }, piece.label));
  }
  return fragment;
}

/** A push button; `label` is read out, and shown as a tool tip where there is only an icon. */
export function button(
  label: string,
  onClick: () => void,
  look: { readonly icon?: SVGElement; readonly text?: boolean; readonly class?: string } = {},
): HTMLButtonElement {
  const { icon, text = icon === undefined } = look;
  return h(
    'button',
    {
      type: 'button',
      class: ['button', text ? 'text' : 'icon-only', look.class]
        .filter((name) => name !== undefined)
        .join(' '),
      title: label,
      ...(text ? {} : { aria: { label } }),
      on: { click: onClick },
    },
    icon,
    text && h('span', {}, label),
  );
}
