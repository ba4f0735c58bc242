import type { CompiledMessage } from './compiled';
import { isObject, tryParse, withoutByteOrderMark, type JsonObject } from './json';
import { formOf } from './lineForms';
import { lineKindOf } from './lineKind';
import type { CheckContext } from './problem';
import { propertyCount } from './structure';
import { estimateMessage } from './tokens';
import { Walker, type WalkListener } from './walk';

/**
 * Input tokens of a line of a file of that kind, by the local estimate: the figure that a {@link LineChecker} gives beside what is
 * wrong with the line, without the checker's words, which whoever only weighs need not load.
 */
export function weighLine(text: string, kind: CheckContext['kind']): number {
  const value = tryParse(withoutByteOrderMark(text));
  if (!isObject(value) || propertyCount(value) === -1) return 0;
  const form = formOf(value, lineKindOf(value), kind);
  if (form === undefined) return 0;
  const scales = new Scales();
  new Walker(scales).message(form.message, value);
  return scales.tokens;
}

/** Hears of every message in a line, and of no fault. */
class Scales implements WalkListener {
  tokens = 0;

  message({ descriptor }: CompiledMessage, value: JsonObject): void {
    this.tokens += estimateMessage(descriptor.name, value);
  }

  violation(): void {
    // What is wrong with a line is not asked here.
  }
}
