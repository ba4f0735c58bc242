import type { Node } from 'jsonc-parser';
import { compiledMessage } from '../compiled';
import { dataUriPrefix } from '../formats';
import { nodeAt } from '../locate';
import type { FixContext, Mend, PathSegment, TextEdit } from '../problem';
import { eitherProperty, nameOf, place, valueOf, type Placement } from './objects';
import { appendMembers, member, removeChild, replaceNode, textOf } from './textEdits';

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
    const owner = property?.parent;
    const nameNode = property?.children?.[0];
    if (nameNode === undefined || eitherProperty(owner, name) !== undefined) return undefined;
    return [replaceNode(nameNode, JSON.stringify(name))];
  },
  move({ to, name }, { text, root, path }) {
    const property = propertyAt(root, path);
    const value = valueOf(property);
    if (property?.parent === undefined || value === undefined) return undefined;
    const placed = place(root, [{ to, name, json: textOf(text, value) }], name.includes('_'));
    return placed && removedAndPlaced(property.parent, property, placed);
  },
  hoist(_, site) {
    return hoist(site);
  },
  remove({ at }, { root, path }) {
    return removal(root, at ?? path);
  },
  replace({ json }, { root, path }) {
    const node = nodeAt(root, path);
    return node && [replaceNode(node, json)];
  },
  insert({ into, name, json }, { root }) {
    const object = nodeAt(root, into);
    if (object?.type !== 'object') return undefined;
    const value = valueOf(eitherProperty(object, name));
    return [value === undefined ? appendMembers(object, [member(name, json)]) : replaceNode(value, json)];
  },
  wrap({ before, after }, { text, root, path }) {
    const node = nodeAt(root, path);
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
  dataUri(_, { text, root, path }) {
    const value = nodeAt(root, path);
    const prefix = typeof value?.value === 'string' ? dataUriPrefix(value.value) : undefined;
    if (value === undefined || prefix === undefined) return undefined;
    const owner = nodeAt(root, path.slice(0, -1));
    const edits = [replaceNode(value, `"${textOf(text, value).slice(1 + prefix.length)}`)];
    if (prefix.mimeType !== '' && owner !== undefined && eitherProperty(owner, 'mimeType') === undefined) {
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
};

/** The edits of a mend; undefined when it cannot be done at this place. */
export function mendEdits(mend: TreeMend, site: MendSite): readonly TextEdit[] | undefined {
  const edits = editsByKind[mend.kind] as (mend: TreeMend, site: MendSite) => readonly TextEdit[] | undefined;
  return edits(mend, site);
}

function propertyAt(root: Node, path: readonly PathSegment[]): Node | undefined {
  const value = nodeAt(root, path);
  return value?.parent?.type === 'property' ? value.parent : undefined;
}

function removal(root: Node, path: readonly PathSegment[]): TextEdit[] | undefined {
  const node = nodeAt(root, path);
  const child = node?.parent?.type === 'property' ? node.parent : node;
  const parent = child?.parent;
  if (child === undefined || parent === undefined) return undefined;
  if (parent.type === 'array' && parent.children?.length === 1) return undefined;
  return [removeChild(parent, child)];
}

/** Fields of the SDK's config that stand in the request itself; all others belong in generationConfig. */
const requestFields: ReadonlySet<string> = new Set(
  [...compiledMessage('GenerateContentRequest').fields.keys()].filter((name) => name !== 'contents'),
);

/** Moves every member of a config object to where the request wants it. */
function hoist({ text, root, path, context }: MendSite): TextEdit[] | undefined {
  const property = propertyAt(root, path);
  const config = valueOf(property);
  if (property?.parent === undefined || config?.type !== 'object') return undefined;
  const request = context.kind === 'gemini-bare' && path.length === 1 ? [] : ['request'];
  if (nodeAt(root, request) === undefined) return undefined;
  const placements = (config.children ?? []).flatMap((child): Placement[] => {
    const value = valueOf(child);
    if (value === undefined) return [];
    const name = nameOf(child);
    const to = requestFields.has(name) ? request : [...request, 'generationConfig'];
    return [{ to, name, json: textOf(text, value) }];
  });
  const placed = place(
    root,
    placements,
    placements.some(({ name }) => name.includes('_')),
  );
  return placed && removedAndPlaced(property.parent, property, placed);
}

/** Removes a property and makes insertions, one of which may be right behind the property, in its own object. */
function removedAndPlaced(parent: Node, property: Node, placed: readonly TextEdit[]): TextEdit[] {
  const removed = removeChild(parent, property);
  const lonely = parent.children?.length === 1;
  return [
    removed,
    ...placed.map((edit) =>
      // The comma would follow on nothing.
      lonely && edit.start === removed.end ? { ...edit, newText: edit.newText.replace(/^,/, '') } : edit,
    ),
  ];
}

/** `{"key":…,"request":{…}}` around all that is no key. */
function wrapLine({ text, root, context }: MendSite): TextEdit[] | undefined {
  if (root.type !== 'object' || root.children === undefined) return undefined;
  const [keyName, requestName] =
    context.kind === 'openai' ? (['custom_id', 'body'] as const) : (['key', 'request'] as const);
  const keys = root.children.filter((property) => ['key', 'custom_id'].includes(nameOf(property)));
  const rest = root.children.filter((property) => !keys.includes(property));
  const [key] = keys;
  if (keys.length > 1 || (key === undefined && context.newKey === undefined)) return undefined;
  const keyJson = key === undefined ? JSON.stringify(context.newKey?.()) : textOf(text, valueOf(key) ?? key);
  const request = `{${rest.map((property) => textOf(text, property)).join(',')}}`;
  return [replaceNode(root, `{${member(keyName, keyJson)},${member(requestName, request)}}`)];
}
