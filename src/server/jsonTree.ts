import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import { stringEnd } from '../util/jsonText';

export type { Node } from 'jsonc-parser';
export type JsonPath = readonly (string | number)[];

/** jsonc-parser recurses; beyond this a tree is of no use to a person and a danger to the stack. Proto JSON stops at 100. */
const deepestTree = 400;

/**
 * The tree of a JSON text, as far as it can be made out: broken text gives the part that is there. Undefined when there is
 * nothing, or it nests too deeply.
 */
export function parseJsonTree(text: string, errors: ParseError[] = []): Node | undefined {
  if (nestsTooDeeply(text)) return undefined;
  return parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
}

/** Whether a text has more brackets open at once than jsonc-parser can follow. */
export function nestsTooDeeply(text: string): boolean {
  let depth = 0;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === 0x22) {
      index = stringEnd(text, index);
      continue;
    }
    if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > deepestTree) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
    index += 1;
  }
  return false;
}

/** The key node of a property and its value, which is missing in text that is being typed. */
export interface PropertyNodes {
  readonly property: Node;
  readonly key: Node;
  readonly value: Node | undefined;
}

/** The properties of an object node, in the order of the text. */
export function propertiesOf(node: Node | undefined): PropertyNodes[] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    return key === undefined ? [] : [{ property, key, value }];
  });
}

/** The value of the first property that has one of the names. */
export function valueOf(node: Node | undefined, ...names: readonly string[]): Node | undefined {
  return propertiesOf(node).find(({ key }) => names.includes(stringValue(key) ?? ''))?.value;
}

/** The elements of an array node. */
export function elementsOf(node: Node | undefined): readonly Node[] {
  return node?.type === 'array' ? (node.children ?? []) : [];
}

/** The decoded text of a string node. */
export function stringValue(node: Node | undefined): string | undefined {
  return node?.type === 'string' && typeof node.value === 'string' ? node.value : undefined;
}

/** Nodes around `offset` from the root to the innermost, property nodes included. Both ends of a node count as inside. */
export function nodesAt(root: Node | undefined, offset: number): Node[] {
  const found: Node[] = [];
  let node = root;
  while (node !== undefined && contains(node, offset)) {
    found.push(node);
    // Of two neighbours that meet at the offset the later one is meant: the cursor stands before it.
    node = node.children?.findLast((child) => contains(child, offset));
  }
  return found;
}

function contains(node: Node, offset: number): boolean {
  return node.offset <= offset && offset <= node.offset + node.length;
}

/** Where a value stands: names of properties and indexes of elements from the root. */
export function pathOf(node: Node): (string | number)[] {
  const path: (string | number)[] = [];
  let at = node;
  for (let { parent } = node; parent !== undefined; parent = parent.parent) {
    const { type, children = [] } = parent;
    const [key, value] = children;
    if (type === 'property' && value === at) path.unshift(stringValue(key) ?? '');
    else if (type === 'array') path.unshift(children.indexOf(at));
    at = parent;
  }
  return path;
}
