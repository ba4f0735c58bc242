import * as l10n from '@vscode/l10n';
import { isUnset, type JsonObject } from './json';
import type { Mend, PathSegment } from './problem';
import type { RuleCode } from './rules';

/**
 * Which text of a place is meant: the property's name, its value, or, for something that is missing, what stands for the
 * object that lacks it (its property name, or its opening brace).
 */
export type Spot = 'name' | 'value' | 'owner';

/** A problem before anybody asked where it stands in the text. */
export interface Issue {
  readonly code: RuleCode;
  readonly path: readonly PathSegment[];
  readonly at: Spot;
  /** Made when somebody wants to read it: most issues of a large file are only counted. */
  readonly message: () => string;
  readonly related?: {
    readonly path: readonly PathSegment[];
    readonly at: Spot;
    readonly message: () => string;
  };
  readonly mend?: Mend;
  /** The fields that this is about. Where one of them is the subject of another issue, this one says nothing new. */
  readonly needs?: readonly (readonly PathSegment[])[];
}

/** `contents[0].parts` for the object at a path; `the line` at the root. */
export function placeName(path: readonly PathSegment[]): string {
  if (path.length === 0) return l10n.t('the line');
  let name = '';
  for (const segment of path.length > 1 && path[0] === 'request' ? path.slice(1) : path) {
    if (typeof segment === 'number') name += `[${segment}]`;
    else name += name === '' ? segment : `.${segment}`;
  }
  return name;
}

/** The spelling under which `owner` has the field; undefined when it has it under none, or as null. */
export function spelling(owner: JsonObject, camel: string, snake: string): string | undefined {
  if (!isUnset(owner[camel])) return camel;
  return isUnset(owner[snake]) ? undefined : snake;
}

/** A value as it may stand in a message: short, on one line. */
export function quoteValue(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length <= 40 ? json : `${json.slice(0, 37)}…`;
}

/** Names for a message: all of a few, the first of many. */
export function nameList(names: readonly string[], most = 8): string {
  if (names.length <= most) return names.join(', ');
  return l10n.t('{0} and {1} more', names.slice(0, most).join(', '), names.length - most);
}
