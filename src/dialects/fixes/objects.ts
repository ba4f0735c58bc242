import type { Node } from 'jsonc-parser';
import { nodeAt, propertyOf } from '../locate';
import { toCamelCase, toSnakeCase } from '../names';
import type { PathSegment, TextEdit } from '../problem';
import { appendMembers, member, textOf } from './textEdits';

/** The property of an object under either spelling of a name. */
export function eitherProperty(object: Node | undefined, name: string): Node | undefined {
  return (
    propertyOf(object, name) ??
    propertyOf(object, toCamelCase(name)) ??
    propertyOf(object, toSnakeCase(toCamelCase(name)))
  );
}

/** The property whose value is at a path. */
export function propertyAt(root: Node, path: readonly PathSegment[]): Node | undefined {
  const value = nodeAt(root, path);
  return value?.parent?.type === 'property' ? value.parent : undefined;
}

export function valueOf(property: Node | undefined): Node | undefined {
  return property?.children?.[1];
}

export function nameOf(property: Node): string {
  return String(property.children?.[0]?.value);
}

/** Members to put at the end of an object, which may lie in objects that are not there yet. */
export interface Placement {
  /** Names from the root down to the object that takes the members. */
  readonly to: readonly PathSegment[];
  readonly name: string;
  readonly json: string;
}

/** A value for the object at `to` under `name`; where an object of that name is, the members of the value go into it. */
export function placementsInto(
  root: Node,
  to: readonly PathSegment[],
  name: string,
  value: Node,
  text: string,
): Placement[] {
  const there = valueOf(eitherProperty(nodeAtEither(root, to), name));
  if (there?.type !== 'object' || value.type !== 'object') return [{ to, name, json: textOf(text, value) }];
  return (value.children ?? []).flatMap((child): Placement[] => {
    const inner = valueOf(child);
    return inner === undefined ? [] : [{ to: [...to, name], name: nameOf(child), json: textOf(text, inner) }];
  });
}

/** The value at a path, under either spelling of each of its names. */
function nodeAtEither(root: Node, path: readonly PathSegment[]): Node | undefined {
  return path.reduce<Node | undefined>(
    (node, segment) =>
      typeof segment === 'number' ? node && nodeAt(node, [segment]) : valueOf(eitherProperty(node, segment)),
    root,
  );
}

/**
 * Puts each member where it belongs below `root`, making the objects on the way. Undefined when one of them is in the way:
 * the place is taken, or something that is no object stands on the way to it.
 * @param snake whether new objects get snake_case names
 */
export function place(root: Node, placements: readonly Placement[], snake: boolean): TextEdit[] | undefined {
  const tree = new Map<Node, Branch>();
  for (const { to, name, json } of placements) {
    const deepest = deepestObject(root, to);
    if (
      deepest === undefined ||
      eitherProperty(deepest.object, deepest.rest.length === 0 ? name : '') !== undefined
    ) {
      return undefined;
    }
    let branch = tree.get(deepest.object) ?? newBranch();
    tree.set(deepest.object, branch);
    for (const step of deepest.rest.map(String)) {
      const inner = branch.objects.get(step) ?? newBranch();
      branch.objects.set(step, inner);
      branch = inner;
    }
    branch.members.push(member(name, json));
  }
  return [...tree].map(([object, branch]) => appendMembers(object, membersOf(branch, snake)));
}

/** Members and objects to come into one object. */
interface Branch {
  readonly members: string[];
  readonly objects: Map<string, Branch>;
}

function newBranch(): Branch {
  return { members: [], objects: new Map() };
}

function membersOf({ members, objects }: Branch, snake: boolean): string[] {
  const inner = [...objects].map(([name, branch]) =>
    member(snake ? toSnakeCase(name) : name, `{${membersOf(branch, snake).join(',')}}`),
  );
  return [...members, ...inner];
}

/** How far the way down exists, and what of it does not. Undefined when something else than an object is on it. */
function deepestObject(
  root: Node,
  to: readonly PathSegment[],
): { readonly object: Node; readonly rest: readonly PathSegment[] } | undefined {
  let object = root;
  for (const [index, name] of to.entries()) {
    const next: Node | undefined =
      typeof name === 'number' ? object.children?.[name] : valueOf(eitherProperty(object, name));
    if (next === undefined) return object.type === 'object' ? { object, rest: to.slice(index) } : undefined;
    if (next.type !== 'object' && next.type !== 'array') return undefined;
    object = next;
  }
  return object.type === 'object' ? { object, rest: [] } : undefined;
}
