import { isDeepStrictEqual } from 'node:util';
import * as l10n from '@vscode/l10n';
import { getNodeValue, parseTree, type Node } from 'jsonc-parser';
import { removeChild } from './fixes/textEdits';
import type { Issue, Spot } from './issue';
import type { PathSegment, Problem, RuleSettings, Severity, Span } from './problem';
import { rules } from './rules';

/** The JSON tree of a text that JSON.parse has accepted and that is not nested deeply. */
export function treeOf(text: string): Node {
  if (lastTree?.text === text) return lastTree.root;
  // JSON.parse and the tree's parser disagree about a byte order mark only; offsets must keep counting it.
  const tree = parseTree(text.charCodeAt(0) === 0xfeff ? ` ${text.slice(1)}` : text);
  if (tree === undefined) throw new Error('A valid JSON text has no tree.');
  lastTree = text.length <= longestKept ? { text, root: tree } : undefined;
  return tree;
}

/** Whoever mends a line asks for the tree that its check has just made. */
let lastTree: { readonly text: string; readonly root: Node } | undefined;
const longestKept = 1 << 16;

/** The value node at a path; of properties given twice the last one, as JSON.parse has it. */
export function nodeAt(root: Node, path: readonly PathSegment[]): Node | undefined {
  let node: Node | undefined = root;
  for (const segment of path) {
    node = typeof segment === 'number' ? node.children?.[segment] : propertyOf(node, segment)?.children?.[1];
    if (node === undefined) return undefined;
  }
  return node;
}

/** The property node of that name; the last one where there are several. */
export function propertyOf(node: Node | undefined, name: string): Node | undefined {
  if (node?.type !== 'object' || node.children === undefined) return undefined;
  if (node.children.length < manyProperties) {
    return node.children.findLast((property) => property.children?.[0]?.value === name);
  }
  let index = indexes.get(node);
  if (index === undefined) {
    index = new Map(node.children.map((property) => [property.children?.[0]?.value, property]));
    indexes.set(node, index);
  }
  return index.get(name);
}

/** From so many on it is worth to look each property of an object up by its name. */
const manyProperties = 64;
const indexes = new WeakMap<Node, ReadonlyMap<unknown, Node>>();

export function spanOf(node: Node): Span {
  return { start: node.offset, end: node.offset + node.length };
}

/** Which stretch of the text a place stands for; the line's first bracket when the place does not exist. */
function spanAt(root: Node, path: readonly PathSegment[], at: Spot): Span {
  const node = nodeAt(root, path);
  if (node === undefined) return { start: root.offset, end: root.offset + 1 };
  if (at === 'value') return spanOf(node);
  const name = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
  if (name !== undefined) return spanOf(name);
  // An element of a list, or the line itself, has no name: its bracket stands for it.
  return at === 'owner' ? { start: node.offset, end: node.offset + 1 } : spanOf(node);
}

/** The severity that a rule has under these settings. */
export function severityOf(code: Problem['code'], settings: RuleSettings | undefined): Severity | 'off' {
  return settings?.[code] ?? rules[code].severity;
}

/** Finds where issues stand in the text, in order of place; those of rules that are off are left out. */
export function locateIssues(
  root: Node,
  issues: readonly Issue[],
  settings: RuleSettings | undefined,
  wordless = false,
): Problem[] {
  const problems = issues.flatMap((issue): Problem[] => {
    const severity = severityOf(issue.code, settings);
    if (severity === 'off') return [];
    const { related } = issue;
    return [
      {
        code: issue.code,
        severity,
        message: wordless ? '' : issue.message(),
        path: issue.path,
        ...spanAt(root, issue.path, issue.at),
        ...(issue.mend && { mend: issue.mend }),
        ...(related && {
          related: [{ message: related.message(), ...spanAt(root, related.path, related.at) }],
        }),
        ...(issue.code === 'deprecated-field' && { deprecated: true }),
      },
    ];
  });
  return problems.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Properties that an object has twice, each later one with the first as related place. */
export function duplicateProperties(root: Node, settings: RuleSettings | undefined): Problem[] {
  const severity = severityOf('duplicate-property', settings);
  const problems: Problem[] = [];
  if (severity === 'off') return problems;
  const pending: Node[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.children === undefined) continue;
    pending.push(...node.children);
    if (node.type !== 'object') continue;
    const first = new Map<unknown, Node>();
    for (const property of node.children) {
      const name = property.children?.[0];
      if (name === undefined) continue;
      const earlier = first.get(name.value);
      if (earlier === undefined) first.set(name.value, property);
      else problems.push(duplicateProperty(node, property, earlier, severity));
    }
  }
  return problems;
}

function duplicateProperty(object: Node, property: Node, earlier: Node, severity: Severity): Problem {
  const [name = property, value = property] = property.children ?? [];
  const [firstName = earlier, firstValue = earlier] = earlier.children ?? [];
  const quoted = String(name.value);
  const isRepetition = isDeepStrictEqual(getNodeValue(value), getNodeValue(firstValue));
  return {
    code: 'duplicate-property',
    severity,
    message: l10n.t('"{0}" stands twice in this object. Keep one of them.', quoted),
    ...spanOf(name),
    related: [{ message: l10n.t('It stands here first.'), ...spanOf(firstName) }],
    mend: {
      kind: 'text',
      title: l10n.t('Remove "{0}"', quoted),
      edits: [removeChild(object, property)],
      // Where both say the same there is nothing to choose.
      ...(!isRepetition && { careful: true }),
    },
  };
}
