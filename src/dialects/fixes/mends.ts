import type { Node } from 'jsonc-parser';
import { compiledMessage } from '../compiled';
import { convertLine } from '../convert';
import { dataUriPrefix } from '../formats';
import { nodeAt } from '../locate';
import { toCamelCase } from '../names';
import type { FixContext, Mend, PathSegment, TextEdit } from '../problem';
import { hoist } from './hoist';
import { eitherProperty, nameOf, place, placementsInto, propertyAt, valueOf } from './objects';
import {
  appendMembers,
  member,
  membersOf,
  removeChild,
  removedAndPlaced,
  replaceNode,
  textOf,
} from './textEdits';

/** What a mend works on. */
export interface MendSite {
  readonly text: string;
  readonly root: Node;
  readonly path: readonly PathSegment[];
  readonly context: FixContext;
}

/** A mend that needs the line's tree. */
export type TreeMend = Exclude<Mend, { readonly kind: 'text' }>;

type EditsFor<K extends Mend['kind']> = (
  mend: Extract<Mend, { readonly kind: K }>,
  site: MendSite,
) => readonly TextEdit[] | undefined;

/** Kind of mend -> its edits; undefined when it cannot be done here without asking. `text` needs no tree and is not here. */
const editsByKind: { readonly [K in TreeMend['kind']]: EditsFor<K> } = {
  rename({ name }, { root, path }) {
    const property = propertyAt(root, path);
    const nameNode = property?.children?.[0];
    const taken = eitherProperty(property?.parent, name);
    if (nameNode === undefined || (taken !== undefined && taken !== property)) return undefined;
    return [replaceNode(nameNode, JSON.stringify(name))];
  },
  move({ to, name }, { text, root, path }) {
    const property = propertyAt(root, path);
    const value = valueOf(property);
    if (property?.parent === undefined || value === undefined) return undefined;
    const placed = place(root, placementsInto(root, to, name, value, text), name.includes('_'));
    const emptied = withEmptied(property, isWithin(to, path.slice(0, -1)));
    return placed && emptied.parent && removedAndPlaced(emptied.parent, emptied, placed);
  },
  moveIntoList({ to, name }, { text, root, path }) {
    const property = propertyAt(root, path);
    const value = valueOf(property);
    if (property?.parent === undefined || value === undefined) return undefined;
    const element = `{${member(name, textOf(text, value))}}`;
    const list = nodeAt(root, to);
    if (list === undefined) {
      const placed = place(
        root,
        [{ to: to.slice(0, -1), name: String(to.at(-1)), json: `[${element}]` }],
        false,
      );
      return placed && removedAndPlaced(property.parent, property, placed);
    }
    return list.type === 'array'
      ? removedAndPlaced(property.parent, property, [appendMembers(list, [element])])
      : undefined;
  },
  unnest(_, { text, root, path }) {
    const inner = nodeAt(root, path);
    const outer = nodeAt(root, path.slice(0, -1));
    return inner && outer && [replaceNode(outer, textOf(text, inner))];
  },
  hoist(_, site) {
    return hoist(site);
  },
  remove({ at }, { root, path }) {
    return removal(root, at ?? path);
  },
  replace({ at, json }, { root, path }) {
    const node = nodeAt(root, at ?? path);
    return node && [replaceNode(node, json)];
  },
  members({ at, json }, { root, path }) {
    const property = propertyAt(root, at ?? path);
    const owner = property?.parent;
    if (property === undefined || owner === undefined) return undefined;
    const wanted = membersOf(json).filter(({ name }) => {
      const taken = eitherProperty(owner, name);
      return taken === undefined || taken === property;
    });
    return wanted.length === 0
      ? [removeChild(owner, property)]
      : [replaceNode(property, wanted.map(({ text }) => text).join(','))];
  },
  insert({ into, name, json }, { root }) {
    const object = nodeAt(root, into);
    if (object?.type !== 'object') return undefined;
    const value = valueOf(eitherProperty(object, name));
    return [value === undefined ? appendMembers(object, [member(name, json)]) : replaceNode(value, json)];
  },
  wrap({ at, before, after }, { text, root, path }) {
    const node = nodeAt(root, at ?? path);
    return node && [replaceNode(node, `${before}${textOf(text, node)}${after}`)];
  },
  unwrap(_, { text, root, path }) {
    const node = nodeAt(root, path);
    const [only, second] = node?.children ?? [];
    if (node === undefined || only === undefined || second !== undefined) return undefined;
    return [replaceNode(node, textOf(text, only))];
  },
  wrapLine(_, site) {
    return wrapLine(site);
  },
  newKey({ name }, { root, context }) {
    if (root.type !== 'object' || context.newKey === undefined) return undefined;
    const json = JSON.stringify(context.newKey());
    const value = valueOf(eitherProperty(root, name)) ?? valueOf(eitherProperty(root, 'custom_id'));
    if (value !== undefined) return [replaceNode(value, json)];
    const first = root.children?.[0];
    const at = root.offset + 1;
    return [{ start: at, end: at, newText: `${member(name, json)}${first === undefined ? '' : ','}` }];
  },
  dataUri(_, { root, path }) {
    const value = nodeAt(root, path);
    const prefix = typeof value?.value === 'string' ? dataUriPrefix(value.value) : undefined;
    if (value === undefined || prefix === undefined) return undefined;
    const edits = [replaceNode(value, JSON.stringify(String(value.value).slice(prefix.length)))];
    const owner = nodeAt(root, path.slice(0, -1));
    // Bytes have a type beside them only where they are called data.
    const isTyped = path.at(-1) === 'data' && eitherProperty(owner, 'mimeType') !== undefined;
    if (prefix.mimeType !== '' && owner !== undefined && path.at(-1) === 'data' && !isTyped) {
      edits.push(appendMembers(owner, [member('mimeType', JSON.stringify(prefix.mimeType))]));
    }
    return edits;
  },
  systemTurn(_, { text, root, path }) {
    const turn = nodeAt(root, path.slice(0, -1));
    const request = nodeAt(root, path.slice(0, -3));
    const parts = valueOf(eitherProperty(turn, 'parts'));
    const turns = turn?.parent;
    if (turn === undefined || parts === undefined || request === undefined) return undefined;
    if (turns === undefined || turns.children?.length === 1) return undefined;
    if (eitherProperty(request, 'systemInstruction') !== undefined) return undefined;
    const json = `{${member('parts', textOf(text, parts))}}`;
    return [removeChild(turns, turn), appendMembers(request, [member('systemInstruction', json)])];
  },
  splitPart({ at }, { text, root }) {
    const part = nodeAt(root, at);
    const kinds = new Set(
      [...compiledMessage('Part').fields].flatMap(([name, { descriptor }]) =>
        descriptor.oneof === 'data' ? [name] : [],
      ),
    );
    // Anything else in the part may belong to either half.
    if (!part?.children?.every((property) => kinds.has(nameOf(property)))) {
      return undefined;
    }
    return [replaceNode(part, part.children.map((property) => `{${textOf(text, property)}}`).join(','))];
  },
  convert({ to }, { text, root }) {
    const converted = convertLine(text, to);
    // What would be lost is not for a quick fix to decide.
    if ('error' in converted || converted.notes.length > 0) return undefined;
    return [replaceNode(root, converted.line)];
  },
};

