import type { CustomReadonlyEditorProvider, Uri, ViewColumn } from 'vscode';
import type { Job, JobEngine } from '../../jobs/api';
import type { Outcome } from '../../shared/outcome';
import type { PriceOverrides } from '../../shared/pricing';
import type { Disposable } from '../../util/disposable';
import type { Logger } from '../../util/logger';
import type { AskedDefinition } from './askedDefinition';

/** Type of the editor in the manifest, for results files by their name. */
export const resultsEditorType = 'batchwright.results';
/** The same editor for any JSON Lines file, when somebody chooses it. */
export const anyNameEditorType = 'batchwright.resultsOfAnyName';

/** What the editor needs from the rest of the extension. */
export interface ResultsServices {
  /** The engine; started when the first results file is opened. */
  readonly engine: () => Promise<Pick<JobEngine, 'jobs' | 'setOutcomes'>>;
  /** Makes and offers a file with the requests to be sent again. Absent while there is no such thing: then nothing offers it. */
  readonly retry?: (request: RetryRequest) => Promise<void>;
  readonly prices?: () => PriceOverrides | undefined;
  readonly definitions: Pick<AskedDefinition, 'take'>;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface RetryRequest {
  /** The job whose results these are, where it is known. */
  readonly job: Job | undefined;
  /** Paths. */
  readonly results: string;
  readonly requests: string;
  readonly outcomes: readonly Outcome[];
}

/** The results editor as commands see it. What acts on "the" editor takes the one in front and rejects when there is none. */
export interface ResultsEditors extends CustomReadonlyEditorProvider, Disposable {
  open(
    results: Uri,
    options?: { readonly viewColumn?: ViewColumn; readonly preserveFocus?: boolean },
  ): Promise<void>;
  /** Puts a results file beside its request file; of a request file too big for VS Code, a window of it. */
  openBeside(results: Uri, requests: Uri | undefined): Promise<void>;
  search(): void;
  export(): Promise<void>;
  compare(): void;
  retry(): Promise<void>;
  reopenAsText(): Promise<void>;
}
