import { h } from './dom';
import { t } from './strings';

/** A bar between two panes that mouse and arrow keys move. `share` is the first pane's, 0.1 to 0.9. */
export function splitter(options: {
  readonly container: HTMLElement;
  readonly share: number;
  readonly onChange: (share: number) => void;
}): HTMLElement {
  const { container } = options;
  let share = options.share;
  const bar = h('div', {
    class: 'splitter',
    role: 'separator',
    tabIndex: 0,
    aria: { label: t('resize'), valuemin: 10, valuemax: 90 },
  });
  const set = (value: number) => {
    share = Math.min(0.9, Math.max(0.1, value));
    container.style.setProperty('--share', `${share * 100}%`);
    bar.setAttribute('aria-valuenow', String(Math.round(share * 100)));
  };
  const isColumn = () => getComputedStyle(container).flexDirection === 'column';
  bar.addEventListener('pointerdown', (event) => {
    bar.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  bar.addEventListener('pointermove', (event) => {
    if (!bar.hasPointerCapture(event.pointerId)) return;
    const box = container.getBoundingClientRect();
    set(isColumn() ? (event.clientY - box.top) / box.height : (event.clientX - box.left) / box.width);
  });
  bar.addEventListener('pointerup', () => options.onChange(share));
  bar.addEventListener('keydown', (event) => {
    const steps: Partial<Record<string, number>> = {
      ArrowLeft: -0.03,
      ArrowUp: -0.03,
      ArrowRight: 0.03,
      ArrowDown: 0.03,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(share + step);
    options.onChange(share);
  });
  set(share);
  return bar;
}
