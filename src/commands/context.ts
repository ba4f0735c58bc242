import type { Uri } from 'vscode';
import type { ApiKey } from '../config/keys';
import type { SettingsReader } from '../config/settings';
import type { WebhookSecrets } from '../config/webhookSecrets';
import type { CommandId } from '../contributions';
import type { Job, JobEngine } from '../jobs/api';
import type { LanguageHandle } from '../language/startLanguage';
import type { BatchService } from '../shared/batchService';
import type { Connection } from '../shared/connection';
import type { ServiceLineError } from '../shared/lineErrors';
import type { PriceOverrides } from '../shared/pricing';
import type { Logger } from '../util/logger';
import type { SortOrder } from '../views/jobsTree';
import type { ResultsEditors } from '../views/results/api';
import type { ReceiverControl } from './webhooks/receiverControl';

/**
 * What command handlers reach the world through. Handlers decide and ask; everything that shows, reads or writes something is
 * behind these interfaces, so that each handler can be tested as the conversation that it is.
 */
export interface CommandContext {
  readonly ui: Ui;
  readonly workbench: Workbench;
  readonly settings: SettingsReader;
  readonly keys: Keys;
  readonly connections: Connections;
  /** Started at the first call. */
  readonly engine: () => Promise<JobEngine>;
  /** The language server's client, started at the first call. */
  readonly language: () => Promise<LanguageActions>;
  /** The results editor, loaded at the first call. */
  readonly results: () => Promise<ResultsActions>;
  /** Prices that the person set. */
  readonly prices: () => PriceOverrides;
  readonly view: JobsViewControl;
  /** Squiggles for what the service said about lines of a request file. */
  readonly serviceDiagnostics: ServiceDiagnostics;
  readonly webhooks: Webhooks;
  /** Remembered between sessions, e.g. the last model. Never anything secret. */
  readonly memory: Memory;
  readonly log: Logger & { show(): void };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A command's work. Rejects with whatever went wrong; the boundary turns that into words. */
export type CommandHandler = (context: CommandContext, args: readonly unknown[]) => Promise<void>;

export type Severity = 'information' | 'warning' | 'error';

/** Conversation. Everything that a person can walk away from rejects with CancelledError when they do. */
export interface Ui {
  /** A notification; resolves to the action that was chosen, undefined when none was. */
  notify(severity: Severity, message: string, ...actions: readonly string[]): Promise<string | undefined>;
  /** A modal question; resolves to the index of the chosen answer. */
  confirm(question: Question): Promise<number>;
  pick<T>(
    choices: PromiseLike<readonly Choice<T>[]> | readonly Choice<T>[],
    options: PickOptions,
  ): Promise<T>;
  pickMany<T>(choices: readonly Choice<T>[], options: PickOptions): Promise<readonly T[]>;
  input(options: InputOptions): Promise<string>;
  /** Shows progress while `task` runs; its signal is aborted when the person cancels. */
  progress<T>(title: string, task: (progress: ProgressReport) => Promise<T>): Promise<T>;
  copy(text: string): Promise<void>;
  /** A line in the status bar for a few seconds. */
  flash(message: string): void;
}

export interface Question {
  readonly message: string;
  readonly detail?: string;
  readonly answers: readonly [string, ...string[]];
  /** Of the sign beside it; a warning unless it says otherwise. */
  readonly severity?: 'information' | 'warning';
  /** What the button that backs out says; the system's “Cancel” where it cannot be misread. */
  readonly dismiss?: string;
}

export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly icon?: string;
  /** Starts a group with this heading. */
  readonly heading?: string;
  /** Stays in sight whatever is typed to filter. */
  readonly always?: boolean;
  /** Ticked from the start, where several can be chosen. */
  readonly picked?: boolean;
  readonly value: T;
}

export interface PickOptions {
  readonly title: string;
  readonly placeholder?: string;
}

export interface InputOptions {
  readonly title: string;
  readonly prompt?: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly secret?: boolean;
  /** What is wrong with the text; undefined when nothing is. */
  readonly validate?: (text: string) => string | undefined;
}

export interface ProgressReport {
  /** `fraction` of the whole is 0 to 1, absent when unknown. */
  readonly report: (message: string, fraction?: number) => void;
  readonly signal: AbortSignal;
}

