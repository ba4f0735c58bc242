import * as l10n from '@vscode/l10n';
import { getLocation } from 'jsonc-parser';
import {
  CompletionItemKind,
  CompletionItemTag,
  InsertTextFormat,
  MarkupKind,
  type CompletionItem,
  type Position,
  type Range,
  type TextEdit,
} from 'vscode-languageserver';
import type { FieldDescriptor, PathSegment } from '../dialects';
import type { FileKind } from '../shared/dialect';
import { casingAt, spelled, type Casing } from './casing';
import type { CheckedDocument } from './checkedDocument';
import { describeField, plainWords } from './fieldDocs';
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
import { placeAt } from './jsonSchema';
import { layoutOf, rangeIn, unitAt, type JsonUnit } from './jsonUnit';
import { nextKeyAt } from './nextKey';
import { plainText, snippetItems } from './snippets';
import { suggestedValues } from './suggestedValues';
import { isAlone, kindsOfTyped } from './typedKinds';
import { rankOf } from './usualFields';
import { escapeSnippet, valueSnippet } from './valueSnippets';

export interface CompletionOptions {
  /** Whether the client understands snippets. */
  readonly snippets: boolean;
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
  if (layoutOf(document) === 'lines' && wordOnly.test(unit.text)) {
    if (!takesLines(checked, at.line)) return [];
    const range = rangeIn(unit, 0, unit.text.length);
    return snippetItems(kind, nextKeyAt(checked, at.line), range, options.snippets);
  }
  if (checked.layout !== 'lines' || nestsTooDeeply(unit.text)) return [];
  const location = getLocation(unit.text, offset);
  const token = location.previousNode;
  const isInToken = token !== undefined && token.offset <= offset && offset <= token.offset + token.length;
  const start = isInToken ? token.offset : wordStart(unit.text, offset);
  const behind = unit.text.slice(0, start).trimEnd().length;
  const mayBeName = location.isAtPropertyKey || /[\w"}\]]/.test(unit.text.charAt(behind - 1));
  // A name without a value hides what stands behind it from the parser.
  const root = parseJsonTree(mayBeName ? withoutName(unit.text, start, offset) : unit.text);
  const containers = nodesAt(root, offset).filter(({ type }) => type === 'object' || type === 'array');
  const lacksComma = endsMember(containers.at(-1), behind);
  const endpoint = stringValue(valueOf(root, 'url'));
  const line: Omit<CursorPlace, 'kind'> = {
    unit,
    offset,
    start,
    isInToken,
    path: location.path,
    containers,
    casing: casingAt(document, unit.firstLine, unit.text),
    compact: !unit.text.includes('": '),
    options,
    key: () => nextKeyAt(checked, at.line),
    ...(endpoint !== undefined && { endpoint }),
    ...(lacksComma && { commaAt: behind }),
  };
  const itemsAt = location.isAtPropertyKey || lacksComma ? propertyItems : valueItems;
  const offered = new Map<string, CompletionItem>();
  for (const [index, kind] of kindsOfTyped(checked, at.line, root).entries()) {
    for (const item of itemsAt({ ...line, kind })) {
      if (offered.has(item.label)) continue;
      offered.set(item.label, { ...item, sortText: `${index}${item.sortText ?? ''}` });
    }
  }
  return [...offered.values()];
}

/** Whether a property of an object is complete at a place: what is typed behind it is another, and lacks its comma. */
function endsMember(container: Node | undefined, at: number): boolean {
  return propertiesOf(container).some(
    ({ value }) => value !== undefined && value.offset + value.length === at,
  );
}

/** The text with blanks where a name is being typed that has no value yet. */
function withoutName(text: string, start: number, offset: number): string {
  const end = offset + matchedLength(typedName, text, offset);
  if (/^\s*:/.test(text.slice(end, end + 100))) return text;
  return text.slice(0, start) + ' '.repeat(end - start) + text.slice(end);
}

/** What is left behind the cursor of a name that is being typed. */
const typedName = /^[\w-]*"?/;

/** A line that holds nothing yet, or the beginning of a snippet's name. */
const wordOnly = /^\s*[A-Za-z-]{0,40}\s*$/;

/** A new line takes requests in a file of ours, and in one that is otherwise empty. */
function takesLines(checked: CheckedDocument, line: number): boolean {
  if (checked.kind === 'results' || checked.layout !== 'lines') return false;
  return checked.kind !== 'none' || (checked.settings.kind === undefined && isAlone(checked, line));
}

/** Where the cursor is in a line, and how the line is written. */
interface CursorPlace {
  readonly kind: Exclude<FileKind, 'none'>;
  readonly unit: JsonUnit;
  readonly offset: number;
  /** Where what is being typed begins. */
  readonly start: number;
  /** Whether that is a token which is there, in quotes for instance. */
  readonly isInToken: boolean;
  readonly path: readonly PathSegment[];
  /** Objects and lists around the cursor, the innermost last. */
  readonly containers: readonly Node[];
  readonly casing: Casing;
  readonly endpoint?: string;
  /** Where the comma is missing that should be between this property and the one before. */
  readonly commaAt?: number;
  /** Whether the line has no blanks behind colons. */
  readonly compact: boolean;
  readonly options: CompletionOptions;
  readonly key: () => string;
}

function propertyItems(place: CursorPlace): CompletionItem[] {
  const { unit, offset, start, kind, path, endpoint, casing } = place;
  const message = placeAt(kind, path.slice(0, -1), endpoint)?.message;
  if (message === undefined) return [];
  const end = offset + matchedLength(typedName, unit.text, offset);
  const object = place.containers.findLast(({ type }) => type === 'object');
  const others = propertiesOf(object).filter(({ key }) => key.offset !== start);
  const present = new Set(others.map(({ key }) => stringValue(key)));
  const isThere = (field: FieldDescriptor) => present.has(field.name) || present.has(field.snake);
  const takenGroups = new Set(message.fields.filter(isThere).flatMap(({ oneof }) => oneof ?? []));
  const hasValue = /^\s*:/.test(unit.text.slice(end, end + 100));
  const needsComma = !hasValue && /^\s*"/.test(unit.text.slice(end, end + 100));
  const range = rangeIn(unit, start, end);
  const { commaAt } = place;
  const comma = commaAt === start ? ',' : '';
  const edits = commaAt === undefined || commaAt === start ? [] : [commaEdit(unit, commaAt)];
  return message.fields
    .filter((field) => !isThere(field) && (field.oneof === undefined || !takenGroups.has(field.oneof)))
    .map((field) => {
      const name = spelled(field, casing);
      const value = hasValue ? '' : `: ${newValue(field, place)}`;
      const inserted = compacted(`${comma}"${name}"${value}${needsComma ? ',' : ''}`, place.compact);
      return {
        label: name,
        kind: CompletionItemKind.Property,
        detail: plainWords(field.shape),
        documentation: { kind: MarkupKind.Markdown, value: describeField(field) },
        ...(field.deprecated !== undefined && { tags: [CompletionItemTag.Deprecated] }),
        filterText: `"${name}"`,
        sortText: rankOf(field, message),
        ...insertion(range, inserted, place.options),
        ...(edits.length > 0 && { additionalTextEdits: edits }),
        ...(!hasValue && isChosen(field) && suggestAgain(place.options)),
      };
    });
}

function commaEdit(unit: JsonUnit, at: number): TextEdit {
  return { range: rangeIn(unit, at, at), newText: ',' };
}

/** Whether the value of a field is chosen from a list. */
function isChosen({ name, shape, suggest }: FieldDescriptor): boolean {
  const element = shape.type === 'list' ? shape.of : shape;
  return element.type === 'enum' || element.type === 'bool' || suggest !== undefined || name === 'model';
}

function suggestAgain({ suggestCommand }: CompletionOptions): Pick<CompletionItem, 'command'> {
  return suggestCommand === undefined
    ? {}
    : { command: { title: l10n.t('Suggest'), command: suggestCommand } };
}

/** The value that comes with a new property. */
function newValue(field: FieldDescriptor, { casing, key, kind }: CursorPlace): string {
  const isKey = field.name === 'custom_id' || (field.name === 'key' && kind !== 'results');
  return isKey ? `"\${1:${escapeSnippet(JSON.stringify(key()).slice(1, -1))}}"` : valueSnippet(field, casing);
}

function valueItems(place: CursorPlace): CompletionItem[] {
  const { unit, offset, start, kind, path, endpoint, casing } = place;
  const resolved = placeAt(kind, path, endpoint);
  if (resolved?.field === undefined || resolved.shape === undefined) return [];
  const rest = unit.text.slice(offset, offset + 100);
  // Before a value that is there already, and behind one, nothing can be inserted.
  if (!place.isInToken && start === offset && /^\s*["{[\w-]/.test(rest)) return [];
  if (!/[:,[]\s*$/.test(unit.text.slice(Math.max(0, start - 100), start))) return [];
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
    ? [{ json: JSON.stringify(place.key()), doc: l10n.t('A key that no other line has.') }]
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
