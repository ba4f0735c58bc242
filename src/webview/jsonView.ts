import { foreign, h } from './dom';

/** A JSON answer that is worth showing as more than text; undefined for plain text, numbers and the like. */
export function parseAnswer(text: string): object | undefined {
  const trimmed = text.trim();
  const fenced = /^```(?:json)?\s*\n([\s\S]*?)\n?```$/.exec(trimmed);
  const source = fenced?.[1] ?? trimmed;
  if (!/^[[{]/.test(source)) return undefined;
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Longer JSON is shown without colours: elements by the ten thousand help nobody. */
const maxColoured = 60_000;

/** Pretty-printed JSON with its names, texts and numbers in the theme's colours. */
export function jsonBlock(value: unknown): HTMLElement {
  const text = JSON.stringify(value, null, 2);
  const block = h('pre', { class: 'code json', tabIndex: 0, dir: 'ltr' });
  if (text.length > maxColoured) {
    block.append(foreign(text));
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
    block.append(h('span', { class: `json-${kind}` }, foreign(string ?? whole)), colon ?? '');
    from = match.index + whole.length;
  }
  block.append(text.slice(from));
  return block;
}

const maxTableRows = 500;

/** Objects as tables: a list of objects with a column per member, one object with a row per member. */
export function jsonTable(value: object): HTMLElement | undefined {
  if (!Array.isArray(value)) return pairTable(value);
  const rows = (value as unknown[]).slice(0, maxTableRows);
  const objects = rows.filter(
    (row): row is object => typeof row === 'object' && row !== null && !Array.isArray(row),
  );
  if (objects.length === 0 || objects.length < rows.length) return undefined;
  const names = [...new Set(objects.flatMap((row) => Object.keys(row)))].slice(0, 50);
  return h(
    'table',
    { class: 'grid' },
    h('thead', {}, h('tr', {}, ...names.map((name) => h('th', {}, foreign(name))))),
    h('tbody', {}, ...objects.map((row) => h('tr', {}, ...names.map((name) => cell(member(row, name)))))),
  );
}

function pairTable(value: object): HTMLElement {
  const rows = Object.entries(value).slice(0, maxTableRows);
  return h(
    'table',
    { class: 'grid' },
    h('tbody', {}, ...rows.map(([name, each]) => h('tr', {}, h('th', {}, foreign(name)), cell(each)))),
  );
}

function member(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;
}

function cell(value: unknown): HTMLElement {
  if (typeof value === 'object' && value !== null) {
    const inner = JSON.stringify(value).length < 20_000 ? jsonTable(value) : undefined;
    if (inner !== undefined) return h('td', {}, inner);
  }
  if (value === undefined || value === null) return h('td', { class: 'empty' });
  return h('td', { dir: 'auto' }, foreign(typeof value === 'string' ? value : JSON.stringify(value)));
}
