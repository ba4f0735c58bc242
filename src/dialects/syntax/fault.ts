import type { Mend, TextEdit } from '../problem';
import type { RuleCode } from '../rules';

/** Something that keeps a text from being one JSON value. Offsets are UTF-16 units of the text. */
export interface SyntaxFault {
  readonly code: RuleCode;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly mend?: Mend;
}

/** A mend of a text: what it does, for a menu, and its edits. */
export interface TextMend {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** As for {@link Mend}. */
  readonly careful?: true;
}

/** The mend that writes `newText` in place of a stretch. */
export function rewrite(start: number, end: number, newText: string, title: string): TextMend {
  return { title, edits: [{ start, end, newText }] };
}

/** Takes what a reader finds. */
export type ReportFault = (
  code: RuleCode,
  start: number,
  end: number,
  message: string,
  mend?: TextMend,
) => void;
