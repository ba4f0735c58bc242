import type { CheckContext, commonFacts, KnownFiles, RuleSettings } from '../../dialects';
import type { LineProblem } from '../../shared/lsp';

/** What every segment of one file needs to know. Crosses to worker threads: plain data only. */
export interface ScanSettings {
  readonly path: string;
  /** `undefined`: the lines are only counted. */
  readonly kind: CheckContext['kind'] | undefined;
  readonly rules: RuleSettings;
  /** What is known of files that lines refer to. */
  readonly files: KnownFiles | undefined;
  readonly maxProblems: number;
  /** Translations of what is said; undefined: the language of the source. */
  readonly texts: Readonly<Record<string, string>> | undefined;
}

/** A stretch of the file in bytes. To it belong the lines whose first byte lies in it. */
export interface Segment {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  /** How many problems are wanted with their places; the rest is only counted. */
  readonly places: number;
}

/** What scanning one segment gave. Line numbers count from the segment's first line. */
export interface SegmentResult {
  readonly index: number;
  /** All lines, blank ones included. */
  readonly lines: number;
  /** Lines with something on them. */
  readonly rows: number;
  readonly errors: number;
  readonly warnings: number;
  readonly tokens: number;
  /** The first ones, in order. */
  readonly problems: readonly LineProblem[];
  /** For each line the hash of its key, NaN where it has none. Empty when nothing was checked. */
  readonly keyHashes: Float64Array;
  /** Byte offset of the first of every {@link linesPerMark} lines. */
  readonly marks: Float64Array;
  /** What OpenAI lines name, in order of appearance. */
  readonly common: Readonly<Record<CommonFactName, readonly ValueLines[]>>;
}

export type CommonFactName = keyof typeof commonFacts;

/** Lines that name the same. */
export interface ValueLines {
  readonly value: string;
  readonly count: number;
  /** Numbers of the first of these lines. */
  readonly firstLines: readonly number[];
}

export const linesPerMark = 64;

/** Worker to main thread; what it is sent are segments. `bytes`: read since the last report. */
export type WorkerReport =
  | { readonly type: 'progress'; readonly bytes: number }
  | { readonly type: 'result'; readonly result: SegmentResult; readonly bytes: number };
