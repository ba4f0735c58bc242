import { jsonLayout, unfenced } from '../shared/jsonText';
import { parseAsWritten } from '../util/writtenNumber';

/** Deeper or longer than this, JSON laid out is of no use to a person and more than a window can draw. */
const maxDepth = 60;
const maxLaidOut = 1_000_000;

/**
 * A JSON answer that is worth showing as more than text; undefined for plain text, numbers and the like, and for what was made
 * to be too much for whoever shows it. Its numbers are as they were written.
 */
export function parseAnswer(text: string): object | undefined {
  const source = unfenced(text);
  if (!/^[[{]/.test(source)) return undefined;
  const { depth, size } = jsonLayout(source);
  if (depth > maxDepth || size > maxLaidOut) return undefined;
  const value = parseAsWritten(source);
  return typeof value === 'object' && value !== null ? value : undefined;
}
