import { resolvePath } from '../dialects';
import type { FileKind } from '../shared/dialect';
import type { CheckedDocument } from './checkedDocument';
import { propertiesOf, stringValue, valueOf, type Node } from './jsonTree';
import { layoutOf } from './jsonUnit';

type RequestKind = Exclude<FileKind, 'none'>;

/** A file with more lines is none that somebody has just begun. */
const mostBlankLines = 100;

/**
 * What the line that is being typed may be. Where other lines have decided that, it is the kind of the file. The first line
 * of a file decides as it is typed: until then it is everything that its names allow.
 */
export function kindsOfTyped(
  checked: CheckedDocument,
  line: number,
  root: Node | undefined,
  offset: number,
): readonly RequestKind[] {
  const { kind } = checked;
  if (kind !== 'none' && kind !== 'gemini') return [kind];
  const isChosen = checked.settings.kind !== undefined;
  if (isChosen || !isAlone(checked, line)) return kind === 'none' ? [] : [kind];
  if (kind === 'none') {
    if (root?.type !== 'object') return [];
    const candidates: RequestKind[] = ['gemini', 'gemini-embed', 'openai'];
    return candidates.filter((candidate) => allowsNames(candidate, [], root, offset));
  }
  const request = valueOf(root, 'request');
  const mayEmbed = request === undefined || allowsNames('gemini-embed', ['request'], request, offset);
  return mayEmbed ? ['gemini', 'gemini-embed'] : ['gemini'];
}

/** Whether every name of an object is one that such a line has there; the name that is being typed is not asked. */
function allowsNames(kind: RequestKind, path: readonly string[], object: Node, offset: number): boolean {
  return propertiesOf(object).every(({ key, value }) => {
    const isTyped = value === undefined && key.offset <= offset && offset <= key.offset + key.length;
    return isTyped || resolvePath(kind, [...path, stringValue(key) ?? '']) !== undefined;
  });
}

/** Whether no other line of a document holds anything. */
export function isAlone({ document }: CheckedDocument, line: number): boolean {
  if (layoutOf(document) === 'whole') return true;
  if (document.lineCount > mostBlankLines) return false;
  for (let other = 0; other < document.lineCount; other += 1) {
    if (other !== line && document.line(other).trim() !== '') return false;
  }
  return true;
}
