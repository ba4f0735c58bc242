import { getLocation } from 'jsonc-parser';
import {
  CompletionItemKind,
  CompletionItemTag,
  InsertTextFormat,
  MarkupKind,
  type CompletionItem,
  type Position,
  type Range,
} from 'vscode-languageserver';
import { resolvePath, type FieldDescriptor, type PathSegment } from '../dialects';
import type { FileKind } from '../shared/dialect';
import { casingOf, spelled, type Casing } from './casing';
import type { CheckedDocument } from './checkedDocument';
import { describeField, typeWords } from './fieldDocs';
import {
  elementsOf,
  nestsTooDeeply,
  nodesAt,
  parseJsonTree,
  propertiesOf,
  stringValue,
  valueOf,
} from './jsonTree';
import type { Node } from './jsonTree';
import { layoutOf, rangeIn, unitAt, type JsonUnit } from './jsonUnit';
import { nextKeyAt } from './nextKey';
import { plainText, snippetItems } from './snippets';
import { suggestedValues } from './suggestedValues';
import { escapeSnippet, valueSnippet } from './valueSnippets';

export interface CompletionOptions {
  /** Whether the client understands snippets. */
  readonly snippets: boolean;
  /** Whether to offer whole lines; not where the client has them from elsewhere. */
  readonly lines: boolean;
  /** The client's command that opens its list of suggestions, for values that are chosen from one. */
  readonly suggestCommand?: string | undefined;
}

/** What may be written at a position, in a line that is being typed and therefore broken as often as not. */
export function completionItems(
  checked: CheckedDocument,
  position: Position,
  options: CompletionOptions,
): CompletionItem[] {
  const { document, kind } = checked;
  const at = document.clamp(position);
  const unit = unitAt(document, at.line);
  const offset = unit.offsetAt(at) ?? 0;
  if (unit.text.trim() === '' && layoutOf(document) === 'lines') {
    if (!options.lines || !takesLines(checked)) return [];
    const range = rangeIn(unit, 0, unit.text.length);
    return snippetItems(kind, nextKeyAt(checked, at.line), range, options.snippets);
  }
  if (kind === 'none' || checked.layout !== 'lines' || nestsTooDeeply(unit.text)) return [];
  const location = getLocation(unit.text, offset);
  const root = parseJsonTree(unit.text);
  const endpoint = stringValue(valueOf(root, 'url'));
  const place: CursorPlace = {
    kind,
    unit,
    offset,
    path: location.path,
    containers: nodesAt(root, offset).filter(({ type }) => type === 'object' || type === 'array'),
    casing: casingOf(unit.text),
    compact: !unit.text.includes('": '),
    options,
    key: () => nextKeyAt(checked, at.line),
    ...(endpoint !== undefined && { endpoint }),
  };
  const token = location.previousNode;
  const start =
    token !== undefined && token.offset <= offset && offset <= token.offset + token.length
      ? token.offset
      : undefined;
  return location.isAtPropertyKey ? propertyItems(place, start) : valueItems(place, start);
}

/** An empty line takes requests in a file of ours, and in one that is altogether empty. */
function takesLines({ kind, layout, document }: CheckedDocument): boolean {
  if (kind === 'results' || layout !== 'lines') return false;
  return kind !== 'none' || (document.lineCount < 100 && document.getText().trim() === '');
}

/** Where the cursor is in a line, and how the line is written. */
interface CursorPlace {
  readonly kind: Exclude<FileKind, 'none'>;
  readonly unit: JsonUnit;
  readonly offset: number;
  readonly path: readonly PathSegment[];
  /** Objects and lists around the cursor, the innermost last. */
  readonly containers: readonly Node[];
  readonly casing: Casing;
  readonly endpoint?: string;
  /** Whether the line has no blanks behind colons. */
  readonly compact: boolean;
  readonly options: CompletionOptions;
  readonly key: () => string;
}