/** Files and editors. */
export interface Workbench {
  /** The file in front: of the text editor, or of the tab where a file is too big for one. */
  activeFile(): Uri | undefined;
  /** Whether the file has changes that are not on disk. */
  isUnsaved(file: Uri): boolean;
  /** Saves; resolves to where it was saved (an untitled file gets a place), undefined when the person backed out. */
  save(file: Uri): Promise<Uri | undefined>;
  /** JSON Lines files that have a tab. */
  openRequestFiles(): readonly Uri[];
  /** JSON Lines files of the workspace, at most `limit`. */
  findRequestFiles(limit: number): Promise<readonly Uri[]>;
  /** The `file:` URI of a path. */
  uriOf(path: string): Uri;
  open(path: string, options?: OpenOptions): Promise<void>;
  /** The text of a line (zero-based; the one of the cursor where none is given), unsaved changes included. */
  readLine(file: Uri, line: number | undefined): Promise<string>;
  /** Shows a text that is no file, to be read only, beside what is in front. @param name of its tab, extension included */
  showText(text: string, name: string): Promise<void>;
  /** Opens results, beside their requests where those are known. */
  openResults(path: string, requestPath: string | undefined): Promise<void>;
  /** A folder that the person chooses. */
  pickFolder(title: string): Promise<string>;
  /** A file that the person chooses. */
  pickFile(title: string): Promise<string>;
  /** A place for a new file, which the person chooses; nothing is there. */
  pickNewFile(title: string, name: string): Promise<string>;
  /** Puts a sample request file on disk, unless it is there, and gives its path. */
  sampleFile(): Promise<string>;
  openSettings(query: string): Promise<void>;
  /** Brings the Batches view to the front. */
  showJobs(): Promise<void>;
  runCommand(command: CommandId, ...args: readonly unknown[]): Promise<void>;
}

export interface OpenOptions {
  /** Zero-based line and columns to select. */
  readonly selection?: { readonly line: number; readonly start: number; readonly end: number };
}

export interface Keys {
  get(connectionId: string): Promise<ApiKey | undefined>;
  set(connectionId: string, value: string): Promise<void>;
  remove(connectionId: string): Promise<void>;
}

export interface Connections {
  /** Id of the connection in use. */
  readonly current: string;
  /** Ids of all connections there are, the built-in ones first. */
  readonly ids: readonly string[];
  label(connectionId: string): string;
  /** Whether the connection leads to this machine. */
  isLocal(connectionId: string): boolean;
  use(connectionId: string): Promise<void>;
  /** Where the connection leads; starts the sandbox if that is what it is. */
  describe(connectionId: string): Promise<Connection>;
  /** The service as it is configured now; rejects with ServiceError where something keeps it from use. */
  service(connectionId: string): Promise<BatchService>;
  /** The service with a key that is not stored yet, to try it. */
  serviceWithKey(connectionId: string, key: string): Promise<BatchService>;
}

/** What commands need of the language server's client. */
export type LanguageActions = Pick<
  LanguageHandle,
  | 'validateFile'
  | 'validateAndReport'
  | 'restart'
  | 'editAsJson'
  | 'formatLines'
  | 'chooseDialect'
  | 'convertLines'
>;

/** What commands need of the results editor. */
export type ResultsActions = Pick<
  ResultsEditors,
  'open' | 'openBeside' | 'search' | 'export' | 'compare' | 'retry' | 'reopenAsText'
>;

export interface JobsViewControl {
  /** The jobs that a key pressed in the view is meant for. */
  pressedJobIds(): Promise<readonly string[]>;
  readonly filter: string;
  readonly sort: SortOrder;
  setFilter(filter: string): void;
  setSort(sort: SortOrder): void;
  loadMore(): void;
  /** Selects the job where it is shown; neither opens the view nor takes the focus. */
  reveal(job: Job): Promise<void>;
  /** Selects the job, whatever hides it. */
  find(job: Job): Promise<void>;
}

export interface ServiceDiagnostics {
  show(path: string, errors: readonly ServiceLineError[]): Promise<void>;
  clear(path: string): void;
}

/** Signing secrets, the receiver on this machine, and the view that shows them. */
export interface Webhooks {
  readonly secrets: Pick<WebhookSecrets, 'keep' | 'copyable' | 'takeForCopy' | 'forget'>;
  readonly receiver: Pick<ReceiverControl, 'apply' | 'state' | 'address' | 'addressFor'>;
  refreshView(): void;
}

export interface Memory {
  get(key: string): unknown;
  set(key: string, value: unknown): Promise<void>;
}
