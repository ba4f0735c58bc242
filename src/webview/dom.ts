import { splitControls, withVisibleControls } from '../shared/controls';
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
  if (title !== undefined) element.title = attributeText(title);
  if (role !== undefined) element.setAttribute('role', role);
  if (type !== undefined) element.setAttribute('type', type);
  if (id !== undefined) element.id = id;
  if (tabIndex !== undefined) element.tabIndex = tabIndex;
  if (dir !== undefined) element.dir = dir;
  for (const [name, value] of Object.entries(aria)) {
    if (value !== undefined) element.setAttribute(`aria-${name}`, attributeText(String(value)));
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
    if (child === undefined || child === false || child === '') continue;
    parent.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
  }
}

/** What a tool tip or a screen reader can make use of. */
const maxAttribute = 1000;

/** Text for an attribute, which may come from a file: no hidden characters in it, and not without end. */
export function attributeText(text: string): string {
  return withVisibleControls(clip(text, maxAttribute));
}

/** Names, messages and the like; longer ones help nobody where they stand. */
const maxForeign = 4000;
/** Hidden characters that become elements. What comes behind is text in brackets: elements by the ten thousand hold the window up. */
const maxMarks = 500;

/**
 * Text that others wrote. Characters that would turn the direction of what follows, or that nobody can see, are shown by their
 * number; the rest is text, whatever it looks like.
 * @param limit characters that are shown; the default is for what stands in a line
 */
export function foreign(text: string, limit = maxForeign): DocumentFragment {
  const fragment = document.createDocumentFragment();
  let marks = 0;
  let rest = '';
  for (const piece of splitControls(clip(text, limit))) {
    if (typeof piece === 'string') rest += piece;
    else if (marks >= maxMarks) rest += `[${piece.label}]`;
    else {
      marks += 1;
      append(fragment, rest, h('span', { class: 'control', title: t('hiddenCharacter') }, piece.label));
      rest = '';
    }
  }
  append(fragment, rest);
  return fragment;
}

/** At most `limit` characters, with an ellipsis for what was left out. */
export function clip(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
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
    text && h('span', { dir: 'auto' }, foreign(label)),
  );
}
