import type { Issue } from './issue';
import { toCamelCase } from './names';
import type { PathSegment } from './problem';
import { rules } from './rules';

/**
 * The issues without those that only follow from another one: a schema lacks its MIME type because the name of that field was
 * misspelt, say, and that has been said.
 */
export function withoutEchoes(issues: readonly Issue[]): readonly Issue[] {
  const unknownEndpoint = issues.some(isUnknownEndpoint);
  return issues.filter((issue) => {
    // Nobody knows what the body of such a line should be.
    if (unknownEndpoint && issue.path[0] === 'body') return false;
    return !issue.needs?.some((need) => issues.some((other) => other !== issue && concerns(other, need)));
  });
}

function isUnknownEndpoint({ code, path, mend }: Issue): boolean {
  return code === 'enum-value' && path.length === 1 && path[0] === 'url' && mend === undefined;
}

/** Whether an issue is about the field at `need` or about something in it, or mends a name to be it. */
function concerns({ code, path, at, mend }: Issue, need: readonly PathSegment[]): boolean {
  // A hint or a doubt about a field does not say that it is wrong.
  if (rules[code].severity !== 'error' && code !== 'number-string') return false;
  if (at !== 'owner' && beginsWith(path, need)) return true;
  const owner = need.slice(0, -1);
  const name = need.at(-1) ?? '';
  switch (mend?.kind) {
    case 'rename':
      return sameName(mend.name, name) && samePath(path.slice(0, -1), owner);
    case 'move':
      return sameName(mend.name, name) && samePath(mend.to, owner);
    case 'moveIntoList':
      return samePath(mend.to, need);
    case 'unnest':
      return samePath(path.slice(0, -1), owner);
    case 'members':
    case 'replace':
    case 'wrap':
      // What stands in place of a whole object says what the object lacks as well.
      return mend.at !== undefined && beginsWith(need, mend.at);
    default:
      return false;
  }
}

function samePath(a: readonly PathSegment[], b: readonly PathSegment[]): boolean {
  return a.length === b.length && beginsWith(a, b);
}

function beginsWith(path: readonly PathSegment[], start: readonly PathSegment[]): boolean {
  return path.length >= start.length && start.every((segment, index) => sameName(path[index] ?? '', segment));
}

function sameName(a: PathSegment, b: PathSegment): boolean {
  return a === b || (typeof a === 'string' && typeof b === 'string' && toCamelCase(a) === toCamelCase(b));
}