function propertyItems(place: CursorPlace, tokenStart: number | undefined): CompletionItem[] {
  const { unit, offset, kind, path, endpoint, casing } = place;
  const message = resolvePath(kind, path.slice(0, -1), endpoint)?.message;
  if (message === undefined) return [];
  const start = tokenStart ?? wordStart(unit.text, offset);
  const end = offset + matchedLength(/^[\w-]*"?/, unit.text, offset);
  const object = place.containers.findLast(({ type }) => type === 'object');
  const others = propertiesOf(object).filter(({ key }) => key.offset !== start);
  const present = new Set(others.map(({ key }) => stringValue(key)));
  const isThere = (field: FieldDescriptor) => present.has(field.name) || present.has(field.snake);
  const takenGroups = new Set(message.fields.filter(isThere).flatMap(({ oneof }) => oneof ?? []));
  const hasValue = /^\s*:/.test(unit.text.slice(end, end + 100));
  const needsComma = !hasValue && /^\s*"/.test(unit.text.slice(end, end + 100));
  const range = rangeIn(unit, start, end);
  return message.fields
    .filter((field) => !isThere(field) && (field.oneof === undefined || !takenGroups.has(field.oneof)))
    .map((field) => {
      const name = spelled(field, casing);
      const value = hasValue ? '' : `: ${newValue(field, place)}`;
      const inserted = compacted(`"${name}"${value}${needsComma ? ',' : ''}`, place.compact);
      return {
        label: name,
        kind: CompletionItemKind.Property,
        detail: typeWords(field.shape),
        documentation: { kind: MarkupKind.Markdown, value: describeField(field) },
        ...(field.deprecated !== undefined && { tags: [CompletionItemTag.Deprecated] }),
        filterText: `"${name}"`,
        sortText: `${field.required === true ? 'a' : field.deprecated === undefined ? 'b' : 'c'}${name}`,
        ...insertion(range, inserted, place.options),
        ...(!hasValue && isChosen(field) && suggestAgain(place.options)),
      };
    });
}

/** Whether the value of a field is chosen from a list. */
function isChosen({ name, shape, suggest }: FieldDescriptor): boolean {
  const element = shape.type === 'list' ? shape.of : shape;
  return element.type === 'enum' || element.type === 'bool' || suggest !== undefined || name === 'model';
}

function suggestAgain({ suggestCommand }: CompletionOptions): Pick<CompletionItem, 'command'> {
  return suggestCommand === undefined ? {} : { command: { title: 'Suggest', command: suggestCommand } };
}

/** The value that comes with a new property. */
function newValue(field: FieldDescriptor, { casing, key, kind }: CursorPlace): string {
  const isKey = field.name === 'custom_id' || (field.name === 'key' && kind !== 'results');
  return isKey ? `"\${1:${escapeSnippet(JSON.stringify(key()).slice(1, -1))}}"` : valueSnippet(field, casing);
}

function valueItems(place: CursorPlace, tokenStart: number | undefined): CompletionItem[] {
  const { unit, offset, kind, path, endpoint, casing } = place;
  const resolved = resolvePath(kind, path, endpoint);
  if (resolved?.field === undefined || resolved.shape === undefined) return [];
  const rest = unit.text.slice(offset, offset + 100);
  const start = tokenStart ?? wordStart(unit.text, offset);
  // Before a value that is there already, nothing can be inserted.
  if (tokenStart === undefined && start === offset && /^\s*["{[\w-]/.test(rest)) return [];
  const inString = unit.text[start] === '"';
  const end = offset + matchedLength(inString ? /^[^"\s,{}[\]]*"?/ : /^[\w.-]*/, unit.text, offset);
  const range = rangeIn(unit, start, end);
  const container = place.containers.at(-1);
  const used = new Set(
    elementsOf(container)
      .filter((node) => node.offset !== start)
      .map(({ value }) => JSON.stringify(value)),
  );
  const owner = place.containers.findLast(({ type }) => type === 'object');

  const isKey = path.length === 1 && (path[0] === 'key' || path[0] === 'custom_id') && kind !== 'results';
  const values = isKey
    ? [{ json: JSON.stringify(place.key()), doc: 'A key that no other line has.' }]
    : suggestedValues(resolved, owner);
  const items = values
    .filter(({ json }) => !used.has(json))
    .map(({ json, doc }, index): CompletionItem => ({
      label: json.startsWith('"') ? (JSON.parse(json) as string) : json,
      kind: resolved.shape?.type === 'enum' ? CompletionItemKind.EnumMember : CompletionItemKind.Value,
      ...(doc !== undefined && { documentation: { kind: MarkupKind.Markdown, value: doc } }),
      filterText: json,
      sortText: String(index).padStart(4, '0'),
      ...insertion(range, escapeSnippet(json), place.options),
    }));
  const bracket = { list: '[', message: '{', map: '{', struct: '{' }[resolved.shape.type as string];
  if (bracket === undefined || inString) return items;
  // For a whole list or object: its brackets with what has to be in them.
  const field = Number.isInteger(path.at(-1)) ? { ...resolved.field, shape: resolved.shape } : resolved.field;
  const skeleton = compacted(valueSnippet(field, casing), place.compact);
  const label = plainText(skeleton);
  return [
    ...items,
    {
      label,
      kind: CompletionItemKind.Struct,
      documentation: { kind: MarkupKind.Markdown, value: describeField(resolved.field) },
      filterText: label,
      ...insertion(range, skeleton, place.options),
    },
  ];
}

function insertion(range: Range, snippet: string, { snippets: asSnippet }: CompletionOptions) {
  return {
    insertTextFormat: asSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range, newText: asSnippet ? snippet : plainText(snippet) },
  };
}

/** Our own skeletons have blanks behind colons and commas; a line that has none gets none. */
function compacted(snippet: string, compact: boolean): string {
  return compact ? snippet.replaceAll('": ', '":').replaceAll(', "', ',"') : snippet;
}

function wordStart(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && /[\w-]/.test(text.charAt(start - 1))) start -= 1;
  return start;
}

function matchedLength(pattern: RegExp, text: string, offset: number): number {
  return pattern.exec(text.slice(offset, offset + 1000))?.[0].length ?? 0;
}
