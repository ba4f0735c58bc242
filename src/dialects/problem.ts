import type { Dialect, FileKind } from '../shared/dialect';
import type { RuleCode } from './rules';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** A stretch of a line's text in UTF-16 units, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface RelatedPlace extends Span {
  readonly message: string;
  /** Zero-based line of the file when it is not the problem's own. */
  readonly line?: number;
}

/** A step into JSON: property name as written, or index. */
export type PathSegment = string | number;

/** Something wrong with a request line. */
export interface Problem extends Span {
  readonly code: RuleCode;
  readonly severity: Severity;
  /** What is wrong and what to do about it. */
  readonly message: string;
  readonly related?: readonly RelatedPlace[];
  /** Where in the line's value, for fixes. Absent when the line is no JSON. */
  readonly path?: readonly PathSegment[];
  readonly mend?: Mend;
  /** How many lines it is about, where that is more than one; `end` is in the last of them. */
  readonly lines?: number;
  /** Editors may strike it through. */
  readonly deprecated?: boolean;
}

/**
 * The one obvious way to mend a problem, as data; {@link fixesFor} turns it into text edits. Paths are as written in the line.
 */
export type Mend = MendKind & {
  /** Takes something away that may have been meant: offered, but never done without a person's look at it. */
  readonly careful?: true;
};

type MendKind =
  /** Gives the property at `path` the name `name`. */
  | { readonly kind: 'rename'; readonly name: string }
  /**
   * Moves the property at `path` into the object at `to` under `name`, making objects on the way that are not there. Into an
   * object that is there already go the members of the one that is moved.
   */
  | { readonly kind: 'move'; readonly to: readonly PathSegment[]; readonly name: string }
  /** Moves the property at `path` into the list at `to`, as an object of its own that has only this property. */
  | { readonly kind: 'moveIntoList'; readonly to: readonly PathSegment[]; readonly name: string }
  /** Puts the value at `path` in place of the object that it is in. */
  | { readonly kind: 'unnest' }
  /** Puts each property of the SDK's `config` object at `path` where it belongs in the request. */
  | { readonly kind: 'hoist' }
  /** Removes the property or element at `at`, or else at `path`. Never the last element of a list. */
  | { readonly kind: 'remove'; readonly at?: readonly PathSegment[] }
  /** Writes `json` in place of the value at `at`, or else at `path`. */
  | {
      readonly kind: 'replace';
      readonly at?: readonly PathSegment[];
      readonly json: string;
      readonly title: string;
    }
  /** Writes the members `json` in place of the property at `at`, or else at `path`; not those that its object has already. */
  | {
      readonly kind: 'members';
      readonly at?: readonly PathSegment[];
      readonly json: string;
      readonly title: string;
    }
  /** Gives the object at `into` the property, whether it has one of that name or not. */
  | {
      readonly kind: 'insert';
      readonly into: readonly PathSegment[];
      readonly name: string;
      readonly json: string;
    }
  /** Surrounds the value at `at`, or else at `path`. */
  | {
      readonly kind: 'wrap';
      readonly at?: readonly PathSegment[];
      readonly before: string;
      readonly after: string;
      readonly title: string;
    }
  /** Takes the value at `path`, a list of one, out of its brackets. */
  | { readonly kind: 'unwrap' }
  /** Makes a whole line out of a bare request. Needs a new key unless the line has one. */
  | { readonly kind: 'wrapLine' }
  /** Gives the line a new key, in place of the one it has or where it has none. */
  | { readonly kind: 'newKey'; readonly name: string }
  /** Makes the turn with the role at `path` the system instruction. */
  | { readonly kind: 'systemTurn' }
  /** Makes a part for each kind of data of the part at `at`. */
  | { readonly kind: 'splitPart'; readonly at: readonly PathSegment[] }
  /** Splits the data URI at `path` into data and MIME type. */
  | { readonly kind: 'dataUri' }
  /** Writes the whole line in the dialect of the file. */
  | { readonly kind: 'convert'; readonly to: 'gemini' | 'openai' }
  /** Replaces stretches of the text, where no path says what is meant. */
  | { readonly kind: 'text'; readonly edits: readonly TextEdit[]; readonly title: string };

/** Replaces a stretch of a line's text. Edits of one fix do not overlap and refer to the text before any of them. */
export interface TextEdit extends Span {
  readonly newText: string;
}

export interface LineFix {
  /** For a menu, e.g. "Move to generationConfig". */
  readonly title: string;
  /** Whether it is the one obvious way, and part of "fix all". */
  readonly preferred: boolean;
  readonly edits: readonly TextEdit[];
}

/** What fixes need to know beyond what the check needs. */
export interface FixContext extends CheckContext {
  /** Makes a key that no line of the file has. Without it there are no fixes that need one. */
  readonly newKey?: () => string;
}

/** What a line by itself looks like. */
export type LineKind = Exclude<FileKind, 'none'> | 'other';

/** What a caller knows that a line cannot say. */
export interface CheckContext {
  /** What the file is; `gemini-bare` files are checked as `gemini` with each line flagged. */
  readonly kind: Dialect | 'gemini-bare';
  /** Rules with another severity than their default. */
  readonly rules?: RuleSettings;
  /** What is known of a referenced file (`files/…` or URI); undefined: nothing. */
  readonly fileState?: (uri: string) => FileReferenceState | undefined;
}

export type RuleSettings = Readonly<Partial<Record<RuleCode, Severity | 'off'>>>;

export type FileReferenceState = 'ok' | 'expired' | 'expiring' | 'missing';

/** What checking one line found. Shared and frozen where nothing was found: never change it. */
export interface LineCheck {
  readonly problems: readonly Problem[];
  /** `key` or `custom_id`, decoded; absent when there is none that could correlate anything. */
  readonly key?: string;
  /** `body.model` of an OpenAI line. */
  readonly model?: string;
  /** `url` of an OpenAI line, where batches have that endpoint. */
  readonly endpoint?: string;
  /** Whether the line is no JSON but the beginning of an object that goes on in the next line. */
  readonly opens?: true;
  /** What this line by itself looks like. */
  readonly lineKind: LineKind;
  /** Input tokens by the local estimate. */
  readonly tokens: number;
}