/**
 * What goes when a property is moved away: settings or a tool with nothing else in them mean nothing, nor does a list of one such
 * tool.
 * @param stays whether the property goes into the object that it is in
 */
function withEmptied(property: Node, stays: boolean): Node {
  const object = property.parent;
  const around = object?.parent;
  if (stays || object?.children?.length !== 1 || around === undefined) return property;
  if (around.type === 'property') return isNamed(around, 'generationConfig') ? around : property;
  if (around.parent === undefined || !isNamed(around.parent, 'tools')) return property;
  return around.children?.length === 1 ? around.parent : object;
}

function isNamed(property: Node, name: string): boolean {
  return toCamelCase(nameOf(property)) === name;
}

function isWithin(path: readonly PathSegment[], outer: readonly PathSegment[]): boolean {
  return outer.every((segment, index) => path[index] === segment);
}

/** The edits of a mend; undefined when it cannot be done at this place. */
export function mendEdits(mend: TreeMend, site: MendSite): readonly TextEdit[] | undefined {
  const edits = editsByKind[mend.kind] as (mend: TreeMend, site: MendSite) => readonly TextEdit[] | undefined;
  return edits(mend, site);
}

function removal(root: Node, path: readonly PathSegment[]): TextEdit[] | undefined {
  const node = nodeAt(root, path);
  const child = node?.parent?.type === 'property' ? node.parent : node;
  const parent = child?.parent;
  if (child === undefined || parent === undefined) return undefined;
  if (parent.type === 'array' && parent.children?.length === 1) return undefined;
  return [removeChild(parent, child)];
}

/** `{"key":…,"request":{…}}` around all that is no key. */
function wrapLine({ text, root, context }: MendSite): TextEdit[] | undefined {
  if (root.type !== 'object' || root.children === undefined) return undefined;
  const isChat = context.kind === 'openai';
  const keyName = isChat ? 'custom_id' : 'key';
  const keys = root.children.filter((property) => ['key', 'custom_id'].includes(nameOf(property)));
  const row = root.children.filter((property) => isChat && ['method', 'url'].includes(nameOf(property)));
  const rest = root.children.filter((property) => !keys.includes(property) && !row.includes(property));
  const [key] = keys;
  if (keys.length > 1 || (key === undefined && context.newKey === undefined)) return undefined;
  const keyJson = key === undefined ? JSON.stringify(context.newKey?.()) : textOf(text, valueOf(key) ?? key);
  const members = [
    member(keyName, keyJson),
    ...row.map((property) => textOf(text, property)),
    member(isChat ? 'body' : 'request', `{${rest.map((property) => textOf(text, property)).join(',')}}`),
  ];
  return [replaceNode(root, `{${members.join(',')}}`)];
}
