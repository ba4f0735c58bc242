import { asArray, asObject, objectsOf, type JsonObject } from '../util/json';
import { foreign, h } from './dom';
import { formatNumber, t } from './strings';

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Longer JSON is shown without colours: elements by the ten thousand help nobody. */
const maxColoured = 60_000;

/** Pretty-printed JSON with its names, texts and numbers in the theme's colours. */
export function jsonBlock(value: unknown): HTMLElement {
  const text = JSON.stringify(value, null, 2);
  const block = h('pre', { class: 'code json', tabIndex: 0, dir: 'ltr' });
  if (text.length > maxColoured) {
    block.append(foreign(text, Infinity));
    return block;
  }
  let from = 0;
  for (const match of text.matchAll(token)) {
    block.append(text.slice(from, match.index));
    const [whole, string, colon, word] = match;
    const kind =
      string === undefined
        ? word === undefined
          ? 'number'
          : 'word'
        : colon === undefined
          ? 'string'
          : 'name';
    block.append(h('span', { class: `json-${kind}` }, foreign(string ?? whole, Infinity)), colon ?? '');
    from = match.index + whole.length;
  }
  block.append(text.slice(from));
  return block;
}

const maxTableRows = 500;
const maxTableColumns = 50;
/** Tables in cells of tables; what is further inside is shown as text. */
const maxNested = 3;

/** Objects as tables: a list of objects with a column per member, one object with a row per member. */
export function jsonTable(value: object, level = 0): HTMLElement | undefined {
  if (!Array.isArray(value)) return pairTable(value, level);
  const rows = (value as unknown[]).slice(0, maxTableRows);
  const objects = objectsOf(rows);
  if (objects.length === 0 || objects.length < rows.length) return undefined;
  const all = [...new Set(objects.flatMap((row) => Object.keys(row)))];
  const names = all.slice(0, maxTableColumns);
  return h(
    'table',
    { class: 'grid' },
    cutCaption(rows.length, value.length, names.length, all.length),
    h('thead', {}, h('tr', {}, ...names.map((name) => heading(name, 'col')))),
    h(
      'tbody',
      {},
      ...objects.map((row) => h('tr', {}, ...names.map((name) => cell(member(row, name), level)))),
    ),
  );
}

function pairTable(value: object, level: number): HTMLElement {
  const entries = Object.entries(value);
  const rows = entries.slice(0, maxTableRows);
  return h(
    'table',
    { class: 'grid' },
    cutCaption(rows.length, entries.length, 1, 1),
    h('tbody', {}, ...rows.map(([name, each]) => h('tr', {}, heading(name, 'row'), cell(each, level)))),
  );
}

/** Says so when a table does not show everything. */
function cutCaption(
  rows: number,
  ofRows: number,
  columns: number,
  ofColumns: number,
): HTMLElement | undefined {
  if (rows === ofRows && columns === ofColumns) return undefined;
  const numbers = [rows, ofRows, columns, ofColumns].map(formatNumber);
  return h('caption', { class: 'note' }, t('cutTable', ...numbers));
}

function heading(name: string, scope: 'col' | 'row'): HTMLElement {
  const element = h('th', {}, foreign(name));
  element.scope = scope;
  return element;
}

function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function cell(value: unknown, level: number): HTMLElement {
  const container = asArray(value) ?? asObject(value);
  if (container !== undefined && level < maxNested) {
    const inner = JSON.stringify(value).length < 20_000 ? jsonTable(container, level + 1) : undefined;
    if (inner !== undefined) return h('td', {}, inner);
  }
  if (value === undefined || value === null) return h('td', { class: 'empty' });
  return h('td', { dir: 'auto' }, foreign(typeof value === 'string' ? value : JSON.stringify(value)));
}
