import { parseTree, type Node } from 'jsonc-parser';
import type { TextEdit } from '../problem';

/** Applies edits that do not overlap. Several at one place are applied in the order given. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = edits
    .map((edit, index) => ({ edit, index }))
    .sort((a, b) => a.edit.start - b.edit.start || a.index - b.index);
  let result = '';
  let at = 0;
  for (const { edit } of ordered) {
    result += text.slice(at, edit.start) + edit.newText;
    at = edit.end;
  }
  return result + text.slice(at);
}

export function textOf(text: string, node: Node): string {
  return text.slice(node.offset, node.offset + node.length);
}

export function replaceNode(node: Node, newText: string): TextEdit {
  return { start: node.offset, end: node.offset + node.length, newText };
}

/** Removes one child of an object or list together with the comma that it no longer needs. */
export function removeChild(parent: Node, child: Node): TextEdit {
  const siblings = parent.children ?? [];
  const index = siblings.indexOf(child);
  const next = siblings[index + 1];
  const end = child.offset + child.length;
  // With a successor, all up to it goes; as the last child, all from the end of the predecessor.
  if (next !== undefined) return { start: child.offset, end: next.offset, newText: '' };
  const previous = siblings[index - 1];
  return {
    start: previous === undefined ? child.offset : previous.offset + previous.length,
    end,
    newText: '',
  };
}

/** Removes a property and makes insertions, one of which may be right behind the property, in its own object. */
export function removedAndPlaced(parent: Node, property: Node, placed: readonly TextEdit[]): TextEdit[] {
  const removed = removeChild(parent, property);
  const isLonely = parent.children?.length === 1;
  return [
    removed,
    ...placed.map((edit) =>
      // The comma would follow on nothing.
      isLonely && edit.start === removed.end ? { ...edit, newText: edit.newText.replace(/^,/, '') } : edit,
    ),
  ];
}

/** Puts members, or elements, (JSON text, no commas around) at the end of an object or list. */
export function appendMembers(object: Node, members: readonly string[]): TextEdit {
  const close = object.offset + object.length - 1;
  const last = object.children?.at(-1);
  const at = last === undefined ? close : last.offset + last.length;
  return { start: at, end: at, newText: `${last === undefined ? '' : ','}${members.join(',')}` };
}

export function member(name: string, json: string): string {
  return `${JSON.stringify(name)}:${json}`;
}

/** The members that a piece of JSON text lists, as they stand in it. */
export function membersOf(json: string): { readonly name: string; readonly text: string }[] {
  const object = parseTree(`{${json}}`);
  return (object?.children ?? []).map((property) => ({
    name: String(property.children?.[0]?.value),
    text: textOf(`{${json}}`, property),
  }));
}

/** The one edit that makes `after` of `before`, as short as it can be; none where they are the same. */
export function shortestEdit(before: string, after: string): readonly TextEdit[] {
  if (before === after) return [];
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let kept = 0;
  while (
    kept < most - start &&
    before.charCodeAt(before.length - 1 - kept) === after.charCodeAt(after.length - 1 - kept)
  ) {
    kept += 1;
  }
  return [{ start, end: before.length - kept, newText: after.slice(start, after.length - kept) }];
}
