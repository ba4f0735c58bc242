import type { CommandId } from '../contributions';
import type { Severity } from './context';

/** The one thing that a person can do about a failure. */
export type FailureAction =
  | {
      readonly kind: 'command';
      readonly label: string;
      readonly command: CommandId;
      readonly args?: readonly unknown[];
    }
  | {
      readonly kind: 'open';
      readonly label: string;
      readonly path: string;
      /** Zero-based. */
      readonly selection?: { readonly line: number; readonly start: number; readonly end: number };
    }
  | { readonly kind: 'settings'; readonly label: string; readonly query: string }
  /** Brings the Batches view to the front. */
  | { readonly kind: 'jobs'; readonly label: string }
  /** Runs the same command with the same arguments. */
  | { readonly kind: 'retry'; readonly label: string };

/** A failure in the words in which it is shown. */
export interface Failure {
  readonly severity: Severity;
  readonly message: string;
  readonly action?: FailureAction;
}

/** What a handler throws when it will not go on: already in words for the person, with what to do about it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    message: string,
    readonly action?: FailureAction,
    readonly severity: Severity = 'error',
  ) {
    super(message);
  }
}
