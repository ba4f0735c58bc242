import { MarkupKind, type Hover, type Position } from 'vscode-languageserver';
import * as l10n from '@vscode/l10n';
import { estimateText, type FieldDescriptor, type Shape } from '../dialects';
import type { FileKind } from '../shared/dialect';
import { mediaScheme } from '../shared/lsp';
import type { CheckedDocument } from './checkedDocument';
import { describeField } from './fieldDocs';
import { placeAt } from './jsonSchema';
import { inlineMedia } from './inlineMedia';
import { nodesAt, parseJsonTree, pathOf, stringValue, valueOf, type Node } from './jsonTree';
import { rangeIn, unitAt } from './jsonUnit';
import { formatBytes, formatCount, translated } from './texts';

/** Texts shorter than this are not worth a count of tokens. */
const countedCharacters = 20;

export interface HoverOptions {
  /** Whether the client follows links to pictures in the document; see `mediaScheme`. */
  readonly mediaLinks: boolean;
}

/** What stands at a position: the meaning of a field or value, what inline data holds, how many tokens a text has. */
export function hoverAt(
  checked: CheckedDocument,
  position: Position,
  { mediaLinks }: HoverOptions,
): Hover | null {
  const { document, kind } = checked;
  if (kind === 'none' || checked.layout !== 'lines') return null;
  const at = document.clamp(position);
  const unit = unitAt(document, at.line);
  const offset = unit.offsetAt(at) ?? 0;
  const root = parseJsonTree(unit.text);
  const nodes = nodesAt(root, offset);
  const node = nodes.at(-1);
  if (node === undefined || (node.children !== undefined && node.type !== 'property')) return null;
  const tokens = checked.recordAt(unit.firstLine)?.check.tokens;
  const linkTo = (value: Node) => {
    const { start, end } = rangeIn(unit, value.offset + 1, value.offset + value.length - 1);
    return mediaLinks ? `${mediaScheme}:${start.line},${start.character},${end.character}` : undefined;
  };
  const endpoint = stringValue(valueOf(root, 'url'));
  const paragraphs = describe(node, { kind, endpoint, lineTokens: tokens, linkTo });
  if (paragraphs.length === 0) return null;
  return {
    contents: { kind: MarkupKind.Markdown, value: paragraphs.join('\n\n') },
    range: rangeIn(unit, node.offset, node.offset + node.length),
  };
}

/** What is known about the line of a node. */
interface LineFacts {
  readonly kind: Exclude<FileKind, 'none'>;
  readonly endpoint: string | undefined;
  readonly lineTokens: number | undefined;
  /** A link to the data of a string, where the client follows such. */
  readonly linkTo: (value: Node) => string | undefined;
}

function describe(node: Node, { kind, endpoint, lineTokens, linkTo }: LineFacts): string[] {
  const property = node.parent?.type === 'property' ? node.parent : undefined;
  const isName = property?.children?.[0] === node;
  const value = isName ? property.children[1] : node;
  const path = isName ? [...pathOf(property), stringValue(node) ?? ''] : pathOf(node);
  const place = placeAt(kind, path, endpoint);
  if (place?.field === undefined) return [];
  const paragraphs = isName
    ? [`**${place.field.name}**`, describeField(place.field)]
    : describeValue(stringValue(value), place.shape, place.field);
  // On the names of a row, which stand for the whole of it, and on its key.
  const isOfRow = path.length === 1 && (isName || value?.type === 'string');
  if (isOfRow && lineTokens !== undefined && lineTokens > 0) {
    paragraphs.push(l10n.t('About {0} input tokens in this line.', formatCount(lineTokens)));
  }
  return [...paragraphs, ...describeText(value, place.shape, linkTo)];
}

function describeValue(text: string | undefined, shape: Shape | undefined, field: FieldDescriptor): string[] {
  if (shape?.type !== 'enum') return [`**${field.name}**: ${translated(field.doc)}`];
  const meaning = text === undefined ? undefined : shape.values[text];
  return meaning === undefined
    ? [`**${field.name}**: ${translated(field.doc)}`]
    : [`**${text}**`, translated(meaning)];
}

/** What a long text or inline data amounts to. */
function describeText(
  value: Node | undefined,
  shape: Shape | undefined,
  linkTo: LineFacts['linkTo'],
): string[] {
  const text = stringValue(value);
  if (text === undefined || value === undefined) return [];
  if (shape?.type === 'bytes') {
    const mimeType = stringValue(valueOf(value.parent?.parent, 'mimeType', 'mime_type')) ?? '';
    const { bytes, dimensions, isPicture, preview } = inlineMedia(text, mimeType);
    // Whatever a file calls a type must not become Markdown, which could fetch a picture from anywhere.
    const type = /^[\w.+-]+\/[\w.+-]+$/.test(mimeType) ? mimeType : undefined;
    const facts = [type, dimensions, formatBytes(bytes)].filter((fact) => fact !== undefined && fact !== '');
    const picture = preview ?? (isPicture ? linkTo(value) : undefined);
    return [facts.join(' · '), ...(picture === undefined ? [] : [`![preview](${picture})`])];
  }
  if (shape?.type !== 'string' || text.length < countedCharacters) return [];
  return [
    l10n.t('About {0} tokens, {1} characters.', formatCount(estimateText(text)), formatCount(text.length)),
  ];
}
