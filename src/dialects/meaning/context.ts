import type { Issue } from '../issue';
import type { JsonObject } from '../json';
import type { FileReferenceState, PathSegment } from '../problem';

/** What rules on meaning may ask and tell. */
export interface MeaningContext {
  readonly path: readonly PathSegment[];
  readonly fileState: ((uri: string) => FileReferenceState | undefined) | undefined;
  report(issue: Issue): void;
}

/** A rule that looks at several fields of a message together, or at more than a field's type. */
export type MeaningRule = (value: JsonObject, context: MeaningContext) => void;
