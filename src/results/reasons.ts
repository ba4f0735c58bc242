import type { Outcome } from '../shared/outcome';

/** What a finish or block reason says about the answer. Missing and unexpected are not the service's to say. */
export type ReasonClass = Extract<Outcome, 'ok' | 'failed' | 'truncated' | 'blocked'>;

/**
 * Every reason that this version knows, Gemini's and the OpenAI-compatible layer's. The position is the scanner's code for it;
 * code 0 is "none given". Names that are not listed get codes of their own behind these ({@link ReasonTable}).
 */
const known: readonly (readonly [name: string, class_: ReasonClass])[] = [
  ['', 'ok'],
  ['STOP', 'ok'],
  ['MAX_TOKENS', 'truncated'],
  ['CONTINUATION', 'truncated'],
  ['SAFETY', 'blocked'],
  ['RECITATION', 'blocked'],
  ['BLOCKLIST', 'blocked'],
  ['PROHIBITED_CONTENT', 'blocked'],
  ['SPII', 'blocked'],
  ['IMAGE_SAFETY', 'blocked'],
  ['IMAGE_PROHIBITED_CONTENT', 'blocked'],
  ['IMAGE_RECITATION', 'blocked'],
  ['MODEL_ARMOR', 'blocked'],
  ['JAILBREAK', 'blocked'],
  ['LANGUAGE', 'failed'],
  ['OTHER', 'failed'],
  ['MALFORMED_FUNCTION_CALL', 'failed'],
  ['UNEXPECTED_TOOL_CALL', 'failed'],
  ['TOO_MANY_TOOL_CALLS', 'failed'],
  ['NO_IMAGE', 'failed'],
  ['IMAGE_OTHER', 'failed'],
  ['MALFORMED_RESPONSE', 'failed'],
  ['FINISH_REASON_UNSPECIFIED', 'ok'],
  // The OpenAI-compatible layer.
  ['stop', 'ok'],
  ['tool_calls', 'ok'],
  ['function_call', 'ok'],
  ['length', 'truncated'],
  ['content_filter', 'blocked'],
];

const classes = new Map(known);

/** How an answer with this finish reason counts. A reason newer than this version is no success that anybody promised. */
export function classOfReason(name: string): ReasonClass {
  return classes.get(name) ?? 'failed';
}

/** How many codes a byte can hold; what comes after is told apart no more. */
const maxCodes = 256;

/** Reasons as small numbers and back. */
export class ReasonTable {
  private readonly names: string[] = known.map(([name]) => name);
  private readonly codes = new Map(this.names.map((name, code) => [name, code]));
  private readonly classesByCode: ReasonClass[] = known.map(([, class_]) => class_);

  code(name: string): number {
    const found = this.codes.get(name);
    if (found !== undefined) return found;
    if (this.names.length === maxCodes) return maxCodes - 1;
    this.codes.set(name, this.names.length);
    this.classesByCode.push(classOfReason(name));
    return this.names.push(name) - 1;
  }

  name(code: number): string {
    return this.names[code] ?? '';
  }

  class(code: number): ReasonClass {
    return this.classesByCode[code] ?? 'failed';
  }
}
