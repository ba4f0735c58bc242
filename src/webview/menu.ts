import { h } from './dom';
import { icon, type IconName } from './icons';

export interface MenuItem {
  readonly label: string;
  /** Set for items that are a choice: whether it is the one. */
  readonly checked?: boolean;
  readonly disabled?: boolean;
  readonly run: () => void;
}
/** Items; an empty list between them is a line. */
export type MenuGroups = readonly (readonly MenuItem[])[];

/** A button that opens a menu: arrow keys move in it, Escape and leaving it close it. */
export function menuButton(
  label: string,
  look: { icon: IconName; text: boolean },
  groups: () => MenuGroups,
): HTMLElement {
  const popup = h('div', { class: 'menu', role: 'menu', aria: { label } });
  popup.hidden = true;
  const trigger = h(
    'button',
    {
      type: 'button',
      class: look.text ? 'button text' : 'button icon-only',
      title: label,
      aria: { haspopup: 'menu', expanded: false, ...(look.text ? {} : { label }) },
      on: { click: () => (popup.hidden ? open() : close(true)) },
    },
    icon(look.icon),
    look.text && h('span', {}, label),
    look.text && icon('chevron', 'small'),
  );
  const holder = h('div', { class: 'menu-holder' }, trigger, popup);
  const items = () => [...popup.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')];

  function open(): void {
    popup.replaceChildren(
      ...groups().flatMap((group, at): HTMLElement[] => [
        ...(at === 0 ? [] : [h('hr')]),
        ...group.map(entry),
      ]),
    );
    popup.hidden = false;
    trigger.setAttribute('aria-expanded', 'true');
    // Kept inside the window where the button stands near its edge.
    popup.classList.toggle(
      'to-left',
      holder.getBoundingClientRect().left + popup.offsetWidth > window.innerWidth,
    );
    items()[0]?.focus();
  }

  function close(giveFocusBack: boolean): void {
    popup.hidden = true;
    trigger.setAttribute('aria-expanded', 'false');
    if (giveFocusBack) trigger.focus();
  }

  function entry(item: MenuItem): HTMLElement {
    const element = h(
      'button',
      {
        type: 'button',
        class: 'menu-item',
        role: item.checked === undefined ? 'menuitem' : 'menuitemradio',
        tabIndex: -1,
        aria: { checked: item.checked },
        on: {
          click: () => {
            close(true);
            item.run();
          },
        },
      },
      h('span', { class: 'mark' }, item.checked === true && icon('check')),
      h('span', {}, item.label),
    );
    element.disabled = item.disabled ?? false;
    return element;
  }

  popup.addEventListener('keydown', (event) => {
    const list = items();
    const at = list.indexOf(document.activeElement as HTMLButtonElement);
    const to: Partial<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: list.length - 1,
    };
    if (event.key === 'Escape') close(true);
    else if (to[event.key] !== undefined) list.at((to[event.key] ?? 0) % Math.max(1, list.length))?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  holder.addEventListener('focusout', (event) => {
    if (!holder.contains(event.relatedTarget as Node | null)) close(false);
  });
  return holder;
}
