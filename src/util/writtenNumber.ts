import { stringEnd } from './jsonText';

/** What V8 has had since 11.4, and the library's types do not have yet: the source text of numbers, in and out. */
interface JsonWithSource {
  parse(
    text: string,
    revive: (name: string, value: unknown, context?: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
}
const json = JSON as unknown as JsonWithSource;

/**
 * A number of JSON that JavaScript would write otherwise: with wrong digits, as those beyond 2^53, or just differently, as `0.10`,
 * `1.0` and `1E400`. It counts as a number where it is compared, and is shown, also by `JSON.stringify`, as it was written.
 */
export class WrittenNumber {
  constructor(private readonly source: string) {}

  /** The nearest number that there is. */
  valueOf(): number {
    return Number(this.source);
  }

  toString(): string {
    return this.source;
  }

  toJSON(): unknown {
    return json.rawJSON(this.source);
  }
}

/**
 * JSON text parsed, its numbers as they were written: plain numbers where JavaScript writes them the same, {@link WrittenNumber}
 * elsewhere. Undefined when it is no JSON.
 */
export function parseAsWritten(text: string): unknown {
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!rewritesNumbers(text)) return plain;
  try {
    return json.parse(text, (_name, value, context) =>
      typeof value === 'number' && context?.source !== undefined && context.source !== String(value)
        ? new WrittenNumber(context.source)
        : value,
    );
  } catch {
    // Nested more deeply than the stack reaches, which only parsing without a look at every value does not mind.
    return plain;
  }
}

const quoteOrNumber = /"|-?\d[\d.eE+-]*/g;

/** Whether a JSON text has a number that JavaScript writes otherwise. Most have none, and looking takes a quarter of the time of reviving. */
function rewritesNumbers(text: string): boolean {
  const token = new RegExp(quoteOrNumber);
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match;
    if (found === '"') token.lastIndex = stringEnd(text, match.index);
    else if (String(Number(found)) !== found) return true;
  }
  return false;
}
