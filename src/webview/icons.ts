import type { Outcome } from '../shared/outcome';

/** Shapes on a 16 × 16 grid, drawn with lines of the text's colour. Drawn for this editor. */
const shapes = {
  ok: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M5 8.2l2.2 2.2L11 6.2',
  failed: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6',
  truncated: 'M2 4.5h12M2 8h8M2 11.5h3M12.5 8v5.5M10.3 11.3l2.2 2.2l2.2-2.2',
  blocked: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M3.5 3.5l9 9',
  missing: 'M3 2.5h10v11h-10zM6.3 6.3a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.9.6-.9 1.3M8 11.2v.2',
  unexpected: 'M8 2l6.5 11.5h-13zM8 6.5v3.2M8 11.6v.2',
  search: 'M6.8 2.3a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.2 10.2l3.8 3.8',
  case: 'M1.5 12l3-8h.6l3 8M2.6 9.4h4.4M14 8v4M14 10a2 2 0 1 1-4 0a2 2 0 1 1 4 0',
  regex: 'M4 11.5v.6M10 3v6M7.4 4.5l5.2 3M12.6 4.5l-5.2 3',
  close: 'M4 4l8 8M12 4l-8 8',
  export: 'M8 2v8M5 7.2l3 3l3-3M2.5 11v3h11v-3',
  more: 'M3.2 8v.1M8 8v.1M12.8 8v.1',
  retry: 'M13 8a5 5 0 1 1-1.6-3.7M13.2 2v3h-3',
  goTo: 'M2.5 8h10M9 4.5l3.5 3.5l-3.5 3.5',
  json: 'M6 2.5c-2 0-2 1-2 2.5s0 3-1.8 3c1.8 0 1.8 1.5 1.8 3s0 2.5 2 2.5M10 2.5c2 0 2 1 2 2.5s0 3 1.8 3c-1.8 0-1.8 1.5-1.8 3s0 2.5-2 2.5',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  save: 'M2.5 2.5h9l2 2v9h-11zM5 2.5v3.5h5v-3.5M5 13.5v-4.5h6v4.5',
  up: 'M8 13v-9.5M4.2 7.2l3.8-3.8l3.8 3.8',
  down: 'M8 3v9.5M4.2 8.8l3.8 3.8l3.8-3.8',
  image: 'M2 3h12v10h-12zM2 11l3.5-3.5l3 3l2-2l3.5 3.5M10.5 6v.1',
  sound: 'M2.5 6h2.5l3.5-3v10l-3.5-3h-2.5zM11 5.5c1.3 1.5 1.3 3.5 0 5',
  call: 'M5.5 3l-3 5l3 5M10.5 3l3 5l-3 5',
  compare: 'M2.5 2.5h4.5v11h-4.5zM9 2.5h4.5v11h-4.5z',
  chevron: 'M4.5 6.2l3.5 3.5l3.5-3.5',
  check: 'M3 8.5l3.2 3.2l6.8-7.2',
  zoom: 'M6.8 2.3a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.2 10.2l3.8 3.8M4.8 6.8h4M6.8 4.8v4',
  point: 'M8 6a2 2 0 1 0 0 4a2 2 0 1 0 0-4M2.5 3v.1M13 4v.1M3.5 12.5v.1M12 13v.1',
} as const;
export type IconName = keyof typeof shapes;

const svg = 'http://www.w3.org/2000/svg';

/** An icon; hidden from screen readers, because what it says stands beside it or in a label. */
export function icon(name: IconName, className = ''): SVGSVGElement {
  const element = document.createElementNS(svg, 'svg');
  element.setAttribute('viewBox', '0 0 16 16');
  element.setAttribute('class', `icon ${className}`.trim());
  element.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svg, 'path');
  path.setAttribute('d', shapes[name]);
  element.appendChild(path);
  return element;
}

/** Outcomes differ in shape and not only in colour. */
export function outcomeIcon(outcome: Outcome): SVGSVGElement {
  return icon(outcome, `outcome-${outcome}`);
}
