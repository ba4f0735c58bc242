import { outcomes } from '../shared/outcome';
import type { ResultsResult } from '../shared/resultsMessages';
import { attributeText, h } from './dom';
import { formatNumber, t } from './strings';

type MapData = ResultsResult<'map'>;

export interface MapActions {
  readonly load: () => Promise<MapData>;
  readonly select: (row: number) => void;
}

const margin = 16;
/** How near the mouse must come to a point. */
const reach = 12;

/** All embeddings as points in the plane in which they spread most. */
export class MapView {
  readonly element = h('section', { class: 'map-view', aria: { label: t('viewMap') } });
  /** To a screen reader a slider along the points: arrow keys reach it, and each point has its name. */
  private readonly canvas = h('canvas', { tabIndex: 0, role: 'slider', aria: { label: t('mapLabel') } });
  private readonly note = h('p', { class: 'note', role: 'status' });
  private data: MapData | undefined;
  /** What is under way; another one once the files have changed. */
  private loading: Promise<MapData> | undefined;
  private selected: number | undefined;
  /** Rows like the selected one. */
  private near: ReadonlySet<number> = new Set();
  /** Places on the canvas in its own pixels, x and y in turn. */
  private places = new Float32Array(0);

  constructor(private readonly actions: MapActions) {
    this.element.append(this.canvas, this.note);
    this.canvas.addEventListener('click', (event) => this.onClick(event));
    this.canvas.addEventListener('keydown', (event) => this.onKey(event));
    this.canvas.addEventListener('mousemove', (event) => {
      this.canvas.title = attributeText(this.nameOf(this.pointAt(event)));
    });
    new ResizeObserver(() => this.draw()).observe(this.element);
    new MutationObserver(() => this.draw()).observe(document.body, {
      attributes: true,
      attributeFilter: ['class'],
    });
  }

  async load(): Promise<void> {
    if (this.data !== undefined) return;
    this.note.textContent = t('working');
    const loading = (this.loading ??= this.actions.load());
    try {
      const data = await loading;
      if (this.loading === loading) this.show(data);
    } catch (error) {
      if (this.loading === loading) this.note.textContent = '';
      throw error;
    } finally {
      if (this.loading === loading) this.loading = undefined;
    }
  }

  private show(data: MapData): void {
    this.data = data;
    this.tellPoint();
    const parts = [
      data.rows.length === 0
        ? t('mapEmpty')
        : t('mapExplained', formatNumber(data.dimension), Math.round(data.explained * 100)),
      ...(data.total > data.rows.length && data.rows.length > 0
        ? [t('mapSample', formatNumber(data.rows.length), formatNumber(data.total))]
        : []),
    ];
    this.note.textContent = parts.join(' ');
    this.draw();
  }

  forget(): void {
    this.data = undefined;
    this.loading = undefined;
  }

  mark(row: number): void {
    if (row !== this.selected) this.near = new Set();
    this.selected = row;
    this.tellPoint();
    this.draw();
  }

  /** Says to screen readers where on the slider the selected row is. */
  private tellPoint(): void {
    const { data, canvas } = this;
    if (data === undefined) return;
    const at = data.rows.indexOf(this.selected ?? Number.NaN);
    canvas.setAttribute('aria-valuemin', '1');
    canvas.setAttribute('aria-valuemax', String(data.rows.length));
    canvas.setAttribute('aria-valuenow', String(Math.max(1, at + 1)));
    canvas.setAttribute('aria-valuetext', attributeText(this.nameOf(at)));
  }

  /** Key and outcome of a point; empty where there is none. */
  private nameOf(at: number): string {
    const outcome = outcomes[this.data?.outcomes[at] ?? -1];
    if (outcome === undefined) return '';
    const key = this.data?.keys[at] ?? '';
    return `${key === '' ? t('noKey') : key}, ${t(outcome)}`;
  }

  /** Draws rings around the rows that are like the selected one. */
  markNear(rows: readonly number[]): void {
    this.near = new Set(rows);
    this.draw();
  }

  private draw(): void {
    const { data, canvas } = this;
    const context = canvas.getContext('2d');
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (data === undefined || context === null || width === 0) return;
    const scale = window.devicePixelRatio;
    canvas.width = width * scale;
    canvas.height = height * scale;
    context.scale(scale, scale);
    this.place(data, width, height);
    const style = getComputedStyle(document.body);
    const colours = outcomes.map((outcome) => style.getPropertyValue(`--outcome-${outcome}`));
    const size = data.rows.length > 5000 ? 1.5 : data.rows.length > 500 ? 2.5 : 4;
    for (let at = 0; at < data.rows.length; at += 1) {
      const isSelected = data.rows[at] === this.selected;
      context.globalAlpha = isSelected ? 1 : 0.7;
      context.fillStyle = colours[data.outcomes[at] ?? 0] ?? 'currentColor';
      context.beginPath();
      context.arc(this.places[at * 2] ?? 0, this.places[at * 2 + 1] ?? 0, size, 0, 2 * Math.PI);
      context.fill();
      if (isSelected) this.ring(context, at, style, 9);
      else if (this.near.has(data.rows[at] ?? Number.NaN)) this.ring(context, at, style, 5);
    }
  }

  private ring(
    context: CanvasRenderingContext2D,
    at: number,
    style: CSSStyleDeclaration,
    radius: number,
  ): void {
    context.globalAlpha = 1;
    context.strokeStyle = style.getPropertyValue('--vscode-focusBorder');
    context.lineWidth = 2;
    context.beginPath();
    context.arc(this.places[at * 2] ?? 0, this.places[at * 2 + 1] ?? 0, radius, 0, 2 * Math.PI);
    context.stroke();
  }

  private place({ points }: MapData, width: number, height: number): void {
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let at = 0; at < points.length; at += 2) {
      left = Math.min(left, points[at] ?? 0);
      right = Math.max(right, points[at] ?? 0);
      top = Math.min(top, points[at + 1] ?? 0);
      bottom = Math.max(bottom, points[at + 1] ?? 0);
    }
    // One scale for both directions: distances are what the picture is about.
    const scale = Math.min(
      (width - 2 * margin) / (right - left || 1),
      (height - 2 * margin) / (bottom - top || 1),
    );
    this.places = points.map((value, at) =>
      at % 2 === 0
        ? width / 2 + (value - (left + right) / 2) * scale
        : height / 2 - (value - (top + bottom) / 2) * scale,
    );
  }

  private onClick(event: MouseEvent): void {
    this.choose(this.pointAt(event));
  }

  /** The point that the mouse is at, -1 for none. */
  private pointAt(event: MouseEvent): number {
    let best = -1;
    let distance = reach;
    for (let at = 0; at < (this.data?.rows.length ?? 0); at += 1) {
      const away = Math.hypot(
        (this.places[at * 2] ?? 0) - event.offsetX,
        (this.places[at * 2 + 1] ?? 0) - event.offsetY,
      );
      if (away > distance) continue;
      distance = away;
      best = at;
    }
    return best;
  }

  /** Arrow keys go from point to point in the order of the file. */
  private onKey(event: KeyboardEvent): void {
    const { data } = this;
    if (data === undefined) return;
    const at = data.rows.indexOf(this.selected ?? Number.NaN);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.choose(Math.min(Math.max(0, at + step), data.rows.length - 1));
  }

  private choose(at: number): void {
    const row = this.data?.rows[at];
    if (row !== undefined) this.actions.select(row);
  }
}
