import type { LineCheck, Span } from '../dialects';

/** What is known of one line. */
export interface LineRecord {
  readonly check: LineCheck;
  /** Whether another line has the same key. Kept by {@link KeyIndex}. */
  duplicated: boolean;
  /** Whether it is part of an object over several lines: what is wrong with it by itself does not count. */
  hidden: boolean;
  /** Where the key stands; found when it is first needed. */
  keySpan?: Span | undefined;
}
