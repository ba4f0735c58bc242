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
 * @param root the line without the name that is being typed
 */
export function kindsOfTyped(
  checked: CheckedDocument,
  line: number,
  root: Node | undefined,
): readonly RequestKind[] {
  const { kind } = checked;
  if (kind !== 'none' && kind !== 'gemini') return [kind];
  const isChosen = checked.settings.kind !== undefined;
  if (isChosen || !isAlone(checked, line)) return kind === 'none' ? [] : [kind];
  if (kind === 'none') {
    if (root?.type !== 'object') return [];
    const candidates: RequestKind[] = ['gemini', 'gemini-embed', 'openai'];
    return candidates.filter((candidate) => allowsNames(candidate, [], root));
  }
  const request = valueOf(root, 'request');
  const mayEmbed = request === undefined || allowsNames('gemini-embed', ['request'], request);
  return mayEmbed ? ['gemini', 'gemini-embed'] : ['gemini'];
}

/** Whether every name of an object is one that such a line has there. */
function allowsNames(kind: RequestKind, path: readonly string[], object: Node): boolean {
  return propertiesOf(object).every(
    ({ key }) => resolvePath(kind, [...path, stringValue(key) ?? '']) !== undefined,
  );
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
