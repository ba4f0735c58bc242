import { jsonLayout } from '../shared/jsonText';

/** Levels and characters up to which JSON is laid out on lines; what is larger stays on one. */
const laidOutDepth = 100;
const laidOutSize = 4 << 20;

/** Stands for a value that cannot be told. */
const tooDeep = '{…}';

/**
 * A value that came from a line as JSON. Whatever the line holds, there is a text: where objects are nested so deeply that the
 * stack does not suffice to write them, a stand-in.
 */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // What was parsed from JSON has no cycles and no big integers: it can only be too deep.
    return tooDeep;
  }
}

/** The same on several lines, two spaces a level, as long as that is for people to read. */
export function laidOutJson(value: unknown): string {
  const text = jsonOf(value);
  const { depth, size } = jsonLayout(text);
  return text !== tooDeep && depth <= laidOutDepth && size <= laidOutSize
    ? JSON.stringify(value, null, 2)
    : text;
}
